package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.gateway.Api;

/** Groups: make, change, show, list, delete. */
@QuarkusTest
final class GroupsTest {

    private final String name = "g." + UUID.randomUUID();
    private final String path = "/v1/groups/" + name;
    private final String topic = Api.newTopic(2);

    private Api.Answer put(String more) {
        return Api.call(
                "PUT", path, "{\"type\":\"stream\",\"topics\":[\"%s\"]%s}".formatted(topic, more));
    }

    private static String told(Api.Answer answer) {
        return answer.status() + " " + answer.problem();
    }

    @Test
    void aGroupThatSaysNoMoreHasTheDefaults() {
        Api.Answer answer = put("");

        assertEquals(201, answer.status());
        assertEquals(
                ("{\"name\":\"%s\",\"type\":\"stream\",\"topics\":[\"%s\"],\"start\":\"earliest\","
                                + "\"delivery\":\"at-least-once\",\"sessionTimeout\":\"8s\","
                                + "\"revocationTimeout\":\"30s\"}")
                        .formatted(name, topic),
                answer.json().toString());
    }

    @Test
    void settingsAreReadAndWritten() {
        String more =
                ",\"start\":{\"timestamp\":17},\"delivery\":\"at-most-once\","
                        + "\"sessionTimeout\":\"PT10S\",\"revocationTimeout\":\"1500ms\"";
        put(more);

        JsonNode group = Api.get(path).json();

        assertEquals(
                "{\"timestamp\":17} at-most-once 10s 1500ms",
                group.get("start")
                        + " "
                        + group.get("delivery").asText()
                        + " "
                        + group.get("sessionTimeout").asText()
                        + " "
                        + group.get("revocationTimeout").asText());
    }

    @Test
    void theSameGroupAgainAndOneThatIsChangedAreFine() {
        put("");

        assertEquals(200, put("").status());
        assertEquals(200, put(",\"sessionTimeout\":\"9s\"").status());
        assertEquals("9s", Api.get(path).json().get("sessionTimeout").asText());
    }

    @Test
    void anotherTypeIsAConflict() {
        put("");

        Api.Answer answer =
                Api.call("PUT", path, "{\"type\":\"queue\",\"topics\":[\"%s\"]}".formatted(topic));

        assertEquals("409 group-exists", told(answer));
    }

    @Test
    void aPatternReadsWhatMatches() {
        Api.call(
                "PUT",
                path,
                "{\"type\":\"stream\",\"topics\":[\"%s*\"]}".formatted(topic.substring(0, 20)));

        assertEquals(2, Api.get(path).json().get("partitions").size());
    }

    @Test
    void aPatternThatMatchesNothingIsRefused() {
        assertEquals(
                "404 pattern-matches-nothing",
                told(Api.call("PUT", path, "{\"type\":\"stream\",\"topics\":[\"nobody-*\"]}")));
    }

    @Test
    void aTopicThatDoesNotExistIsRefused() {
        assertEquals(
                "404 unknown-topic",
                told(Api.call("PUT", path, "{\"type\":\"stream\",\"topics\":[\"nobody\"]}")));
    }

    @Test
    void whatDoesNotExistYetMayBeAllowed() {
        Api.Answer answer =
                Api.call(
                        "PUT",
                        path,
                        "{\"type\":\"stream\",\"topics\":[\"nobody-*\"],\"allowMissing\":true}");

        assertEquals(201, answer.status());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    malformed-request | {"topics":["t"]}
                    bad-parameter     | {"type":"stream"}
                    bad-parameter     | {"type":"stream","topics":[]}
                    bad-parameter     | {"type":"stream","topics":"t"}
                    bad-parameter     | {"type":"stream","topics":[1]}
                    bad-parameter     | {"type":"log","topics":["t"]}
                    bad-parameter     | {"type":"stream","topics":["t"],"start":"now"}
                    bad-parameter     | {"type":"stream","topics":["t"],"start":{"timestamp":-1}}
                    malformed-request | {"type":"stream","topics":["t"],"start":{"timestamp":1,"x":2}}
                    bad-parameter     | {"type":"stream","topics":["t"],"delivery":"exactly-once"}
                    bad-parameter     | {"type":"stream","topics":["t"],"sessionTimeout":"8"}
                    bad-parameter     | {"type":"stream","topics":["t"],"sessionTimeout":8}
                    bad-parameter     | {"type":"stream","topics":["t"],"sessionTimeout":"-PT1S"}
                    bad-parameter     | {"type":"stream","topics":["t"],"allowMissing":"yes"}
                    malformed-request | {"type":"stream","topics":["t"],"topic":"t"}
                    malformed-request | []
                    malformed-json    | {"type":
                    malformed-request | {} {}
                    """)
    void aBodyThatIsNotUnderstoodMakesNoGroup(String expected, String body) {
        assertEquals("400 " + expected, told(Api.call("PUT", path, body)));
        assertEquals("404 unknown-group", told(Api.get(path)));
    }

    @Test
    void aTimeoutOutOfRangeIsRefused() {
        assertEquals("400 bad-group", told(put(",\"sessionTimeout\":\"1ms\"")));
    }

    @Test
    void aBodyOfMoreThanAMegabyteIsRefused() {
        assertEquals(
                "413 body-too-large",
                told(put(",\"start\":\"%s\"".formatted("x".repeat(1 << 20)))));
    }

    @Test
    void listsWithinListsWithoutEndAreRefused() {
        assertEquals(
                "400 malformed-request",
                told(put(",\"start\":" + "[".repeat(500) + "]".repeat(500))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"__x", "a%20b", "%C3%BC"})
    void aNameThatIsNotAllowedIsRefused(String bad) {
        assertEquals(
                "400 bad-group-name",
                told(
                        Api.call(
                                "PUT",
                                "/v1/groups/" + bad,
                                "{\"type\":\"stream\",\"topics\":[\"t\"]}")));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,''",
        "DELETE,''",
        "GET,/offsets",
        "POST,/members",
        "GET,/members/0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11/records",
        "POST,/members/0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11/heartbeat",
    })
    void aGroupThatDoesNotExistIsToldAsSuch(String method, String more) {
        assertEquals("404 unknown-group", told(Api.call(method, path + more, "")));
    }

    @Test
    void aGroupIsShownWithItsPartitionsAndLag() {
        put("");
        Api.produce(topic, "{\"records\":[{\"value\":\"a\",\"partition\":1}]}");
        Api.call(
                "POST",
                path + "/offsets",
                "{\"offsets\":[{\"topic\":\"%s\",\"partition\":0,\"offset\":0}]}".formatted(topic));

        JsonNode group = Api.get(path).json();

        assertEquals(
                ("[{\"topic\":\"%s\",\"partition\":0,\"committed\":0,\"logStart\":0,"
                                + "\"highWatermark\":0,\"lag\":0,\"member\":null},{\"topic\":\"%s\","
                                + "\"partition\":1,\"committed\":null,\"logStart\":0,"
                                + "\"highWatermark\":1,\"lag\":1,\"member\":null}]")
                        .formatted(topic, topic),
                group.get("partitions").toString());
        assertEquals(1, group.get("totalLag").asLong());
    }

    @Test
    void aDeletedGroupIsGone() {
        put("");

        assertEquals(204, Api.call("DELETE", path, "").status());
        assertEquals("unknown-group", Api.get(path).problem());
    }

    @Test
    void aGroupWithMembersIsDeletedOnlyByForce() {
        put("");
        Api.call("POST", path + "/members", "");

        assertEquals("409 group-has-members", told(Api.call("DELETE", path, "")));
        assertEquals("400 bad-parameter", told(Api.call("DELETE", path + "?force=1", "")));
        assertEquals(204, Api.call("DELETE", path + "?force=true", "").status());
    }

    @Test
    void aListGoesOnFromNextAfter() {
        String prefix = "l-" + UUID.randomUUID();
        for (String last : List.of("a", "b", "c")) {
            Api.call(
                    "PUT",
                    "/v1/groups/" + prefix + last,
                    "{\"type\":\"stream\",\"topics\":[\"%s\"]}".formatted(topic));
        }
        var names = new ArrayList<String>();
        String after = "";
        for (int page = 0; page < 2; page++) {
            JsonNode answer =
                    Api.get("/v1/groups?max=2&prefix=" + prefix + "&after=" + after).json();
            answer.get("groups").forEach(group -> names.add(group.get("name").asText()));
            after = answer.path("nextAfter").asText();
        }

        assertEquals(List.of(prefix + "a", prefix + "b", prefix + "c"), names);
    }

    @Test
    void theLastPageSaysThatItIs() {
        put("");

        assertFalse(Api.get("/v1/groups?prefix=" + name).json().has("nextAfter"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1001", "x"})
    void aPageHasBounds(String max) {
        assertEquals("400 bad-parameter", told(Api.get("/v1/groups?max=" + max)));
    }
}
