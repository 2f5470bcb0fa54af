package sluice.gateway.group;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import sluice.consumer.group.GroupName;
import sluice.consumer.session.ReadRoom;
import sluice.engine.Engine;
import sluice.gateway.Chance;
import sluice.gateway.EdgeClock;
import sluice.gateway.GatewayConfig;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.problem.Problems;

/**
 * {@code GET /v1/groups/{group}/stream}: makes a WebSocket of a request, and keeps count of them.
 * {@code GET /v1/streams} makes one with a channel for each stream. {@link StreamResource} and
 * {@link SharedStreamsResource} say in the OpenAPI document what they are.
 */
@Singleton
final class StreamRoute {

    /** How long a stop waits for clients that do not read. */
    private static final Duration TELL_MAX = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final EdgeClock clock;
    private final Chance chance;
    private final int connectionsMax;
    private final Duration idleMax;
    private final StreamUses uses;
    private final Set<StreamConnection> connections = ConcurrentHashMap.newKeySet();
    private final Set<SharedSocket> shared = ConcurrentHashMap.newKeySet();
    private volatile boolean isStopping;

    StreamRoute(
            Vertx vertx,
            Engine engine,
            GroupCalls calls,
            EdgeClock clock,
            Chance chance,
            Problems problems,
            GroupMetrics metrics,
            GatewayConfig config) {
        this.vertx = vertx;
        this.clock = clock;
        this.chance = chance;
        this.connectionsMax = config.limits().streamsMax();
        this.idleMax = config.limits().sharedConnectionIdleMax();
        var room = new ReadRoom(config.limits().streamBytesAheadMax().asLongValue());
        this.uses = new StreamUses(engine, calls, problems, metrics, room);
    }

    void register(@Observes Router router) {
        router.get("/v1/groups/:group/stream").handler(this::handle);
        router.get("/v1/streams").handler(this::handleShared);
    }

    private void handle(RoutingContext context) {
        upgrade(
                context,
                () -> GroupNames.of(context.pathParam("group")),
                (socket, group) -> begin(new OwnSocket(socket), group));
    }

    private void handleShared(RoutingContext context) {
        upgrade(context, () -> this, (socket, _) -> share(socket));
    }

    private <T> void upgrade(
            RoutingContext context, Supplier<T> checked, BiConsumer<ServerWebSocket, T> then) {
        T what;
        try {
            what = checked.get();
            checkUpgrade(context.request());
            checkRoom();
        } catch (ProblemException refused) {
            context.fail(refused);
            return;
        }
        context.request()
                .toWebSocket()
                .onSuccess(socket -> then.accept(socket, what))
                .onFailure(context::fail);
    }

    private static void checkUpgrade(HttpServerRequest request) {
        String upgrade = request.getHeader(HttpHeaders.UPGRADE);
        if (upgrade == null || !upgrade.equalsIgnoreCase("websocket")) {
            throw new ProblemException(
                    ProblemType.WEBSOCKET_EXPECTED, "The request does not ask for a WebSocket");
        }
    }

    private void checkRoom() {
        if (isStopping) {
            throw new ProblemException(ProblemType.NOT_READY, "This gateway stops");
        }
        int open = connections.size() + shared.size();
        if (open >= connectionsMax) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_STREAMS, "%d streams are open here".formatted(open));
        }
    }

    private void share(ServerWebSocket socket) {
        var made = new SharedSocket(socket, vertx, this::open, idleMax, shared::remove);
        shared.add(made);
        made.start();
    }

    private void open(StreamSocket channel, String name) {
        try {
            GroupName group = GroupNames.of(name);
            checkRoom();
            begin(channel, group);
        } catch (ProblemException refused) {
            Problem problem = refused.problem();
            uses.problems().count(problem);
            channel.text(ServerFrames.error(OptionalLong.empty(), problem));
            var _ = channel.close(StreamConnection.codeOf(problem), problem.code());
        }
    }

    private void begin(StreamSocket socket, GroupName group) {
        var lane = new EventLoopLane(vertx, vertx.getOrCreateContext(), clock);
        var connection =
                new StreamConnection(
                        socket, lane, group, chance.id(), uses, vertx, connections::remove);
        connections.add(connection);
        connection.start();
        if (isStopping) {
            var _ = connection.moveElsewhere();
        }
    }

    /**
     * Members and sessions go on through other gateways, with what they hold. Told before the
     * server closes its connections, since a connection that just closes ends its member; returns
     * when all are told.
     */
    void stop(@Observes ShutdownDelayInitiatedEvent event) {
        isStopping = true;
        var told =
                connections.stream()
                        .map(StreamConnection::moveElsewhere)
                        .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(told)
                .completeOnTimeout(null, TELL_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }
}
