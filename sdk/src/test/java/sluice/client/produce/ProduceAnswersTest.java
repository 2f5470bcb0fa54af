package sluice.client.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.client.http.Answer;

class ProduceAnswersTest {

    /** One batch of one record for each of the partitions 0 and 2. */
    private final List<PendingBatch> batches = batches();

    @Test
    void offsetsAreThoseOfTheirBatches() {
        var outcome =
                read(
                        200,
                        "{\"batches\":[{\"partition\":0,\"baseOffset\":7,\"count\":1},"
                                + "{\"partition\":2,\"baseOffset\":9,\"count\":1,\"duplicate\":true}]}");

        assertEquals(
                List.of(new BatchOutcome.Appended(7, false), new BatchOutcome.Appended(9, true)),
                outcome.outcomes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "{}",
                "{\"batches\":[{\"partition\":0,\"baseOffset\":7,\"count\":1}]}",
                "{\"batches\":[{\"partition\":0,\"baseOffset\":7,\"count\":1},{\"partition\":1,\"baseOffset\":9,\"count\":1}]}",
                "{\"batches\":[{\"partition\":0,\"baseOffset\":7,\"count\":2},{\"partition\":2,\"baseOffset\":9,\"count\":1}]}",
                "{\"batches\":[{\"partition\":0,\"count\":1},{\"partition\":2,\"baseOffset\":9,\"count\":1}]}",
            })
    void answerThatDoesNotSpeakOfAllBatchesIsNone(String body) {
        for (BatchOutcome outcome : read(200, body).outcomes()) {
            assertTrue(((BatchOutcome.Again) outcome).mayBeAppended(), body);
        }
    }

    @Test
    void eachBatchHasItsOwnOutcomeWhereSomeFailed() {
        var outcomes =
                read(
                                503,
                                "{\"code\":\"some-not-appended\",\"status\":503,"
                                        + "\"batches\":[{\"partition\":0,\"baseOffset\":7,\"count\":1},"
                                        + "{\"partition\":2,\"count\":1,\"error\":\"out-of-order-sequence\"}],"
                                        + "\"failures\":[{\"partition\":2,\"problem\":{\"code\":\"out-of-order-sequence\",\"status\":409}}]}")
                        .outcomes();

        assertEquals(new BatchOutcome.Appended(7, false), outcomes.get(0));
        assertInstanceOf(BatchOutcome.OutOfOrder.class, outcomes.get(1));
    }

    @ParameterizedTest
    @CsvSource({
        "400, malformed-batch,       refused",
        "413, record-too-large,      refused",
        "403, forbidden,             refused",
        "503, producer-fenced,       refused",
        "409, producer-fenced,       refused",
        "409, out-of-order-sequence, out of order",
        "404, unknown-topic,         again",
        "408, body-timeout,          again",
        "429, overloaded,            again",
        "503, unavailable,           again",
        "408, proxy-timeout,         unknown",
        "500, internal,              unknown",
        "502, bad-gateway,           unknown",
        "504, unknown,               unknown",
    })
    void statusSaysWhatBecomesOfAllBatches(int status, String code, String expected) {
        var outcome = read(status, "{\"code\":\"%s\",\"status\":%d}".formatted(code, status));

        assertTrue(outcome.isOfTheWhole());
        for (BatchOutcome each : outcome.outcomes()) {
            String found =
                    switch (each) {
                        case BatchOutcome.Appended _ -> "appended";
                        case BatchOutcome.Refused _ -> "refused";
                        case BatchOutcome.OutOfOrder _ -> "out of order";
                        case BatchOutcome.Again again ->
                                again.mayBeAppended() ? "unknown" : "again";
                    };
            assertEquals(expected, found);
        }
    }

    @Test
    void pauseIsTheOneAskedFor() {
        var outcome =
                ProduceAnswers.read(
                        World.ONE,
                        batches,
                        new Answer(429, Map.of("retry-after", "3"), new byte[0]),
                        null);

        assertEquals(
                Duration.ofSeconds(3),
                ((BatchOutcome.Again) outcome.outcomes().get(0)).retryAfter());
    }

    @Test
    void acceptedIsAppendedWithoutOffset() {
        assertEquals(
                new BatchOutcome.Appended(RecordMetadata.NO_OFFSET, false),
                read(202, "{\"accepted\":2}").outcomes().get(1));
    }

    @Test
    void lostConnectionIsAGatewayThatIsGone() {
        var lost = ProduceAnswers.read(World.ONE, batches, null, new java.io.IOException("reset"));
        var never =
                ProduceAnswers.read(
                        World.ONE,
                        batches,
                        null,
                        new sluice.client.http.NotSentException(
                                "refused", new java.io.IOException()));

        assertTrue(lost.isGatewayGone() && never.isGatewayGone());
        assertTrue(((BatchOutcome.Again) lost.outcomes().get(0)).mayBeAppended());
        assertFalse(((BatchOutcome.Again) never.outcomes().get(0)).mayBeAppended());
    }

    private Cluster.RequestOutcome read(int status, String body) {
        return ProduceAnswers.read(
                World.ONE,
                batches,
                new Answer(status, Map.of(), body.getBytes(StandardCharsets.UTF_8)),
                null);
    }

    private static List<PendingBatch> batches() {
        var batches = new ArrayList<PendingBatch>();
        for (int partition : new int[] {0, 2}) {
            var queue =
                    new PartitionQueue(World.TOPIC, partition, World.defaults(), new Counters(), 0);
            PendingBatch batch = queue.taking(100, 0);
            var unused = batch.append(ProducerRecord.of(World.TOPIC, "v"), 0);
            batches.add(batch);
        }
        return batches;
    }
}
