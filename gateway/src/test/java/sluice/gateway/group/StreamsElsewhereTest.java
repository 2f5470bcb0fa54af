package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import jakarta.inject.Inject;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.engine.Engine;
import sluice.gateway.Chance;
import sluice.gateway.EdgeClock;
import sluice.gateway.GatewayConfig;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.Problems;

/** A second gateway of the same cluster, which stops; its members go on through the first. */
@QuarkusTest
final class StreamsElsewhereTest {

    @Inject Vertx vertx;
    @Inject Engine engine;
    @Inject GroupCalls calls;
    @Inject EdgeClock clock;
    @Inject Chance chance;
    @Inject Problems problems;
    @Inject GroupMetrics metrics;
    @Inject GatewayConfig config;

    private final GroupApi groups = new GroupApi();
    private final List<StreamClient> clients = new ArrayList<>();
    private StreamRoute route;
    private HttpServer server;

    @BeforeEach
    void start() {
        route = new StreamRoute(vertx, engine, calls, clock, chance, problems, metrics, config);
        Router router = Router.router(vertx);
        router.route()
                .failureHandler(context ->
                        context.response()
                                .setStatusCode(
                                        assertInstanceOf(ProblemException.class, context.failure())
                                                .problem()
                                                .status())
                                .end());
        route.register(router);
        server =
                vertx.createHttpServer()
                        .requestHandler(router)
                        .listen(0, "127.0.0.1")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
    }

    @AfterEach
    void close() {
        clients.forEach(StreamClient::close);
        server.close().toCompletionStage().toCompletableFuture().join();
    }

    private StreamClient connect() {
        var client = new StreamClient(groups.path, server.actualPort());
        clients.add(client);
        return client;
    }

    private void stop() {
        route.stop(new ShutdownDelayInitiatedEvent());
    }

    @Test
    void aMemberOfAGatewayThatStopsKeepsWhatItHoldsAndGoesOnElsewhere() {
        groups.group(",\"sessionTimeout\":\"60s\"");
        groups.produce(0, 3);
        StreamClient client = connect().join("");
        client.untilRecords(3);
        long epoch = client.epoch();

        stop();

        assertEquals(1012, client.closeCode());
        assertEquals(1, groups.members());
        var again = new StreamClient(groups.path);
        clients.add(again);
        again.join(
                ",\"member\":\"%s\",\"epoch\":%d,\"positions\":[{%s,\"offset\":2}]"
                        .formatted(client.member(), epoch, groups.partition(0)));
        assertEquals(List.of("0:2"), again.untilRecords(1));
        assertEquals(client.member(), again.member());
        assertEquals(epoch, groups.epoch());
    }

    @Test
    void aSessionOfAGatewayThatStopsKeepsItsMessages() {
        var queue = new QueueApi();
        queue.make("");
        queue.produce("a");
        var client = new StreamClient(queue.path, server.actualPort());
        clients.add(client);
        String delivery = client.open("").untilMessages(1).getFirst().get("delivery").asText();

        stop();

        assertEquals(1012, client.closeCode());
        assertEquals("1 1", queue.stats("inFlight") + " " + queue.sessions());
        var again = new StreamClient(queue.path);
        clients.add(again);
        again.open(
                ",\"session\":%s,\"held\":[\"%s\"]"
                        .formatted(client.untilType("opened").get("session"), delivery));
        again.send("{\"type\":\"settle\",\"id\":1,\"acknowledge\":[\"%s\"]}".formatted(delivery));
        assertEquals(1, again.settled(1).get("settled").asInt());
        assertEquals(List.of(), again.messages());
    }

    @Test
    void sessionsThatShareAConnectionKeepTheirMessagesToo() {
        var queue = new QueueApi();
        queue.make("");
        queue.produce("a", "b");
        try (var shared = new SharedClient(server.actualPort())) {
            StreamClient one = shared.open(1, queue.name).open("");
            StreamClient two = shared.open(2, queue.name).open("");
            one.untilMessages(1);
            two.untilMessages(1);

            stop();

            assertEquals("1012 1012", one.closeCode() + " " + two.closeCode());
            assertEquals("2 2", queue.stats("inFlight") + " " + queue.sessions());
            assertEquals(1013, shared.open(3, queue.name).closeCode(), "to another gateway");
        }
        assertEquals("2 2", queue.stats("inFlight") + " " + queue.sessions());
    }

    @Test
    void aSessionThatIsOnItsWayElsewhereIsGivenNoMore() {
        var queue = new QueueApi();
        queue.make("");
        var client = new StreamClient(queue.path, server.actualPort());
        clients.add(client);
        client.open("").untilType("opened");

        stop();

        assertEquals(1012, client.closeCode());
        assertEquals(1, queue.sessions());
        queue.produce("a");
        var other = new StreamClient(queue.path);
        clients.add(other);
        assertEquals(1, other.open("").untilMessages(1).getFirst().get("deliveries").asInt());
    }

    @Test
    void whoHasNotJoinedYetIsSentElsewhereToo() {
        groups.group("");
        StreamClient client = connect();

        stop();

        assertEquals(1012, client.closeCode());
        assertEquals(0, groups.members());
    }

    @Test
    void whoComesWhileItStopsIsSentElsewhere() {
        groups.group("");
        stop();

        var refused = assertThrows(CompletionException.class, this::connect);

        var handshake = assertInstanceOf(WebSocketHandshakeException.class, refused.getCause());
        assertEquals(503, handshake.getResponse().statusCode());
    }
}
