package sluice.gateway.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.http.HttpRequest;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.gateway.Api;
import sluice.gateway.twin.MemoryEngine;

@QuarkusTest
final class BadProduceTest {

    @Inject MemoryEngine engine;

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    400 malformed-request      | nothing               | ''
                    400 malformed-json         | broken                | {"records":[{"value":"a"}
                    400 malformed-json         | not JSON              | hello
                    400 malformed-json         | cut in a string       | {"records":[{"value":"a
                    400 malformed-request      | not an object         | [1]
                    400 malformed-request      | another object        | {}
                    400 malformed-request      | no records            | {"records":[]}
                    400 malformed-request      | records no list       | {"records":{}}
                    400 malformed-request      | more behind it        | {"records":[{"value":"a"}]} {}
                    400 malformed-request      | empty record          | {"records":[{}]}
                    400 malformed-request      | record no object      | {"records":["a"]}
                    400 malformed-request      | misspelt field        | {"records":[{"vlaue":"a"}]}
                    400 malformed-request      | unknown field outside | {"records":[{"value":"a"}],"x":1}
                    400 malformed-request      | two values            | {"records":[{"value":"a","valueJson":1}]}
                    400 malformed-request      | number as text        | {"records":[{"value":1}]}
                    400 malformed-request      | half a character      | {"records":[{"value":"\\ud800"}]}
                    400 malformed-request      | not base64            | {"records":[{"valueBase64":"%"}]}
                    400 malformed-request      | negative time         | {"records":[{"value":"a","timestamp":-1}]}
                    400 malformed-request      | partition no number   | {"records":[{"value":"a","partition":"0"}]}
                    400 malformed-request      | priority too high     | {"records":[{"value":"a","priority":10}]}
                    400 malformed-request      | priority no number    | {"records":[{"value":"a","priority":"high"}]}
                    400 malformed-request      | negative priority     | {"records":[{"value":"a","priority":-1}]}
                    400 malformed-request      | delay no span         | {"records":[{"value":"a","delay":"soon"}]}
                    400 malformed-request      | delay a number        | {"records":[{"value":"a","delay":10}]}
                    400 malformed-request      | delay for ever        | {"records":[{"value":"a","delay":"366d"}]}
                    400 malformed-request      | delay beyond numbers  | {"records":[{"value":"a","delay":"999999999999d"}]}
                    400 malformed-request      | two delays            | {"records":[{"value":"a","delay":"1s","deliverAt":5}]}
                    400 malformed-request      | two ends              | {"records":[{"value":"a","expiresIn":"1s","expiresAt":5}]}
                    400 malformed-request      | expires too early     | {"records":[{"value":"a","expiresIn":"1s","delay":"1s"}]}
                    400 malformed-request      | delivery far away     | {"records":[{"value":"a","deliverAt":9000000000000000000}]}
                    400 malformed-request      | priority alone        | {"records":[{"priority":1}]}
                    400 partition-out-of-range | no such partition     | {"records":[{"value":"a","partition":1}]}
                    400 partition-out-of-range | negative partition    | {"records":[{"value":"a","partition":-1}]}
                    """)
    void isRefusedAndNothingOfItIsAppended(String expected, String what, String body) {
        String topic = Api.newTopic(1);

        var answer = Api.produce(topic, body);

        assertEquals(expected, answer.status() + " " + answer.problem(), what);
        assertEquals(0, engine.highWatermark(topic, 0));
    }

    @Test
    void aBadRecordTakesTheGoodOnesBeforeItAlong() {
        String topic = Api.newTopic(1);

        var answer = Api.produce(topic, "{\"records\":[{\"value\":\"good\"},{\"value\":7}]}");

        assertEquals(1, answer.json().get("record").asInt());
        assertEquals(0, engine.highWatermark(topic, 0));
    }

    @Test
    void aRecordThatWouldBeGoneBeforeItsTimeIsRefused() {
        String topic = "t-" + UUID.randomUUID();
        Api.call("PUT", "/v1/topics/" + topic, "{\"partitions\":1,\"retention\":\"1h\"}");

        var kept = Api.produce(topic, "{\"records\":[{\"value\":\"a\",\"delay\":\"59m\"}]}");
        var gone = Api.produce(topic, "{\"records\":[{\"value\":\"a\",\"delay\":\"1h\"}]}");

        assertEquals(200, kept.status());
        assertEquals("400 malformed-request", gone.status() + " " + gone.problem());
        assertEquals(1, engine.highWatermark(topic, 0));
    }

    @Test
    void brokenJsonIsToldWithItsPlace() {
        var answer = Api.produce(Api.newTopic(1), "{\"records\":[{\"value\" 1}]}");

        assertEquals(21, answer.json().get("byte").asInt(), "the 1 stands at byte 21, from 0");
    }

    @Test
    void aRecordOverTheTopicsLimitIsRefused() {
        String topic = Api.newTopic(1);
        Api.call("PATCH", "/v1/topics/" + topic, "{\"recordBytesMax\":10}");

        var answer = Api.produce(topic, "{\"records\":[{\"key\":\"12345\",\"value\":\"678901\"}]}");

        assertEquals("413 record-too-large", answer.status() + " " + answer.problem());
    }

    @Test
    void aRecordAtTheTopicsLimitIsTaken() {
        String topic = Api.newTopic(1);
        Api.call("PATCH", "/v1/topics/" + topic, "{\"recordBytesMax\":10}");

        assertEquals(
                200,
                Api.produce(topic, "{\"records\":[{\"key\":\"12345\",\"value\":\"67890\"}]}")
                        .status());
    }

    @Test
    void anUnknownTopicIsNotMade() {
        var answer = Api.produce("nobody-made-me", "{\"records\":[{\"value\":\"a\"}]}");

        assertEquals("404 unknown-topic", answer.status() + " " + answer.problem());
    }

    @ParameterizedTest
    @CsvSource({"sp%20ace", "__ours", "%C3%A4", "a%2Fb"})
    void aBadTopicNameIsRefused(String name) {
        var answer = Api.produce(name, "{\"records\":[{\"value\":\"a\"}]}");

        assertEquals("400 bad-topic-name", answer.status() + " " + answer.problem());
    }

    @ParameterizedTest
    @CsvSource({"2", "ALL", "-1", "x"})
    void unsupportedAcksAreRefused(String acks) {
        var answer =
                Api.call(
                        "POST",
                        "/v1/topics/" + Api.newTopic(1) + "/records?acks=" + acks,
                        "{\"records\":[{\"value\":\"a\"}]}");

        assertEquals("400 unsupported-acks", answer.status() + " " + answer.problem());
    }

    @Test
    void aFormIsNotABody() {
        var answer =
                Api.send(
                        Api.to("/v1/topics/" + Api.newTopic(1) + "/records")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"records\":[]}")));

        assertEquals("415 unsupported-media-type", answer.status() + " " + answer.problem());
    }

    @Test
    void aPartitionInTheQueryDoesNotGoWithJson() {
        var answer =
                Api.call(
                        "POST",
                        "/v1/topics/" + Api.newTopic(1) + "/records?partition=0",
                        "{\"records\":[{\"value\":\"a\"}]}");

        assertEquals("400 bad-parameter", answer.status() + " " + answer.problem());
    }
}
