package sluice.gateway.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.gateway.Api;
import sluice.gateway.twin.MemoryEngine;
import sluice.log.batch.BatchBuilder;

@QuarkusTest
final class ProduceBatchesTest {

    private static final int MAGIC_OFFSET = 16;

    @Inject MemoryEngine engine;

    @Test
    void batchesAreAppendedInOrder() {
        String topic = Api.newTopic(2);

        var answer = Api.produceBatches(topic, "?partition=1", joined(batch("a", "b"), batch("c")));

        assertEquals(
                "{\"batches\":[{\"partition\":1,\"baseOffset\":0,\"count\":2},"
                        + "{\"partition\":1,\"baseOffset\":2,\"count\":1}]}",
                answer.json().toString());
        assertEquals("c", Api.fetch(topic, 1, "?offset=2").json().at("/records/0/value").asText());
    }

    @Test
    void aRepeatedBatchOfAnIdempotentProducerIsToldAsDuplicate() {
        String topic = Api.newTopic(1);
        byte[] batch = batch(producerId(), 0, "a");
        Api.produceBatches(topic, "?partition=0", batch);

        var again = Api.produceBatches(topic, "?partition=0", batch);

        assertEquals(
                "{\"batches\":[{\"partition\":0,\"baseOffset\":0,\"count\":1,\"duplicate\":true}]}",
                again.json().toString());
    }

    @Test
    void producerIdsAreNeverGivenTwice() {
        assertNotEquals(producerId(), producerId());
    }

    @Nested
    class IsRefusedAndNothingAppended {

        private final String topic = Api.newTopic(1);

        @Test
        void aTornBody() {
            byte[] two = joined(batch("a"), batch("b"));

            refused("400 torn-batch", Arrays.copyOf(two, two.length - 1));
        }

        @Test
        void aSecondBatchWithAWrongCrc() {
            refused("400 wrong-crc", joined(batch("a"), changed(batch("b"), -2)));
        }

        @Test
        void anotherMagic() {
            byte[] batch = batch("a");
            batch[MAGIC_OFFSET] = 1;

            refused("400 unsupported-magic", batch);
        }

        @Test
        void anEmptyBody() {
            refused("400 malformed-request", new byte[0]);
        }

        @Test
        void aProducerIdOfTheRangeOfIdempotencyKeys() {
            refused("400 malformed-batch", batch(1L << 62, 0, "a"));
        }

        @Test
        void aRecordOverTheLimit() {
            refused("413 record-too-large", batch("x".repeat(1_100_000)));
        }

        private void refused(String expected, byte[] body) {
            var answer = Api.produceBatches(topic, "?partition=0", body);

            assertEquals(expected, answer.status() + " " + answer.problem());
            assertEquals(0, engine.highWatermark(topic, 0));
        }
    }

    @Test
    void thePartitionMustBeNamed() {
        var answer = Api.produceBatches(Api.newTopic(1), "", batch("a"));

        assertEquals("400 bad-parameter", answer.status() + " " + answer.problem());
    }

    @Test
    void thePartitionMustExist() {
        var answer = Api.produceBatches(Api.newTopic(1), "?partition=1", batch("a"));

        assertEquals("400 partition-out-of-range", answer.status() + " " + answer.problem());
    }

    private static long producerId() {
        return Api.call("PUT", "/v1/producers", "").json().get("producerId").asLong();
    }

    private static byte[] batch(String... values) {
        return build(builder -> builder, values);
    }

    private static byte[] batch(long producerId, int sequence, String... values) {
        return build(builder -> builder.producer(producerId, (short) 0, sequence), values);
    }

    private static byte[] build(UnaryOperator<BatchBuilder> with, String... values) {
        BatchBuilder builder = with.apply(new BatchBuilder(256));
        for (String value : values) {
            builder.append(1_700_000_000_000L, null, value.getBytes(), List.of());
        }
        ByteBuffer built = builder.build();
        var bytes = new byte[built.remaining()];
        built.get(bytes);
        return bytes;
    }

    /**
     * @param fromEnd index of the byte to change, −1 for the last
     */
    private static byte[] changed(byte[] batch, int fromEnd) {
        batch[batch.length + fromEnd] ^= 1;
        return batch;
    }

    private static byte[] joined(byte[]... batches) {
        var all = new ByteArrayOutputStream();
        for (byte[] batch : batches) {
            all.writeBytes(batch);
        }
        return all.toByteArray();
    }
}
