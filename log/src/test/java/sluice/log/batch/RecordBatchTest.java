package sluice.log.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordBatchTest {

    private static final List<Sent> THREE =
            List.of(Sent.value("a"), Sent.value(""), Sent.value("c"));

    @Test
    void fieldsAreThoseKafkaReadsWhereverTheBatchLies() {
        ByteBuffer batch =
                MemoryRecords.withRecords(
                                (byte) 2,
                                900L,
                                Compression.NONE,
                                TimestampType.CREATE_TIME,
                                77L,
                                (short) 5,
                                600,
                                9,
                                false,
                                Batches.simple(Sent.anyRecords(new Random(4))))
                        .buffer();
        var kafkas = MemoryRecords.readableRecords(batch).batches().iterator().next();
        int at = 13;
        ByteBuffer source = ByteBuffer.allocate(at + batch.limit() + 5);
        source.put(at, batch, 0, batch.limit()).position(3);

        assertEquals(kafkas.sizeInBytes(), RecordBatch.sizeBytes(source, at));
        assertEquals(kafkas.baseOffset(), RecordBatch.baseOffset(source, at));
        assertEquals(
                kafkas.lastOffset() - kafkas.baseOffset(), RecordBatch.lastOffsetDelta(source, at));
        assertEquals(kafkas.nextOffset(), RecordBatch.nextOffset(source, at));
        assertEquals(kafkas.countOrNull(), RecordBatch.recordCount(source, at));
        assertEquals(kafkas.iterator().next().timestamp(), RecordBatch.baseTimestampMs(source, at));
        assertEquals(kafkas.maxTimestamp(), RecordBatch.maxTimestampMs(source, at));
        assertEquals(kafkas.producerId(), RecordBatch.producerId(source, at));
        assertEquals(kafkas.producerEpoch(), RecordBatch.producerEpoch(source, at));
        assertEquals(kafkas.baseSequence(), RecordBatch.baseSequence(source, at));
        assertEquals(3, source.position());
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                (1L << 31) - 2,
                (1L << 31) - 1,
                1L << 31,
                (1L << 32) - 1,
                1L << 32,
                Long.MAX_VALUE - 3
            })
    void ownersFieldsChangeNothingElse(long baseOffset) {
        ByteBuffer batch = Batches.ours(THREE);
        RecordBatch.setBaseOffset(batch, 0, baseOffset);
        RecordBatch.setLeaderEpoch(batch, 0, Integer.MAX_VALUE);

        assertEquals(baseOffset, RecordBatch.baseOffset(batch, 0));
        assertEquals(baseOffset + 3, RecordBatch.nextOffset(batch, 0));
        assertEquals(batch.limit(), Batches.check(batch));
        assertEquals(Sent.Found.all(baseOffset, THREE), Batches.readByUs(batch));
        assertEquals(Sent.Found.all(baseOffset, THREE), Batches.readByKafka(batch));
        var kafkas = MemoryRecords.readableRecords(batch).batches().iterator().next();
        assertEquals(Integer.MAX_VALUE, kafkas.partitionLeaderEpoch());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE - 2, Long.MAX_VALUE})
    void offsetsNeitherStartBelowZeroNorOverflow(long baseOffset) {
        ByteBuffer batch = Batches.ours(THREE);

        assertThrows(
                IllegalArgumentException.class,
                () -> RecordBatch.setBaseOffset(batch, 0, baseOffset));
        assertEquals(0, RecordBatch.baseOffset(batch, 0));
    }
}
