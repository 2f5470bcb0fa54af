package sluice.gateway.topics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.gateway.Api;

@QuarkusTest
final class TopicsTest {

    private final String name = "topic." + UUID.randomUUID();
    private final String path = "/v1/topics/" + name;

    @Test
    void aTopicThatSaysNothingHasTheDefaults() {
        var answer = Api.call("PUT", path, "");

        assertEquals(201, answer.status());
        assertEquals(
                "{\"name\":\"%s\",\"partitionCount\":6,\"retention\":\"7d\",\"profile\":\"latency\","
                                .formatted(name)
                        + "\"recordBytesMax\":1048576,\"createdAt\":\"2026-01-01T00:00:00Z\"}",
                answer.json().toString());
    }

    @Test
    void theSameTopicAgainIsFine() {
        Api.call("PUT", path, "{\"partitions\":2}");

        assertEquals(200, Api.call("PUT", path, "{\"partitions\":2}").status());
    }

    @Test
    void anotherTopicOfThatNameIsAConflict() {
        Api.call("PUT", path, "{\"partitions\":2}");

        var answer = Api.call("PUT", path, "{\"partitions\":3}");

        assertEquals("409 topic-exists", answer.status() + " " + answer.problem());
    }

    @Test
    void aTopicIsShownWithItsPartitions() {
        Api.call("PUT", path, "{\"partitions\":2}");
        Api.produce(name, "{\"records\":[{\"value\":\"a\",\"partition\":1}]}");

        var second = Api.get(path).json().at("/partitions/1");

        assertEquals(
                "{\"partition\":1,\"logStart\":0,\"highWatermark\":1,\"slot\":1,\"owner\":"
                        + "{\"node\":\"00000000-0000-0000-0000-000000000001\","
                        + "\"httpAddress\":\"127.0.0.1:1\"}}",
                second.toString());
    }

    @ParameterizedTest
    @CsvSource({"30m,30m", "12h,12h", "24h,1d", "7d,7d", "90s,90s", "forever,forever"})
    void retentionIsReadAndWritten(String asked, String shown) {
        var answer = Api.call("PUT", path, "{\"retention\":\"" + asked + "\"}");

        assertEquals(shown, answer.json().get("retention").asText());
    }

    @Test
    void whatAChangeLeavesOutStays() {
        Api.call("PUT", path, "{\"partitions\":2,\"retention\":\"1d\",\"profile\":\"throughput\"}");

        var changed = Api.call("PATCH", path, "{\"partitions\":4}").json();

        assertEquals(
                "4 1d throughput",
                changed.get("partitionCount").asInt()
                        + " "
                        + changed.get("retention").asText()
                        + " "
                        + changed.get("profile").asText());
    }

    @Test
    void partitionsDoNotShrink() {
        Api.call("PUT", path, "{\"partitions\":2}");

        var answer = Api.call("PATCH", path, "{\"partitions\":1}");

        assertEquals("400 partitions-shrink", answer.status() + " " + answer.problem());
    }

    @Test
    void aDeletedTopicIsGone() {
        Api.call("PUT", path, "");

        assertEquals(204, Api.call("DELETE", path, "").status());
        assertEquals("unknown-topic", Api.get(path).problem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PATCH", "DELETE"})
    void whatDoesNotExistIsToldAsSuch(String method) {
        assertEquals("unknown-topic", Api.call(method, path, "").problem());
    }

    @Test
    void aListGoesOnFromNextAfter() {
        for (String last : List.of("a", "b", "c")) {
            Api.call("PUT", path + last, "");
        }
        var names = new ArrayList<String>();
        String after = name;
        for (int page = 0; page < 2; page++) {
            var answer = Api.get("/v1/topics?max=2&after=" + after).json();
            answer.get("topics").forEach(topic -> names.add(topic.get("name").asText()));
            after = answer.path("nextAfter").asText();
        }

        assertEquals(List.of(name + "a", name + "b", name + "c"), names.subList(0, 3));
    }

    @Test
    void theLastPageSaysThatItIs() {
        Api.call("PUT", "/v1/topics/zzzz-" + name, "");

        assertFalse(Api.get("/v1/topics?after=zzzz").json().has("nextAfter"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    bad-parameter     | {"partitions":0}
                    bad-parameter     | {"partitions":10001}
                    bad-parameter     | {"partitions":"6"}
                    bad-parameter     | {"retention":"7"}
                    bad-parameter     | {"retention":"0d"}
                    bad-parameter     | {"retention":7}
                    bad-parameter     | {"profile":"fast"}
                    bad-parameter     | {"recordBytesMax":99999999}
                    malformed-request | {"partition":6}
                    malformed-request | []
                    malformed-json    | {"partitions":
                    malformed-request | {} {}
                    """)
    void aBodyThatIsNotUnderstoodMakesNoTopic(String expected, String body) {
        var answer = Api.call("PUT", path, body);

        assertEquals("400 " + expected, answer.status() + " " + answer.problem());
        assertEquals(404, Api.get(path).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"__x", "a%20b", "%C3%BC", "a%00b"})
    void aNameThatIsNotAllowedIsRefused(String bad) {
        assertEquals(400, Api.call("PUT", "/v1/topics/" + bad, "").status());
    }

    @Test
    void aNameMayHave249Characters() {
        assertEquals(201, Api.call("PUT", "/v1/topics/" + longName(249), "").status());
    }

    @Test
    void aNameMayNotHave250Characters() {
        assertEquals(
                "bad-topic-name", Api.call("PUT", "/v1/topics/" + longName(250), "").problem());
    }

    private static String longName(int length) {
        return (UUID.randomUUID() + "x".repeat(length)).substring(0, length);
    }
}
