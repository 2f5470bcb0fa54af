package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.gateway.Api;
import sluice.gateway.Await;

/** Queues over plain requests: make, open, receive, settle, count. */
@QuarkusTest
final class QueuesTest {

    private final String name = "q." + UUID.randomUUID();
    private final String path = "/v1/groups/" + name;

    private Api.Answer post(String what, String body) {
        return Api.call("POST", path + what, body);
    }

    private static String told(Api.Answer answer) {
        return answer.status() + " " + answer.problem();
    }

    private void queue(String body) {
        Api.Answer answer = Api.call("PUT", "/v1/queues/" + name, body);
        assertEquals(201, answer.status(), new String(answer.body()));
    }

    private String session() {
        Api.Answer answer = post("/sessions", "{\"client\":\"test\"}");
        assertEquals(201, answer.status(), new String(answer.body()));
        return answer.json().get("session").asText();
    }

    private void produce(String... values) {
        for (String value : values) {
            assertEquals(
                    200,
                    Api.produce(name, "{\"records\":[{\"value\":\"%s\"}]}".formatted(value))
                            .status());
        }
    }

    private JsonNode receive(String session, String more) {
        Api.Answer answer = post("/receive", "{\"session\":\"%s\"%s}".formatted(session, more));
        assertEquals(200, answer.status(), new String(answer.body()));
        return answer.json().get("messages");
    }

    private JsonNode receiveOne(String session) {
        JsonNode messages = receive(session, ",\"wait\":\"10s\"");
        assertEquals(1, messages.size());
        return messages.get(0);
    }

    private JsonNode settle(String session, String what) {
        Api.Answer answer = post("/settle", "{\"session\":\"%s\",%s}".formatted(session, what));
        assertEquals(200, answer.status(), new String(answer.body()));
        return answer.json();
    }

    private static String acknowledge(JsonNode message) {
        return "\"acknowledge\":[%s]".formatted(message.get("delivery"));
    }

    @Test
    void aQueueIsATopicAndAGroupWithTheDefaults() {
        queue("");
        Api.Answer again = Api.call("PUT", "/v1/queues/" + name, "{\"deliveryLimit\":5}");

        assertEquals(200, again.status());
        assertEquals(
                ("{\"name\":\"%s\",\"type\":\"queue\",\"topics\":[\"%s\"],\"start\":\"earliest\","
                                + "\"sessionTimeout\":\"8s\",\"reconnectGrace\":\"20s\","
                                + "\"prefetch\":1,\"maxInFlight\":20000,\"deliveryLimit\":5,"
                                + "\"backoff\":{\"type\":\"exponential\",\"delay\":\"1s\","
                                + "\"maxDelay\":\"5m\",\"jitter\":20},"
                                + "\"deadLetterTopic\":\"%s.dead-letters\","
                                + "\"onReject\":\"dead-letter\",\"activeConsumer\":\"all\","
                                + "\"order\":\"none\",\"priority\":false,\"onExpiry\":\"drop\","
                                + "\"tenants\":null,"
                                + "\"paused\":false}")
                        .formatted(name, name, name),
                new String(again.body()));
        assertEquals(200, Api.get("/v1/topics/" + name).status());
    }

    @Test
    void aMessageIsReceivedAndAcknowledged() {
        queue("");
        produce("a");
        String session = session();
        JsonNode message = receiveOne(session);

        assertEquals("a", message.get("value").asText());
        assertEquals(1, message.get("deliveries").asInt());
        assertEquals(name, message.get("topic").asText());
        JsonNode settled = settle(session, acknowledge(message));
        assertEquals(1, settled.get("settled").asInt());
        assertEquals(0, settled.get("failed").size());
        assertEquals(0, receive(session, "").size());
    }

    @Test
    void whoWaitsGetsWhatComes() throws Exception {
        queue("");
        String session = session();
        var waiting = new JsonNode[1];
        Thread thread = Thread.ofVirtual().start(() -> waiting[0] = receiveOne(session));
        Await.until(() ->
                Api.get(path + "/stats").json().get("sessions").get(0).get("waits").asBoolean());
        produce("late");
        thread.join();

        assertEquals("late", waiting[0].get("value").asText());
    }

    @Test
    void aClosedSessionGivesBackAtOnce() {
        queue("");
        produce("a");
        String session = session();
        receiveOne(session);
        assertEquals(204, Api.call("DELETE", path + "/sessions/" + session, "").status());

        assertEquals(2, receiveOne(session()).get("deliveries").asInt());
        assertEquals(
                "404 unknown-session",
                told(post("/receive", "{\"session\":\"%s\"}".formatted(session))));
        assertEquals("404 unknown-session", told(post("/sessions/" + session + "/heartbeat", "")));
    }

    @Test
    void whatIsReleasedComesAgainAndWhatIsRejectedIsADeadLetter() {
        queue("");
        produce("a");
        String session = session();
        JsonNode message = receiveOne(session);
        settle(
                session,
                "\"release\":[{\"delivery\":%s,\"delay\":\"0s\"}]"
                        .formatted(message.get("delivery")));
        message = receiveOne(session);
        assertEquals(2, message.get("deliveries").asInt());
        settle(
                session,
                "\"reject\":[{\"delivery\":%s,\"reason\":\"no order\"}]"
                        .formatted(message.get("delivery")));
        String letters =
                "/v1/topics/" + name + ".dead-letters/partitions/0/records?offset=0&wait=5s";
        Await.until(() -> Api.get(letters).status() == 200);

        JsonNode letter = Api.get(letters).json().get("records").get(0);
        assertEquals("a", letter.get("value").asText());
        JsonNode headers = letter.get("headers");
        assertEquals("no order", headers.get("sluice-dead-letter-reason").asText());
        assertEquals(name, headers.get("sluice-dead-letter-group").asText());
        assertEquals("2", headers.get("sluice-dead-letter-deliveries").asText());
    }

    @Test
    void aDeliveryIsSettledOnceAndByItsOwnSession() {
        queue("");
        produce("a");
        String session = session();
        JsonNode message = receiveOne(session);
        JsonNode foreign = settle(session(), acknowledge(message)).get("failed").get(0);
        assertEquals("foreign-session", foreign.get("code").asText());
        settle(session, acknowledge(message));
        JsonNode again = settle(session, acknowledge(message));
        assertEquals(1, again.get("settled").asInt());
        JsonNode otherwise =
                settle(session, "\"reject\":[{\"delivery\":%s}]".formatted(message.get("delivery")))
                        .get("failed")
                        .get(0);

        assertEquals("already-settled", otherwise.get("code").asText());
        assertEquals(false, otherwise.get("retry").asBoolean());
    }

    @Test
    void anAnswerThatWasLostComesAgain() {
        queue("");
        produce("a");
        String session = session();
        String call = ",\"received\":0,\"wait\":\"10s\"";
        JsonNode first = receive(session, call);
        JsonNode again = receive(session, call);

        assertEquals(first, again);
        assertEquals(1, first.size());
    }

    @Test
    void withoutSessionAMessageGoesBackByItself() {
        queue("");
        produce("a");
        String call = "{\"visibility\":\"1s\",\"wait\":\"10s\"}";
        JsonNode first = post("/receive", call).json().get("messages").get(0);
        JsonNode second = post("/receive", call).json().get("messages").get(0);

        assertEquals(2, second.get("deliveries").asInt());
        assertTrue(second.get("deadline").asLong() > first.get("deadline").asLong());
        Api.Answer settled = post("/settle", "{" + acknowledge(second) + "}");
        assertEquals(1, settled.json().get("settled").asInt());
    }

    @Test
    void numbersPauseAndPurge() {
        queue("");
        produce("a", "b", "c");
        String session = session();
        receiveOne(session);
        assertEquals(200, post("/pause", "").status());
        assertEquals(0, receive(session, "").size());
        JsonNode stats = Api.get(path + "/stats").json();
        assertEquals(2, stats.get("ready").asInt());
        assertEquals(1, stats.get("inFlight").asInt());
        assertTrue(stats.get("paused").asBoolean());
        assertEquals(6, stats.get("partitions").size());
        assertEquals(2, post("/purge", "").json().get("purged").asInt());
        assertEquals(200, post("/resume", "").status());

        assertEquals(stats.get("name"), Api.get(path).json().get("name"));
        assertEquals(0, receive(session, "").size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/receive | {} | 400 bad-parameter",
                "/receive | {\"session\":\"x\"} | 404 unknown-session",
                "/receive | {\"visibility\":\"1s\",\"max\":0} | 400 bad-parameter",
                "/receive | {\"visibility\":\"1s\",\"wait\":\"1h\"} | 400 bad-parameter",
                "/receive | {\"visibility\":\"1s\",\"what\":1} | 400 malformed-request",
                "/settle | {} | 400 bad-parameter",
                "/settle | {\"acknowledge\":[\"x\"]} | 400 malformed-delivery",
                "/settle | {\"release\":[{}]} | 400 malformed-request",
                "/sessions | {\"resume\":\"x\"} | 404 unknown-session",
                "/members | {} | 409 wrong-group-type"
            })
    void whatCannotBeIsAClearProblem(String what, String body, String expected) {
        queue("");

        assertEquals(expected, told(post(what, body)));
    }

    @Test
    void whatComesNextIsChosenInTheSettings() {
        queue(
                "{\"order\":\"key\",\"priority\":true,\"onExpiry\":\"dead-letter\","
                        + "\"tenants\":{\"maxInFlight\":7,\"weights\":{\"b\":2,\"a\":3}}}");

        JsonNode told = Api.get(path).json();
        assertEquals("key", told.get("order").asText());
        assertTrue(told.get("priority").asBoolean());
        assertEquals("dead-letter", told.get("onExpiry").asText());
        assertEquals(
                "{\"header\":\"tenant\",\"maxInFlight\":7,\"weights\":{\"a\":3,\"b\":2}}",
                told.get("tenants").toString());
        assertEquals("{}", told.get("perTenant").toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"order\":\"offset\"} | 400 bad-parameter",
                "{\"priority\":9} | 400 bad-parameter",
                "{\"onExpiry\":\"keep\"} | 400 bad-parameter",
                "{\"tenants\":\"tenant\"} | 400 bad-parameter",
                "{\"tenants\":{\"weights\":[1]}} | 400 bad-parameter",
                "{\"tenants\":{\"weights\":{\"a\":0}}} | 400 bad-group",
                "{\"tenants\":{\"weights\":{\"a\":1001}}} | 400 bad-group",
                "{\"tenants\":{\"header\":\"\"}} | 400 bad-group",
                "{\"tenants\":{\"maxInFlight\":-1}} | 400 bad-group",
                "{\"tenants\":{\"limit\":1}} | 400 malformed-request"
            })
    void aChoiceThatNoQueueCanMakeIsRefused(String body, String expected) {
        assertEquals(expected, told(Api.call("PUT", "/v1/queues/" + name, body)));
    }

    @Test
    void settingsThatNoQueueCanHaveAreRefused() {
        String put = "/v1/queues/" + name;
        assertEquals(
                "400 dead-letter-cycle",
                told(Api.call("PUT", put, "{\"deadLetterTopic\":\"%s\"}".formatted(name))));
        assertEquals("400 bad-group", told(Api.call("PUT", put, "{\"maxInFlight\":0}")));
        assertEquals("400 bad-parameter", told(Api.call("PUT", put, "{\"onReject\":\"burn\"}")));
        assertEquals(
                "400 bad-parameter", told(Api.call("PUT", put, "{\"activeConsumer\":\"two\"}")));
        assertEquals(
                "400 bad-parameter",
                told(Api.call("PUT", put, "{\"backoff\":{\"type\":\"linear\"}}")));
    }

    @Test
    void ofAGroupWithOneActiveConsumerTheOthersWait() {
        queue("{\"activeConsumer\":\"single\"}");
        produce("a", "b");
        String first = session();
        String second = session();

        assertEquals(0, receive(second, ",\"wait\":\"1s\"").size());
        assertEquals(1, receive(first, ",\"wait\":\"10s\"").size());
        assertEquals("400 session-needed", told(post("/receive", "{\"visibility\":\"1s\"}")));
        Api.call("DELETE", path + "/sessions/" + first, "");
        assertEquals(1, receive(second, ",\"wait\":\"10s\"").size());
    }

    @Test
    void aDeliveryOfAnotherGroupIsUnknown() {
        queue("");
        produce("a");
        String session = session();
        JsonNode message = receiveOne(session);
        String other = "q." + UUID.randomUUID();
        assertEquals(201, Api.call("PUT", "/v1/queues/" + other, "").status());
        Api.Answer settled =
                Api.call(
                        "POST",
                        "/v1/groups/" + other + "/settle",
                        "{" + acknowledge(message) + "}");

        assertEquals("unknown-delivery", settled.json().get("failed").get(0).get("code").asText());
    }
}
