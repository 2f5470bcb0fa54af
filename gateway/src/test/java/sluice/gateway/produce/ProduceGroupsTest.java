package sluice.gateway.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.gateway.Api;
import sluice.gateway.twin.MemoryEngine;
import sluice.log.batch.BatchBuilder;

/** Batches for several partitions in one body. */
@QuarkusTest
final class ProduceGroupsTest {

    @Inject MemoryEngine engine;

    @Test
    void batchesGoToThePartitionsOfTheirGroups() {
        String topic = Api.newTopic(3);

        var answer =
                Api.produceGroups(
                        topic, "", groups(group(2, "a", "b"), group(0, "c"), group(2, "d")));

        assertEquals(
                "{\"batches\":[{\"partition\":2,\"baseOffset\":0,\"count\":1},"
                        + "{\"partition\":2,\"baseOffset\":1,\"count\":1},"
                        + "{\"partition\":0,\"baseOffset\":0,\"count\":1},"
                        + "{\"partition\":2,\"baseOffset\":2,\"count\":1}]}",
                answer.json().toString());
        assertEquals("d", Api.fetch(topic, 2, "?offset=2").json().at("/records/0/value").asText());
    }

    @Test
    void withoutAcknowledgementTheRecordsOfAllGroupsAreCounted() {
        String topic = Api.newTopic(2);

        var answer = Api.produceGroups(topic, "?acks=0", groups(group(0, "a", "b"), group(1, "c")));

        assertEquals("202 {\"accepted\":3}", answer.status() + " " + answer.json());
    }

    @Nested
    class IsRefusedAndNothingAppended {

        private final String topic = Api.newTopic(2);

        @Test
        void aPartitionThatIsNotThere() {
            refused("400 partition-out-of-range", groups(group(0, "a"), group(2, "b")));
            refused("400 partition-out-of-range", groups(group(0, "a"), group(-1, "b")));
        }

        @Test
        void anEmptyBody() {
            refused("400 malformed-request", new byte[0]);
        }

        @Test
        void aGroupWithoutBatches() {
            refused("400 malformed-request", groups(group(0, "a"), group(1)));
        }

        @Test
        void aGroupThatIsCutShort() {
            byte[] whole = groups(group(0, "a"), group(1, "b"));
            for (int length : new int[] {1, 7, whole.length / 2 + 3, whole.length - 1}) {
                refused("400 malformed-request", Arrays.copyOf(whole, length));
            }
        }

        @Test
        void aGroupWhoseLengthIsNegative() {
            byte[] whole = groups(group(0, "a"));
            ByteBuffer.wrap(whole).putInt(Integer.BYTES, Integer.MIN_VALUE);

            refused("400 malformed-request", whole);
        }

        @Test
        void aGroupThatEndsInsideABatch() {
            byte[] whole = groups(group(0, "a"), group(1, "b"));
            ByteBuffer.wrap(whole)
                    .putInt(Integer.BYTES, ByteBuffer.wrap(whole).getInt(Integer.BYTES) - 1);

            refused("400 torn-batch", whole);
        }

        @Test
        void aPartitionInTheQueryToo() {
            var answer = Api.produceGroups(topic, "?partition=0", groups(group(0, "a")));

            assertEquals("400 bad-parameter", answer.status() + " " + answer.problem());
        }

        private void refused(String expected, byte[] body) {
            var answer = Api.produceGroups(topic, "", body);

            assertEquals(expected, answer.status() + " " + answer.problem());
            assertEquals(0, engine.highWatermark(topic, 0));
            assertEquals(0, engine.highWatermark(topic, 1));
        }
    }

    /** A group with a batch of one record for each value. */
    private static ByteBuffer group(int partition, String... values) {
        var batches = ByteBuffer.allocate(64 << 10).putInt(partition).putInt(0);
        for (String value : values) {
            var builder = new BatchBuilder(256);
            builder.append(1, null, value.getBytes(StandardCharsets.UTF_8), List.of());
            batches.put(builder.build());
        }
        batches.putInt(Integer.BYTES, batches.position() - 2 * Integer.BYTES);
        return batches.flip();
    }

    private static byte[] groups(ByteBuffer... groups) {
        var all = ByteBuffer.allocate(1 << 20);
        for (ByteBuffer group : groups) {
            all.put(group);
        }
        var bytes = new byte[all.flip().remaining()];
        all.get(bytes);
        return bytes;
    }
}
