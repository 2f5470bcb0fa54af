package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.gateway.Api;
import sluice.gateway.Await;

/** Dead letters: listed with why, sent back once, thrown away. */
@QuarkusTest
final class DeadLettersTest {

    private final String name = "q." + UUID.randomUUID();
    private final String path = "/v1/groups/" + name;
    private final String letters = path + "/dead-letters";

    private static Api.Answer ok(int status, Api.Answer answer) {
        assertEquals(status, answer.status(), new String(answer.body()));
        return answer;
    }

    private static String told(Api.Answer answer) {
        return answer.status() + " " + answer.problem();
    }

    private void queue(String settings) {
        ok(201, Api.call("PUT", "/v1/queues/" + name, settings));
    }

    private String session() {
        return ok(201, Api.call("POST", path + "/sessions", "{}")).json().get("session").asText();
    }

    /** Produces messages and rejects each, in order, the value being the reason. */
    private void dead(String... values) {
        String session = session();
        for (String value : values) {
            ok(
                    200,
                    Api.produce(
                            name,
                            ("{\"records\":[{\"key\":\"k-%s\",\"value\":\"%s\","
                                            + "\"headers\":{\"source\":\"web\"}}]}")
                                    .formatted(value, value)));
            JsonNode message =
                    ok(
                                    200,
                                    Api.call(
                                            "POST",
                                            path + "/receive",
                                            "{\"session\":\"%s\",\"wait\":\"10s\"}"
                                                    .formatted(session)))
                            .json()
                            .get("messages")
                            .get(0);
            ok(
                    200,
                    Api.call(
                            "POST",
                            path + "/settle",
                            "{\"session\":\"%s\",\"reject\":[{\"delivery\":%s,\"reason\":%s}]}"
                                    .formatted(
                                            session,
                                            message.get("delivery"),
                                            message.get("value"))));
        }
        Await.until(() -> Api.get(path + "/stats").json().get("dead").asInt() == 0);
        Await.until(() -> values("?order=oldest").size() >= values.length);
    }

    private List<String> values(String query) {
        var values = new ArrayList<String>();
        ok(200, Api.get(letters + query))
                .json()
                .get("deadLetters")
                .forEach(each -> values.add(each.get("value").asText()));
        return values;
    }

    private JsonNode redrive(String body) {
        ok(202, Api.call("POST", letters + "/redrive", body));
        return ended();
    }

    private JsonNode ended() {
        Await.until(() ->
                !Api.get(letters + "/redrive").json().get("state").asText().equals("running"));
        return Api.get(letters + "/redrive").json();
    }

    @Test
    void withoutAnyTheListIsEmptyAndARedriveDoesNothing() {
        queue("");

        assertEquals(List.of(), values(""));
        assertEquals("none", Api.get(letters + "/redrive").json().get("state").asText());
        assertEquals(
                "none",
                ok(202, Api.call("POST", letters + "/redrive", "")).json().get("state").asText());
    }

    @Test
    void eachTellsWhereItCameFromAndWhy() {
        queue("");
        dead("a");
        JsonNode list = Api.get(letters).json();
        JsonNode letter = list.get("deadLetters").get(0);

        assertEquals(name + ".dead-letters", list.get("topic").asText());
        assertEquals("0/0", letter.get("id").asText());
        assertEquals("a", letter.get("reason").asText());
        assertEquals(name, letter.get("topic").asText());
        assertEquals(0, letter.get("offset").asInt());
        assertEquals(1, letter.get("deliveries").asInt());
        assertEquals("rejected", letter.get("attempts").get(0).get("why").asText());
        assertEquals("k-a", letter.get("key").asText());
        assertEquals("{\"source\":\"web\"}", letter.get("headers").toString());
        assertTrue(letter.get("firstAt").asLong() > 0);
    }

    @Test
    void pagesGoFromTheNewestOrTheOldest() {
        queue("");
        dead("a", "b", "c");

        assertEquals(List.of("c", "b", "a"), values(""));
        assertEquals(List.of("a", "b", "c"), values("?order=oldest"));
        JsonNode first = Api.get(letters + "?max=2").json();
        assertEquals(2, first.get("deadLetters").size());
        assertEquals(List.of("a"), values("?max=2&after=" + first.get("nextAfter").asText()));
        first = Api.get(letters + "?max=2&order=oldest").json();
        assertEquals(
                List.of("c"),
                values("?max=2&order=oldest&after=" + first.get("nextAfter").asText()));
        assertEquals(List.of("b"), values("?reason=b"));
        assertEquals(List.of("c"), values("?key=k-c&header=source:web"));
        assertEquals(List.of(), values("?header=source:mail"));
    }

    @Test
    void oneIsSentBackOnceAndIsReceivedAnew() {
        queue("");
        dead("a", "b");
        JsonNode end = redrive("{\"ids\":[\"0/1\"]}");

        assertEquals("done", end.get("state").asText());
        assertEquals(1, end.get("moved").asInt());
        assertEquals(List.of("a"), values(""));
        assertEquals(0, redrive("{\"ids\":[\"0/1\"]}").get("moved").asInt());
        JsonNode message =
                Api.call(
                                "POST",
                                path + "/receive",
                                "{\"session\":\"%s\",\"wait\":\"10s\"}".formatted(session()))
                        .json()
                        .get("messages")
                        .get(0);
        assertEquals("b", message.get("value").asText());
        assertEquals(1, message.get("deliveries").asInt());
        assertEquals(
                "{\"source\":\"web\",\"sluice-redriven-from\":\"%s.dead-letters/0/1\"}"
                        .formatted(name),
                message.get("headers").toString());
    }

    @Test
    void someAreSentBackByFilterAndTheRestIsThrownAway() {
        queue("");
        dead("a", "b", "c");

        assertEquals(1, redrive("{\"filter\":{\"reason\":\"b\"}}").get("moved").asInt());
        assertEquals(List.of("c", "a"), values(""));
        ok(202, Api.call("POST", letters + "/purge", "{\"filter\":{\"key\":\"k-a\"}}"));
        assertEquals(1, ended().get("moved").asInt());
        assertEquals(List.of("c"), values(""));
        ok(202, Api.call("POST", letters + "/purge", ""));
        ended();
        assertEquals(List.of(), values(""));
        assertEquals(1, Api.get(path + "/stats").json().get("ready").asInt());
    }

    @Test
    void aSlowRedriveIsSeenAndStopped() {
        queue("");
        dead("a", "b", "c");
        ok(202, Api.call("POST", letters + "/redrive", "{\"rate\":1}"));
        assertEquals("409 redrive-running", told(Api.call("POST", letters + "/redrive", "")));
        assertEquals(
                "stopped",
                ok(200, Api.call("DELETE", letters + "/redrive", "")).json().get("state").asText());

        assertFalse(values("").isEmpty());
    }

    @Test
    void groupsThatShareATopicSeeTheirOwn() {
        String shared = "dead." + UUID.randomUUID();
        queue("{\"deadLetterTopic\":\"%s\"}".formatted(shared));
        dead("mine");
        String other = "q." + UUID.randomUUID();
        ok(
                201,
                Api.call(
                        "PUT",
                        "/v1/queues/" + other,
                        "{\"deadLetterTopic\":\"%s\"}".formatted(shared)));

        assertEquals(
                0,
                Api.get("/v1/groups/" + other + "/dead-letters").json().get("deadLetters").size());
        assertEquals(List.of("mine"), values(""));
        assertEquals(1, Api.get("/v1/groups/" + shared + "/stats").json().get("ready").asInt());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redrive | {\"ids\":[\"x\"]} | 400 bad-parameter",
                "redrive | {\"ids\":[]} | 400 bad-parameter",
                "redrive | {\"ids\":[\"0/1\"],\"filter\":{}} | 400 bad-parameter",
                "redrive | {\"rate\":0} | 400 bad-parameter",
                "redrive | {\"max\":0} | 400 bad-parameter",
                "redrive | {\"to\":\"a/b\"} | 400 bad-parameter",
                "redrive | {\"filter\":[]} | 400 bad-parameter",
                "redrive | {\"filter\":{\"keys\":\"a\"}} | 400 malformed-request",
                "redrive | {\"all\":true} | 400 malformed-request",
                "purge | {\"to\":\"other\"} | 400 malformed-request"
            })
    void whatCannotBeIsAClearProblem(String what, String body, String expected) {
        queue("");

        assertEquals(expected, told(Api.call("POST", letters + "/" + what, body)));
    }

    @ParameterizedTest
    @CsvSource({
        "?max=0",
        "?max=1001",
        "?max=99999999999999999999",
        "?order=up",
        "?after=x",
        "?after=t/0",
        "?from=yesterday",
        "?header=:v",
        "?key=a&keyBase64=YQ==",
        "?keyBase64=%21",
        "?format=binary"
    })
    void aQueryThatCannotBeIsRefused(String query) {
        queue("");

        assertEquals("400 bad-parameter", told(Api.get(letters + query)));
    }

    @Test
    void groupsWithoutDeadLettersSaySo() {
        assertEquals("404 unknown-group", told(Api.get(letters)));
        queue("{\"deadLetterTopic\":null}");
        assertEquals("409 no-dead-letter-topic", told(Api.get(letters)));
        String stream = "s." + UUID.randomUUID();
        Api.call(
                "PUT",
                "/v1/groups/" + stream,
                "{\"type\":\"stream\",\"topics\":[\"%s\"]}".formatted(name));
        assertEquals(
                "409 wrong-group-type", told(Api.get("/v1/groups/" + stream + "/dead-letters")));
    }

    @Test
    void aGroupOfThatNameThatReadsSomethingElseIsNotTouched() {
        queue("");
        ok(
                201,
                Api.call(
                        "PUT",
                        "/v1/groups/" + name + ".dead-letters",
                        "{\"type\":\"stream\",\"topics\":[\"%s\"]}".formatted(name)));

        assertEquals("409 dead-letter-group-taken", told(Api.get(letters)));
    }
}
