package sluice.log.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchReaderTest {

    private static final List<Sent> THREE =
            List.of(Sent.value("a"), Sent.value("b"), Sent.value("c"));

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void readsWhatKafkaBuilds(CompressionType codec) {
        long seed = 51 + codec.id;
        var random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            List<Sent> records = Sent.anyRecords(random);
            long baseOffset = random.nextLong(Long.MAX_VALUE - records.size());

            assertEquals(
                    Sent.Found.all(baseOffset, records),
                    Batches.readByUs(Batches.kafkas(codec, baseOffset, records)),
                    "seed=" + seed + " round=" + round);
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void readsLargeRecords(CompressionType codec) {
        var random = new Random(6);
        List<Sent> records =
                List.of(
                        Sent.value(Sent.latin1(Sent.bytes(random, 1 << 20))),
                        Sent.value("z".repeat(8 << 20)),
                        Sent.value(""));

        assertEquals(Sent.Found.all(0, records), Batches.readByUs(Batches.kafkas(codec, records)));
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void readsFromEveryKindOfBuffer(CompressionType codec) {
        List<Sent> records = Collections.nCopies(3, Sent.value("compressible".repeat(99)));
        ByteBuffer batch = Batches.kafkas(codec, records);
        int at = 9;
        ByteBuffer heap = ByteBuffer.allocate(batch.limit() + 20);
        ByteBuffer direct = ByteBuffer.allocateDirect(batch.limit() + 20);
        for (ByteBuffer source : List.of(heap, direct, heap.asReadOnlyBuffer(), heap.slice())) {
            if (!source.isReadOnly()) {
                source.put(at, batch, 0, batch.limit());
            }
            source.position(5);

            assertEquals(Sent.Found.all(0, records), Batches.readByUs(source, at));
            assertEquals(5, source.position());
        }
    }

    @Test
    void recordsAreViewsThatCannotBeWritten() {
        for (CompressionType codec : CompressionType.values()) {
            BatchReader.forEach(
                    Batches.kafkas(codec, THREE),
                    0,
                    record -> {
                        ByteBuffer value = record.value();
                        return value != null && value.isReadOnly() || fail(codec);
                    });
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void stopsWhenToldTo(CompressionType codec) {
        var seen = new ArrayList<Long>();

        assertFalse(
                BatchReader.forEach(
                        Batches.kafkas(codec, THREE),
                        0,
                        record -> {
                            seen.add(record.offset());
                            return record.offset() < 1;
                        }));
        assertEquals(List.of(0L, 1L), seen);
    }

    @Test
    void consumersOwnFailureIsNotTakenForCorruption() {
        var failure = new IllegalStateException("the consumer's");

        assertSame(
                failure,
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                BatchReader.forEach(
                                        Batches.kafkas(CompressionType.GZIP, THREE),
                                        0,
                                        _ -> {
                                            throw failure;
                                        })));
    }

    @Test
    void logAppendTimeIsTheTimeOfEveryRecord() {
        MemoryRecords records =
                MemoryRecords.withRecords(
                        (byte) 2,
                        0L,
                        Compression.NONE,
                        TimestampType.LOG_APPEND_TIME,
                        -1L,
                        (short) -1,
                        -1,
                        0,
                        false,
                        Batches.simple(THREE));
        ByteBuffer batch = records.buffer();
        records.batches()
                .iterator()
                .next()
                .setMaxTimestamp(TimestampType.LOG_APPEND_TIME, 1_800_000_000_000L);

        assertTrue(BatchReader.forEach(batch, 0, r -> r.timestampMs() == 1_800_000_000_000L));
        Batches.assertRefused("malformed-batch", batch);
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void offsetsMayHaveGapsWhereRecordsWereRemoved(CompressionType codec) {
        long base = 1L << 40;
        MemoryRecordsBuilder builder =
                MemoryRecords.builder(
                        ByteBuffer.allocate(1024),
                        Compression.of(codec).build(),
                        TimestampType.CREATE_TIME,
                        base);
        builder.appendWithOffset(base + 2, Batches.simple(THREE)[0]);
        builder.appendWithOffset(base + 90, Batches.simple(THREE)[1]);
        ByteBuffer batch = builder.build().buffer();

        assertEquals(
                List.of(
                        new Sent.Found(base + 2, THREE.get(0)),
                        new Sent.Found(base + 90, THREE.get(1))),
                Batches.readByUs(batch));
        assertEquals(base + 91, RecordBatch.nextOffset(batch, 0));
        Batches.assertRefused("malformed-batch", batch);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 2})
    void offsetsThatOverflowAreCorrupt(long baseOffset) {
        Batches.assertCorrupt(Batches.ours(THREE).putLong(0, baseOffset));
    }

    @Test
    void controlBatchIsNotRead() {
        Batches.assertCorrupt(Batches.crafted(0x20, 1, Batches.record(0, 0, -1, -1, 0)));
    }

    private static boolean fail(CompressionType codec) {
        throw new AssertionError("codec=" + codec);
    }
}
