package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupName;
import sluice.gateway.Api;
import sluice.gateway.Await;
import sluice.gateway.twin.MemoryEngine;
import sluice.log.SluiceException;

/** Sessions of queue groups that hold a WebSocket. */
@QuarkusTest
final class QueueStreamTest {

    @Inject MemoryEngine engine;

    private final QueueApi queue = new QueueApi();
    private final List<StreamClient> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(StreamClient::close);
    }

    private StreamClient connect() {
        var client = new StreamClient(queue.path);
        clients.add(client);
        return client;
    }

    private static String settle(int id, String what) {
        return "{\"type\":\"settle\",\"id\":%d,%s}".formatted(id, what);
    }

    private static String acknowledge(JsonNode message) {
        return "\"acknowledge\":[%s]".formatted(message.get("delivery"));
    }

    @Test
    void messagesArePushedAsFarAsThereIsCredit() {
        queue.make("");
        queue.produce("a", "b", "c");
        StreamClient client = connect().open(",\"credit\":2");
        List<JsonNode> two = client.untilMessages(2);
        client.send(settle(1, acknowledge(two.getFirst())));

        assertEquals("1 0", told(client.settled(1)));
        assertEquals(3, client.untilMessages(3).size());
        assertEquals(2, queue.stats("inFlight").asInt());
        JsonNode opened = client.untilType("opened");
        assertEquals(
                "8000 2000 2 []",
                opened.get("sessionTimeoutMs")
                        + " "
                        + opened.get("heartbeatMs")
                        + " "
                        + opened.get("credit")
                        + " "
                        + opened.get("lost"));
    }

    private static String told(JsonNode settled) {
        return settled.get("settled") + " " + settled.get("failed").size();
    }

    @Test
    void aMessageIsToldAsReceiveTellsIt() {
        queue.make("");
        queue.produce("a");

        JsonNode message = connect().open("").untilMessages(1).getFirst();

        assertEquals("a", message.get("value").asText());
        assertEquals(queue.name, message.get("topic").asText());
        assertEquals(1, message.get("deliveries").asInt());
        assertTrue(message.has("offset") && message.has("partition") && message.has("timestamp"));
    }

    @Test
    void whatComesLaterIsPushedToo() {
        queue.make("");
        StreamClient client = connect().open("");
        queue.produce("late");

        assertEquals("late", client.untilMessages(1).getFirst().get("value").asText());
    }

    @Test
    void withoutCreditNothingComesUntilThereIsSome() {
        queue.make("");
        queue.produce("a");
        StreamClient none = connect().open(",\"credit\":0");
        StreamClient other = connect().open("");
        JsonNode message = other.untilMessages(1).getFirst();
        other.send("{\"type\":\"credit\",\"messages\":0}");
        other.send(settle(1, "\"return\":[%s]".formatted(message.get("delivery"))));
        other.settled(1);
        none.send("{\"type\":\"credit\",\"messages\":1}");

        assertEquals(1, none.untilMessages(1).size());
        assertEquals(1, other.messages().size(), "no credit, no message");
    }

    @Test
    void aConnectionThatEndsGivesBackAtOnce() {
        queue.make("{\"sessionTimeout\":\"5m\"}");
        queue.produce("a");
        StreamClient client = connect().open("");
        client.untilMessages(1);
        StreamClient other = connect().open("");
        client.abort();

        JsonNode again = other.untilMessages(1).getFirst();
        assertEquals(2, again.get("deliveries").asInt());
        Await.until(() -> queue.sessions() == 1);
    }

    @Test
    void whoLeavesGivesBackWhatItDidNotSettle() {
        queue.make("");
        queue.produce("a", "b");
        StreamClient client = connect().open(",\"credit\":2");
        JsonNode first = client.untilMessages(2).getFirst();
        client.send(settle(1, acknowledge(first))).send("{\"type\":\"leave\"}");

        assertEquals(1000, client.closeCode());
        assertEquals("1 0", told(client.settled(1)), "settled before it left");
        StreamClient other = connect().open(",\"credit\":2");
        assertEquals(2, other.untilMessages(1).getFirst().get("deliveries").asInt());
        assertEquals(0, queue.stats("ready").asInt());
    }

    @Test
    void whoIsSilentIsEnded() {
        queue.make("{\"sessionTimeout\":\"1s\"}");
        queue.produce("a");
        StreamClient client = connect().open("");
        client.untilMessages(1);

        assertEquals(1008, client.closeCode());
        assertEquals(1, connect().open("").untilMessages(1).size());
    }

    @Test
    void eachOutcomeIsSettledOnItsOwn() {
        queue.make("");
        queue.produce("a", "b", "c", "d", "e");
        StreamClient client = connect().open(",\"credit\":5");
        List<JsonNode> five = client.untilMessages(5);
        client.send("{\"type\":\"credit\",\"messages\":0}");
        client.send(
                settle(
                        7,
                        ("\"acknowledge\":[%s],\"release\":[{\"delivery\":%s,\"delay\":\"1h\","
                                        + "\"reason\":\"busy\"}],\"reject\":[{\"delivery\":%s,"
                                        + "\"reason\":\"bad\"}],\"extend\":[{\"delivery\":%s,"
                                        + "\"visibility\":\"1h\"}],\"return\":[%s]")
                                .formatted(
                                        five.stream()
                                                .map(each -> each.get("delivery"))
                                                .toArray())));

        assertEquals("5 0", told(client.settled(7)));
        Await.until(() ->
                "1 1 1"
                        .equals(
                                queue.stats("ready")
                                        + " "
                                        + queue.stats("inFlight")
                                        + " "
                                        + queue.stats("delayed")));
    }

    @Test
    void whatIsNotItsOwnIsRefusedByCode() {
        queue.make("");
        queue.produce("a");
        JsonNode message = connect().open("").untilMessages(1).getFirst();
        StreamClient other = connect().open("");
        other.send(settle(1, acknowledge(message)));

        JsonNode failed = other.settled(1).get("failed").get(0);
        assertEquals(
                message.get("delivery") + " \"foreign-session\" false",
                failed.get("delivery") + " " + failed.get("code") + " " + failed.get("retry"));
    }

    @Test
    void aSessionThatComesBackKeepsWhatItSaysItHas() {
        queue.make("");
        queue.produce("a", "b");
        StreamClient client = connect().open(",\"credit\":2");
        List<JsonNode> two = client.untilMessages(2);
        JsonNode kept = two.getFirst();
        StreamClient again =
                connect()
                        .open(
                                ",\"credit\":2,\"session\":%s,\"held\":[%s]"
                                        .formatted(
                                                client.untilType("opened").get("session"),
                                                kept.get("delivery")));

        assertEquals(
                client.untilType("opened").get("session"),
                again.untilType("opened").get("session"));
        JsonNode other = again.untilMessages(1).getFirst();
        assertEquals(two.get(1).get("value"), other.get("value"), "it had not arrived");
        assertNotEquals(two.get(1).get("delivery"), other.get("delivery"));
        again.send(settle(1, acknowledge(kept)));
        assertEquals("1 0", told(again.settled(1)));
        client.send(settle(1, acknowledge(kept)));
        assertEquals("session-fenced", client.error());
        assertEquals(1008, client.closeCode());
        assertEquals(1, queue.sessions(), "the connection before ended nothing");
    }

    @Test
    void whatItSaysItHasAndHasNotIsLost() {
        queue.make("");
        queue.produce("a");
        StreamClient client = connect().open(",\"credit\":1");
        JsonNode message = client.untilMessages(1).getFirst();
        client.send(settle(1, acknowledge(message)));
        client.settled(1);
        StreamClient again =
                connect()
                        .open(
                                ",\"session\":%s,\"held\":[%s]"
                                        .formatted(
                                                client.untilType("opened").get("session"),
                                                message.get("delivery")));

        assertEquals(
                "[" + message.get("delivery") + "]",
                again.untilType("opened").get("lost").toString());
    }

    @Test
    void messagesComeInTheirBinaryForm() {
        queue.make("");
        queue.produce("a");
        StreamClient client = connect().open(",\"format\":\"binary\"");
        Await.until(() -> !client.binaryFrames().isEmpty());

        byte[] frame = client.binaryFrames().getFirst();
        assertEquals(1, frame[0]);
        assertEquals('a', frame[frame.length - Integer.BYTES - 1], "value, then no headers");
        assertEquals(List.of(), client.messages());
    }

    @Test
    void aSettlementThatFoundNoCoordinatorIsToldSoAndTheStreamGoesOn() {
        queue.make("");
        queue.produce("a");
        StreamClient client = connect().open("");
        JsonNode message = client.untilMessages(1).getFirst();
        int id = 0;
        boolean isRefused = false;
        while (!isRefused) { // Another call of the session may be the one that fails.
            int now = ++id;
            engine.failGroup(
                    new GroupName("default", queue.name),
                    new SluiceException(
                            SluiceException.Kind.UNAVAILABLE, "group-moved", "as wanted"));
            client.send(settle(now, acknowledge(message)));
            isRefused =
                    StreamClient.type(
                                    client.until(frame ->
                                            frame.has("id") && frame.get("id").asInt() == now))
                            .equals("error");
        }

        assertEquals("group-moved", client.error());
        client.send(settle(++id, acknowledge(message)));
        assertEquals("1 0", told(client.settled(id)));
        assertTrue(client.isOpen());
    }

    @Test
    void statsShowItsLabelAndThatItWaits() {
        queue.make("");
        connect().open(",\"client\":\"worker 7\"");

        Await.until(() -> queue.stats("sessions").get(0).get("waits").asBoolean());
        assertEquals("worker 7", queue.stats("sessions").get(0).get("client").asText());
        Await.until(() ->
                new String(Api.get("/q/metrics").body()).contains("sluice_group_sessions 1.0"));
    }
}
