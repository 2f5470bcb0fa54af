package sluice.bench.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;

class PartitionBatchesTest {

    private static final int BATCH_BYTES = 1_000;

    private final PartitionBatches batches = new PartitionBatches(3, 77, BATCH_BYTES);

    @Test
    void recordsComeOutInOrderWithSequencesThatFollow() {
        for (int i = 0; i < 30; i++) {
            batches.append(value(i), 1_000 + i, 5);
        }

        List<Long> values = new ArrayList<>();
        int sequence = 0;
        while (!batches.isEmpty()) {
            var batch = batches.take();
            assertEquals(3, batch.partition());
            assertEquals(
                    batch.bytes().remaining(),
                    RecordBatch.check(batch.bytes(), 0, batch.bytes().limit(), 1 << 20));
            assertTrue(batch.bytes().remaining() <= BATCH_BYTES);
            assertEquals(77, RecordBatch.producerId(batch.bytes(), 0));
            assertEquals(sequence, RecordBatch.baseSequence(batch.bytes(), 0));
            sequence += RecordBatch.recordCount(batch.bytes(), 0);
            assertEquals(batch.intendedNs().length, RecordBatch.recordCount(batch.bytes(), 0));
            assertEquals(100L * batch.intendedNs().length, batch.valueBytes());
            BatchReader.forEach(
                    batch.bytes(),
                    0,
                    record -> {
                        ByteBuffer value = record.value();
                        values.add(value == null ? -1 : value.getLong(value.position()));
                        return true;
                    });
        }

        assertEquals(30, values.size());
        for (int i = 0; i < 30; i++) {
            assertEquals(i, values.get(i));
        }
    }

    @Test
    void aBatchKnowsWhenItsRecordsWereDue() {
        batches.append(value(1), 11, 5);
        batches.append(value(2), 12, 5);

        assertFalse(batches.hasFullBatch());
        assertArrayEquals(new long[] {11, 12}, batches.take().intendedNs());
        assertTrue(batches.isEmpty());
    }

    @Test
    void aRecordAsLargeAsABatchHasOneOfItsOwn() {
        batches.append(value(1), 11, 5);
        batches.append(new byte[2 * BATCH_BYTES], 12, 5);

        assertTrue(batches.hasFullBatch());
        assertEquals(1, batches.take().intendedNs().length);
        assertEquals(2L * BATCH_BYTES, batches.take().valueBytes());
    }

    private static byte[] value(int number) {
        return ByteBuffer.allocate(100).putLong(number).array();
    }
}
