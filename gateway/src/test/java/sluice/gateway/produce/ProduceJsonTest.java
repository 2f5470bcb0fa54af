package sluice.gateway.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.gateway.Api;
import sluice.gateway.twin.MemoryEngine;
import sluice.log.SluiceException;
import sluice.log.batch.Partitioner;

@QuarkusTest
final class ProduceJsonTest {

    @Inject MemoryEngine engine;

    @Test
    void everyPartOfARecordComesBack() {
        String topic = Api.newTopic(1);

        Api.produce(
                topic,
                """
                {"records":[{"key":"kä","value":"v😀","timestamp":1700000000000,
                             "headers":{"one":"1","two":["a",null],"none":null}}]}\
                """);

        assertEquals(
                "{\"offset\":0,\"timestamp\":1700000000000,\"key\":\"kä\",\"value\":\"v😀\","
                        + "\"headers\":{\"one\":\"1\",\"two\":[\"a\",null],\"none\":null}}",
                Api.fetch(topic, 0, "").json().at("/records/0").toString());
    }

    @Test
    void whatIsForQueueGroupsBecomesHeaders() {
        String topic = Api.newTopic(1);
        long beforeMs = System.currentTimeMillis();

        Api.produce(
                topic,
                """
                {"records":[{"value":"a","priority":9,"delay":"10s","expiresIn":"1m",
                             "headers":{"h":"1"}},
                            {"value":"b","deliverAt":5,"expiresAt":1900000000000},
                            {"value":"c","priority":null,"delay":null,"expiresAt":null}]}\
                """);

        var records = Api.fetch(topic, 0, "").json().get("records");
        var first = records.get(0).get("headers");
        long passedMs = System.currentTimeMillis() - beforeMs;
        long delayMs = first.get("sluice-deliver-at").asLong() - beforeMs;
        assertTrue(delayMs >= 10_000 && delayMs <= 10_000 + passedMs, () -> "delayMs=" + delayMs);
        assertEquals(
                50_000,
                first.get("sluice-expires-at").asLong() - first.get("sluice-deliver-at").asLong());
        assertEquals("9", first.get("sluice-priority").asText());
        assertEquals("1", first.get("h").asText());
        assertEquals(
                "{\"sluice-deliver-at\":\"5\",\"sluice-expires-at\":\"1900000000000\"}",
                records.get(1).get("headers").toString());
        assertFalse(records.get(2).has("headers"));
    }

    @Test
    void placesAreToldInTheOrderOfTheRequest() {
        String topic = Api.newTopic(3);

        var answer =
                Api.produce(
                        topic,
                        """
                        {"records":[{"value":"a","partition":2},{"value":"b","partition":0},
                                    {"partition":2,"value":"c"}]}\
                        """);

        assertEquals(
                "{\"records\":[{\"partition\":2,\"offset\":0},{\"partition\":0,\"offset\":0},"
                        + "{\"partition\":2,\"offset\":1}]}",
                answer.json().toString());
    }

    @Test
    void aKeyGoesWhereKafkaPutsIt() {
        String topic = Api.newTopic(6);

        var answer = Api.produce(topic, "{\"records\":[{\"key\":\"order-17\",\"value\":\"v\"}]}");

        assertEquals(
                Partitioner.forKey("order-17".getBytes(), 6),
                answer.json().at("/records/0/partition").asInt());
    }

    @Test
    void jsonValuesAreKeptAsTheyWereWritten() {
        String topic = Api.newTopic(1);

        Api.produce(
                topic,
                "{\"records\":[{\"valueJson\": { \"a b\" : [1.10, 1e400 , \"x \\\" y\"] } }]}");

        assertEquals(
                "{\"a b\":[1.10,1e400,\"x \\\" y\"]}",
                Api.fetch(topic, 0, "").json().at("/records/0/value").asText());
    }

    @Test
    void bytesThatAreNoTextComeBack() {
        String topic = Api.newTopic(1);

        Api.produce(topic, "{\"records\":[{\"keyBase64\":\"/w==\",\"valueBase64\":\"AP8=\"}]}");

        var record = Api.fetch(topic, 0, "?format=base64").json().at("/records/0");
        assertEquals(
                "/w==AP8=", record.get("keyBase64").asText() + record.get("valueBase64").asText());
    }

    @Test
    void aNullValueStaysNull() {
        String topic = Api.newTopic(1);

        Api.produce(topic, "{\"records\":[{\"key\":\"gone\",\"value\":null}]}");

        assertTrue(Api.fetch(topic, 0, "").json().at("/records/0/value").isNull());
    }

    @Test
    void aLargeBodyIsReadAsASmallOne() {
        String topic = Api.newTopic(1);
        String record = "{\"value\":\"" + "x".repeat(1_000) + "\"}";

        var answer =
                Api.produce(topic, "{\"records\":[" + (record + ",").repeat(999) + record + "]}");

        assertEquals(999, answer.json().at("/records/999/offset").asInt());
    }

    @Test
    void withoutAcksNoOffsetIsTold() {
        String topic = Api.newTopic(1);

        var answer =
                Api.call(
                        "POST",
                        "/v1/topics/" + topic + "/records?acks=0",
                        "{\"records\":[{\"value\":\"v\"}]}");

        assertEquals("202 {\"accepted\":1}", answer.status() + " " + answer.json());
    }

    @Test
    void theOwnersAckTellsOffsetsToo() {
        String topic = Api.newTopic(1);

        var answer =
                Api.call(
                        "POST",
                        "/v1/topics/" + topic + "/records?acks=1",
                        "{\"records\":[{\"value\":\"v\"}]}");

        assertEquals(0, answer.json().at("/records/0/offset").asInt(-1));
    }

    @Nested
    class WithAnIdempotencyKey {

        @Test
        void aRepeatedRequestIsAppendedOnceAndAnsweredAlike() {
            String topic = Api.newTopic(1);
            send(topic, "key-1", "{\"records\":[{\"value\":\"a\"},{\"value\":\"b\"}]}");

            var again = send(topic, "key-1", "{\"records\":[{\"value\":\"a\"},{\"value\":\"b\"}]}");

            assertEquals(1, again.json().at("/records/1/offset").asInt());
            assertEquals(2, engine.highWatermark(topic, 0));
        }

        @Test
        void recordsWithoutKeyGoToTheSamePartitionAgain() {
            String topic = Api.newTopic(50);
            var first = send(topic, "key-1", "{\"records\":[{\"value\":\"a\"}]}");
            for (int turn = 0; turn < 3; turn++) {
                Api.produce(
                        topic, "{\"records\":[{\"value\":\"%s\"}]}".formatted("x".repeat(20_000)));
            }

            var again = send(topic, "key-1", "{\"records\":[{\"value\":\"a\"}]}");

            assertEquals(
                    first.json().at("/records/0/partition").asInt(-1),
                    again.json().at("/records/0/partition").asInt(-2));
        }

        @Test
        void theSameKeyWithAnotherBodyIsRefused() {
            String topic = Api.newTopic(1);
            send(topic, "key-1", "{\"records\":[{\"value\":\"a\"}]}");

            var other = send(topic, "key-1", "{\"records\":[{\"value\":\"b\"}]}");

            assertEquals("422 idempotency-key-reused", other.status() + " " + other.problem());
        }

        @Test
        void theSameKeyOnAnotherTopicIsAnotherKey() {
            String topic = Api.newTopic(1);
            send(Api.newTopic(1), "key-1", "{\"records\":[{\"value\":\"a\"}]}");

            assertEquals(200, send(topic, "key-1", "{\"records\":[{\"value\":\"b\"}]}").status());
        }

        @Test
        void aKeyWithSpaceIsRefused() {
            var answer = send(Api.newTopic(1), "two words", "{\"records\":[{\"value\":\"a\"}]}");

            assertEquals("400 bad-idempotency-key", answer.status() + " " + answer.problem());
        }

        private static Api.Answer send(String topic, String key, String body) {
            return Api.send(
                    Api.to("/v1/topics/" + topic + "/records")
                            .header("Content-Type", "application/json")
                            .header("Idempotency-Key", key)
                            .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body)));
        }
    }

    @Nested
    class WhenAppendsFail {

        private static final String TWO_PARTITIONS =
                "{\"records\":[{\"value\":\"a\",\"partition\":0},{\"value\":\"b\",\"partition\":1}]}";

        @Test
        void oneCauseForAllIsThatProblem() {
            engine.failAppend(0, overloaded());

            var answer = Api.produce(Api.newTopic(1), "{\"records\":[{\"value\":\"a\"}]}");

            assertEquals("429 disk-budget-full", answer.status() + " " + answer.problem());
        }

        @Test
        void aRefusalThatMayPassSaysWhenToComeBack() {
            engine.failAppend(0, overloaded());

            var answer = Api.produce(Api.newTopic(1), "{\"records\":[{\"value\":\"a\"}]}");

            assertEquals("1", answer.header("Retry-After"));
        }

        @Test
        void eachRecordIsToldWhatBecameOfIt() {
            engine.failAppend(1, overloaded());

            var answer = Api.produce(Api.newTopic(2), TWO_PARTITIONS);

            assertEquals("429 some-not-appended", answer.status() + " " + answer.problem());
            assertEquals(
                    "[{\"partition\":0,\"offset\":0},{\"partition\":1,\"error\":\"disk-budget-full\"}]",
                    answer.json().get("records").toString());
        }

        @Test
        void anUnknownOutcomeOutweighsEveryRefusal() {
            engine.failAppend(0, overloaded());
            engine.failAppend(1, unknown());

            var answer = Api.produce(Api.newTopic(2), TWO_PARTITIONS);

            assertEquals("504 some-not-appended", answer.status() + " " + answer.problem());
        }

        @Test
        void aDefectIsToldByANumberAndNotByItsStack() {
            engine.failAppend(0, new IllegalStateException("secret"));

            var answer = Api.produce(Api.newTopic(1), "{\"records\":[{\"value\":\"a\"}]}");

            assertEquals("500 internal", answer.status() + " " + answer.problem());
            assertTrue(answer.json().has("logId"));
            assertFalse(answer.json().toString().contains("secret"));
        }

        private static SluiceException overloaded() {
            return new SluiceException(
                    SluiceException.Kind.OVERLOADED, "disk-budget-full", "no space");
        }

        private static SluiceException unknown() {
            return new SluiceException(
                    SluiceException.Kind.UNKNOWN_OUTCOME, "append-unknown", "owner gone");
        }
    }
}
