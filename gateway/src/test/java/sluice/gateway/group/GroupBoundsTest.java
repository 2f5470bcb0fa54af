package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupRequest;
import sluice.gateway.Api;
import sluice.gateway.Await;
import sluice.gateway.admission.RawSocket;
import sluice.gateway.twin.MemoryEngine;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/** What a caller is told when there is too much of something, or when its coordinator changes. */
@QuarkusTest
final class GroupBoundsTest {

    private static final int MEMBERS_MAX = 1_000;
    private static final int STREAMS_MAX = 8;

    @Inject MemoryEngine engine;

    private final GroupApi groups = new GroupApi();
    private final List<StreamClient> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(StreamClient::close);
    }

    private StreamClient connect() {
        var client = new StreamClient(groups.path);
        clients.add(client);
        return client;
    }

    /** Has a group with as many members as there may be. */
    private void full() {
        groups.group("");
        var join =
                new GroupRequest.Join(
                        Optional.empty(), Optional.empty(), Optional.empty(), "client", "gateway");
        CompletableFuture.allOf(
                        IntStream.range(0, MEMBERS_MAX)
                                .mapToObj(i -> engine.groups().call(groups.name(), join))
                                .map(stage -> stage.toCompletableFuture())
                                .toArray(CompletableFuture<?>[]::new))
                .join();
    }

    private void fails(Kind kind, String code) {
        groups.group("");
        engine.failGroup(groups.name(), new SluiceException(kind, code, "as the test wants it"));
    }

    @Test
    void oneMemberTooManyIsRefusedInBothWays() {
        full();

        Api.Answer answer = Api.call("POST", groups.path + "/members", "");
        assertEquals("429 too-many-members", GroupApi.told(answer));
        assertEquals("1", answer.header("Retry-After"));
        StreamClient client = connect().send("{\"type\":\"join\"}");
        assertEquals("too-many-members", client.error());
        assertEquals(429, client.untilType("error").get("status").asInt());
        assertEquals(1013, client.closeCode());
        assertEquals(MEMBERS_MAX, groups.members());
    }

    @Test
    void aStreamTooManyIsRefusedBeforeItIsOne() throws Exception {
        groups.group("");
        String answer = "";
        while (!answer.startsWith("HTTP/1.1 429")) {
            assertTrue(clients.size() <= STREAMS_MAX, "it was never refused: " + answer);
            try (var socket = new RawSocket()) {
                answer = socket.send(upgrade()).readUntil("\r\n\r\n");
                if (answer.startsWith("HTTP/1.1 429")) {
                    assertTrue(answer.toLowerCase().contains("retry-after: 1"), answer);
                    assertTrue(socket.readUntil("}").contains("/too-many-streams\""), answer);
                }
            }
            connectIfItMay();
        }

        clients.forEach(StreamClient::close);
        Await.until(() -> connectIfItMay() && clients.getLast().join("").isOpen());
    }

    private String upgrade() {
        return ("GET %s/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .formatted(groups.path);
    }

    private boolean connectIfItMay() {
        try {
            connect();
            return true;
        } catch (java.util.concurrent.CompletionException refused) {
            return false;
        }
    }

    @Test
    void aGatewayWithTooManyGroupsSaysSo() {
        fails(Kind.OVERLOADED, "too-many-groups");

        Api.Answer answer = Api.call("POST", groups.path + "/members", "");

        assertEquals("429 too-many-groups", GroupApi.told(answer));
        assertEquals("1", answer.header("Retry-After"));
    }

    @Test
    void aStreamIsToldSoToo() {
        fails(Kind.OVERLOADED, "too-many-groups");

        StreamClient client = connect().send("{\"type\":\"join\"}");

        assertEquals("too-many-groups", client.error());
        assertEquals(1013, client.closeCode());
    }

    @Test
    void aGroupThatMovedIsAskedForAgain() {
        fails(Kind.UNAVAILABLE, "group-moved");

        Api.Answer answer = Api.call("POST", groups.path + "/members", "");

        assertEquals("503 group-moved", GroupApi.told(answer));
        assertEquals("1", answer.header("Retry-After"));
        assertEquals(201, Api.call("POST", groups.path + "/members", "").status());
    }

    @Test
    void aJoinToAGroupThatMovedIsToldToComeAgain() {
        fails(Kind.UNAVAILABLE, "group-moved");

        StreamClient client = connect().send("{\"type\":\"join\"}");

        assertEquals("group-moved", client.error());
        assertEquals(1013, client.closeCode());
    }

    @Test
    void aCommitToAGroupThatMovedIsToldSoAndTheStreamGoesOn() {
        groups.group("");
        groups.produce(0, 1);
        StreamClient client = connect().join("");
        client.untilRecords(1);
        int id = 0;
        do { // A heartbeat may be the one that fails.
            engine.failGroup(
                    groups.name(),
                    new SluiceException(Kind.UNAVAILABLE, "group-moved", "as the test wants it"));
        } while (isCommitted(client, ++id));

        assertEquals("group-moved", client.error());
        assertEquals(503, client.untilType("error").get("status").asInt());
        assertTrue(client.isOpen());
        assertTrue(isCommitted(client, ++id));
    }

    private boolean isCommitted(StreamClient client, int id) {
        client.send(
                "{\"type\":\"commit\",\"id\":%d,\"epoch\":%d,\"offsets\":[{%s,\"offset\":1}]}"
                        .formatted(id, client.epoch(), groups.partition(0)));
        return StreamClient.type(
                        client.until(frame -> frame.has("id") && frame.get("id").asInt() == id))
                .equals("committed");
    }
}
