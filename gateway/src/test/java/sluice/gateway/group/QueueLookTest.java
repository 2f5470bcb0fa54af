package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.gateway.Api;

/** Looks into a queue that change nothing. */
@QuarkusTest
final class QueueLookTest {

    private final String name = "q." + UUID.randomUUID();
    private final String path = "/v1/groups/" + name;

    @BeforeEach
    void queue() {
        assertEquals(201, Api.call("PUT", "/v1/queues/" + name, "").status());
    }

    private static String told(Api.Answer answer) {
        return answer.status() + " " + answer.problem();
    }

    /** A message of a partition, with its value as key and in a header. */
    private void produce(int partition, String value) {
        Api.Answer answer =
                Api.produce(
                        name,
                        ("{\"records\":[{\"partition\":%d,\"key\":\"%s\",\"value\":\"%s\","
                                        + "\"timestamp\":%d,\"headers\":{\"h\":\"%s\"}}]}")
                                .formatted(
                                        partition, value, value, 1_000 + value.charAt(0), value));
        assertEquals(200, answer.status(), new String(answer.body()));
    }

    private String session(String client) {
        return Api.call("POST", path + "/sessions", "{\"client\":\"%s\"}".formatted(client))
                .json()
                .get("session")
                .asText();
    }

    private JsonNode receive(String session) {
        return Api.call(
                        "POST",
                        path + "/receive",
                        "{\"session\":\"%s\",\"wait\":\"10s\"}".formatted(session))
                .json()
                .get("messages")
                .get(0);
    }

    private JsonNode page(String query) {
        Api.Answer answer = Api.get(path + "/messages" + query);
        assertEquals(200, answer.status(), new String(answer.body()));
        return answer.json();
    }

    private List<String> values(String query) {
        var values = new ArrayList<String>();
        page(query).get("messages").forEach(each -> values.add(each.get("value").asText()));
        return values;
    }

    @Test
    void messagesAreFoundByWhatTheyAre() {
        produce(0, "a");
        produce(0, "b");
        produce(3, "c");

        assertEquals(List.of("a", "b", "c"), values(""));
        assertEquals(List.of("b"), values("?key=b"));
        assertEquals(List.of("c"), values("?keyBase64=Yw=="));
        assertEquals(List.of("a"), values("?header=h:a"));
        assertEquals(List.of("a", "b", "c"), values("?header=h"));
        assertEquals(List.of(), values("?header=h:a&header=h:b"));
        assertEquals(List.of("b"), values("?from=1098&to=1099"));
        assertEquals(List.of("c"), values("?from=1970-01-01T00:00:01.099Z"));
        assertEquals(List.of("c"), values("?partition=3"));
        assertEquals(List.of("a", "b", "c"), values("?topic=" + name));
    }

    @Test
    void pagesGoOnWhereTheOneBeforeEnded() {
        for (String value : List.of("a", "b", "c", "d", "e")) {
            produce(value.charAt(0) % 2, value);
        }
        var all = new ArrayList<String>();
        String after = "";
        int pages = 0;
        do {
            JsonNode page = page("?max=2" + after);
            page.get("messages").forEach(each -> all.add(each.get("value").asText()));
            after = page.has("nextAfter") ? "&after=" + page.get("nextAfter").asText() : "";
            pages++;
        } while (!after.isEmpty());

        assertEquals(List.of("b", "d", "a", "c", "e"), all);
        assertEquals(3, pages);
    }

    @Test
    void aLookChangesNothing() {
        produce(0, "a");
        produce(0, "b");
        String session = session("w");
        receive(session);
        JsonNode before = Api.get(path + "/stats").json();

        assertEquals(List.of("a"), values("?state=inFlight"));
        assertEquals(List.of("b"), values("?state=ready,delayed"));
        assertEquals(List.of(), values("?state=dead"));
        JsonNode held = page("?state=inFlight").get("messages").get(0);
        assertEquals(session, held.get("session").asText());
        assertEquals(1, held.get("deliveries").asInt());
        JsonNode after = Api.get(path + "/stats").json();
        for (String number : List.of("ready", "inFlight", "delayed", "settled")) {
            assertEquals(before.get(number), after.get(number), number);
        }
    }

    @Test
    void whatRestsTellsUntilWhenAndWhatHappenedToIt() {
        produce(0, "a");
        String session = session("w");
        JsonNode message = receive(session);
        Api.call(
                "POST",
                path + "/settle",
                "{\"session\":\"%s\",\"release\":[{\"delivery\":%s,\"delay\":\"1h\",\"reason\":\"busy\"}]}"
                        .formatted(session, message.get("delivery")));
        JsonNode delayed = page("?state=delayed").get("messages").get(0);

        assertEquals("busy", delayed.get("attempts").get(0).get("reason").asText());
        assertEquals("released", delayed.get("attempts").get(0).get("why").asText());
    }

    @Test
    void aConsumerIsBusyWhileItHasAMessage() {
        produce(0, "a");
        String session = session("pod 1");
        String client = path + "/sessions?client=pod%201";
        assertFalse(Api.get(client).json().get("busy").asBoolean());
        JsonNode message = receive(session);
        JsonNode busy = Api.get(path + "/sessions/" + session).json();
        assertTrue(Api.get(client).json().get("busy").asBoolean());
        assertTrue(busy.get("busy").asBoolean());
        JsonNode held = busy.get("holds").get(0);
        assertEquals(message.get("delivery"), held.get("delivery"));
        assertEquals(message.get("firstDeliveredAt"), held.get("since"));
        assertFalse(Api.get(path + "/sessions?client=pod%202").json().get("busy").asBoolean());
        Api.call(
                "POST",
                path + "/settle",
                "{\"session\":\"%s\",\"acknowledge\":[%s]}"
                        .formatted(session, message.get("delivery")));

        assertFalse(Api.get(client).json().get("busy").asBoolean());
        assertEquals("404 unknown-session", told(Api.get(path + "/sessions/x")));
        assertEquals("404 unknown-session", told(Api.get(path + "/sessions/" + UUID.randomUUID())));
    }

    @Test
    void workInHandCountsForAutoscalers() {
        produce(0, "a");
        produce(1, "b");
        String session = session("w");
        JsonNode message = receive(session);
        JsonNode scaling = Api.get(path + "/scaling").json();
        assertEquals(2, scaling.get("backlog").asInt());
        assertEquals(1, scaling.get("ready").asInt());
        assertEquals(1, scaling.get("busySessions").asInt());
        Api.call(
                "POST",
                path + "/settle",
                "{\"session\":\"%s\",\"acknowledge\":[%s]}"
                        .formatted(session, message.get("delivery")));

        assertEquals(1, Api.get(path + "/scaling").json().get("backlog").asInt());
    }

    @ParameterizedTest
    @CsvSource({
        "?state=done",
        "?max=0",
        "?max=100000",
        "?partition=-1",
        "?after=1",
        "?to=now",
        "?header=:v"
    })
    void aQueryThatCannotBeIsRefused(String query) {
        assertEquals("400 bad-parameter", told(Api.get(path + "/messages" + query)));
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        assertEquals("404 unknown-partition", told(Api.get(path + "/messages?topic=other")));
        assertEquals("404 unknown-partition", told(Api.get(path + "/messages?partition=6")));
        for (String what : List.of("/messages", "/sessions", "/scaling", "/sessions/x")) {
            String expected =
                    what.equals("/sessions/x") ? "404 unknown-session" : "404 unknown-group";
            assertEquals(expected, told(Api.get("/v1/groups/no-such-group" + what)), what);
        }
    }
}
