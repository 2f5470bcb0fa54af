package sluice.gateway.consume;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.gateway.Api;
import sluice.gateway.Await;
import sluice.gateway.twin.MemoryEngine;
import sluice.log.batch.BatchBuilder;

@QuarkusTest
final class FetchTest {

    @Inject MemoryEngine engine;

    private final String topic = Api.newTopic(1);

    @Nested
    class Position {

        @Test
        void theOldestRecordComesFirstUnlessAsked() {
            produce("a", "b");

            assertEquals(List.of("a", "b"), values(""));
        }

        @Test
        void recordsBeforeTheOffsetAreLeftOut() {
            produce("a", "b", "c");

            assertEquals(List.of("b", "c"), values("?offset=1"));
        }

        @Test
        void latestIsAfterTheLastRecord() {
            produce("a", "b");

            assertEquals(2, Api.fetch(topic, 0, "?offset=latest").json().get("nextOffset").asInt());
        }

        @Test
        void aTimeIsTheFirstRecordOfThatTimeOrLater() {
            Api.produce(
                    topic,
                    """
                    {"records":[{"value":"a","timestamp":10},{"value":"b","timestamp":20},
                                {"value":"c","timestamp":30}]}\
                    """);

            assertEquals(List.of("b", "c"), values("?timestamp=11"));
        }

        @Test
        void anOffsetBeyondTheEndIsToldWithTheRange() {
            produce("a", "b");

            var answer = Api.fetch(topic, 0, "?offset=3");

            assertEquals("416 offset-out-of-range", answer.status() + " " + answer.problem());
            assertEquals(2, answer.json().get("highWatermark").asInt());
            assertEquals(0, answer.json().get("logStart").asInt());
        }

        @Test
        void anOffsetThatRetentionPassedIsToldWithTheRange() {
            produce("a");
            produce("b");
            engine.trim(topic, 0, 1);

            var answer = Api.fetch(topic, 0, "?offset=0");

            assertEquals("416 offset-out-of-range", answer.status() + " " + answer.problem());
            assertEquals(1, answer.json().get("logStart").asInt());
        }

        @Test
        void earliestFollowsRetention() {
            produce("a");
            produce("b");
            engine.trim(topic, 0, 1);

            assertEquals(List.of("b"), values("?offset=earliest"));
        }
    }

    @Nested
    class Size {

        @Test
        void maxBoundsTheRecords() {
            produce("a", "b", "c");

            var answer = Api.fetch(topic, 0, "?max=2").json();

            assertEquals(2, answer.get("records").size());
            assertEquals(2, answer.get("nextOffset").asInt());
        }

        @Test
        void maxBytesBoundsTheAnswerButLetsOneRecordThrough() {
            produce("a".repeat(100), "b".repeat(100), "c".repeat(100));

            assertEquals(1, values("?maxBytes=10").size());
        }

        @Test
        void goingOnFromNextOffsetReadsEverythingOnce() {
            produce("a", "b", "c");
            produce("d", "e");
            var read = new ArrayList<String>();
            long next = 0;
            while (next < 5) {
                var answer = Api.fetch(topic, 0, "?max=2&offset=" + next).json();
                answer.get("records").forEach(record -> read.add(record.get("value").asText()));
                next = answer.get("nextOffset").asLong();
            }

            assertEquals(List.of("a", "b", "c", "d", "e"), read);
        }
    }

    @Nested
    class Waiting {

        @Test
        void endsAtTheFirstRecord() {
            var answer =
                    CompletableFuture.supplyAsync(
                            () -> Api.fetch(topic, 0, "?offset=latest&wait=30s"));
            Await.until(() -> engine.polls(topic, 0) == 1);

            produce("a");

            assertEquals("a", answer.join().json().at("/records/0/value").asText());
        }

        @Test
        void endsWithoutARecordWhenTheTimeIsOver() {
            var answer = Api.fetch(topic, 0, "?wait=50ms");

            assertEquals(
                    "{\"records\":[],\"nextOffset\":0,\"highWatermark\":0,\"logStart\":0}",
                    answer.json().toString());
        }

        @Test
        void isRefusedWhenTooManyWait() {
            var waiting =
                    IntStream.range(0, 4)
                            .mapToObj(_ ->
                                    CompletableFuture.supplyAsync(
                                            () -> Api.fetch(topic, 0, "?wait=30s"),
                                            Thread::startVirtualThread))
                            .toList();
            Await.until(() -> engine.polls(topic, 0) == 4);

            var fifth = Api.fetch(topic, 0, "?wait=30s");

            produce("a");
            waiting.forEach(CompletableFuture::join);
            assertEquals("429 too-many-polls", fifth.status() + " " + fifth.problem());
            assertEquals("1", fifth.header("Retry-After"));
        }

        @Test
        void hasASeatAgainAfterOthersWereAnswered() {
            for (int i = 0; i < 10; i++) {
                assertEquals(200, Api.fetch(topic, 0, "?wait=1ms").status(), "poll " + i);
            }
        }
    }

    @Nested
    class Formats {

        @Test
        void textThatIsNoneComesAsBase64() {
            Api.produce(topic, "{\"records\":[{\"valueBase64\":\"AP8=\"}]}");

            var record = Api.fetch(topic, 0, "").json().at("/records/0");
            assertEquals(
                    "AP8= not-text",
                    record.get("valueBase64").asText() + " " + record.get("valueError").asText());
        }

        @Test
        void jsonIsInlined() {
            Api.produce(topic, "{\"records\":[{\"valueJson\":{\"n\":[1,null]}}]}");

            assertEquals(
                    "{\"n\":[1,null]}",
                    Api.fetch(topic, 0, "?format=json")
                            .json()
                            .at("/records/0/valueJson")
                            .toString());
        }

        @ParameterizedTest
        @ValueSource(strings = {"{\\\"n\\\":", "1 2", "x", ""})
        void jsonThatIsNoneComesAsBase64(String value) {
            Api.produce(topic, "{\"records\":[{\"value\":\"" + value + "\"}]}");

            assertEquals(
                    "not-json",
                    Api.fetch(topic, 0, "?format=json")
                            .json()
                            .at("/records/0/valueError")
                            .asText());
        }

        @Test
        void headersThatAreNoTextComeAsBase64() {
            Api.produce(
                    topic, "{\"records\":[{\"value\":\"v\",\"headersBase64\":{\"h\":\"/w==\"}}]}");

            assertEquals(
                    "{\"h\":\"/w==\"}",
                    Api.fetch(topic, 0, "").json().at("/records/0/headersBase64").toString());
        }

        @Test
        void batchesComeAsTheyAreStored() {
            ByteBuffer batch = batch("a", "b");
            engine.store(topic, 0, batch);

            var answer = Api.fetch(topic, 0, "?format=binary&offset=1");

            assertEquals("application/vnd.sluice.record-batches", answer.contentType());
            assertArrayEquals(bytes(batch), answer.body());
            assertEquals(
                    "2 2 0",
                    answer.header("Sluice-Next-Offset")
                            + " "
                            + answer.header("Sluice-High-Watermark")
                            + " "
                            + answer.header("Sluice-Log-Start"));
        }

        @Test
        void binaryTakesWholeBatchesUpToMax() {
            engine.store(topic, 0, batch("a", "b"));
            engine.store(topic, 0, batch("c"));

            assertEquals(
                    "2", Api.fetch(topic, 0, "?format=binary&max=1").header("Sluice-Next-Offset"));
        }

        @Test
        void anEmptyBinaryAnswerStaysWhereItIs() {
            produce("a");

            var answer = Api.fetch(topic, 0, "?format=binary&offset=1");

            assertEquals("1 0", answer.header("Sluice-Next-Offset") + " " + answer.body().length);
        }
    }

    @Nested
    class ADamagedBatch {

        @Test
        void isToldWithTheOffsetToGoOnFrom() {
            engine.store(topic, 0, damaged(batch("a", "b")));
            produce("c");

            var answer = Api.fetch(topic, 0, "");

            assertEquals("500 corrupt-batch", answer.status() + " " + answer.problem());
            assertEquals(2, answer.json().get("nextOffset").asInt());
        }

        @Test
        void doesNotHideTheRecordsBeforeIt() {
            produce("a");
            engine.store(topic, 0, damaged(batch("b")));

            var answer = Api.fetch(topic, 0, "").json();

            assertEquals("1 1", answer.get("records").size() + " " + answer.get("nextOffset"));
        }

        private static ByteBuffer damaged(ByteBuffer batch) {
            int last = batch.limit() - 1;
            return batch.put(last, (byte) (batch.get(last) ^ 1));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "offset=-1",
                "offset=x",
                "timestamp=-1",
                "offset=1&timestamp=1",
                "max=0",
                "max=x",
                "maxBytes=0",
                "maxBytes=999999999",
                "wait=31s",
                "wait=x",
                "format=xml"
            })
    void aParameterThatIsNotAllowedIsRefused(String query) {
        var answer = Api.fetch(topic, 0, "?" + query);

        assertEquals("400 bad-parameter", answer.status() + " " + answer.problem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-1", "x", "99999999999"})
    void aPartitionThatIsNoneIsRefused(String partition) {
        var answer = Api.get("/v1/topics/" + topic + "/partitions/" + partition + "/records");

        assertEquals("400 partition-out-of-range", answer.status() + " " + answer.problem());
    }

    @Test
    void anUnknownTopicIsToldAsSuch() {
        var answer = Api.fetch("nobody-made-me", 0, "");

        assertEquals("404 unknown-topic", answer.status() + " " + answer.problem());
    }

    private void produce(String... values) {
        String records =
                String.join(
                        ",",
                        List.of(values).stream()
                                .map(value -> "{\"value\":\"" + value + "\"}")
                                .toList());
        assertTrue(Api.produce(topic, "{\"records\":[" + records + "]}").status() == 200);
    }

    private List<String> values(String query) {
        var values = new ArrayList<String>();
        Api.fetch(topic, 0, query)
                .json()
                .get("records")
                .forEach(record -> values.add(record.get("value").asText()));
        return values;
    }

    private static ByteBuffer batch(String... values) {
        var builder = new BatchBuilder(256);
        for (String value : values) {
            builder.append(1_700_000_000_000L, null, value.getBytes(), List.of());
        }
        return builder.build();
    }

    private static byte[] bytes(ByteBuffer batch) {
        var bytes = new byte[batch.limit()];
        batch.get(0, bytes);
        return bytes;
    }
}
