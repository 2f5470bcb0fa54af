package sluice.client.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.MemoryRecordsBuilder;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.client.error.CorruptBatchException;
import sluice.client.record.Compression;

/** What other producers write, the SDK reads. */
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
                    read(Sent.byKafka(codec, baseOffset, records), 0),
                    "seed=" + seed + " round=" + round);
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void readsWhatTheSdkBuilds(Compression compression) {
        long seed = 71 + compression.id();
        var random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            List<Sent> records = Sent.anyRecords(random);

            assertEquals(
                    Sent.Found.all(0, records),
                    read(Sent.builder(records).build(compression, Integer.MAX_VALUE), 0),
                    "seed=" + seed + " round=" + round);
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void readsLargeRecords(CompressionType codec) {
        List<Sent> records =
                List.of(Sent.value("yz".repeat(1 << 19)), Sent.value("z".repeat(8 << 20)));

        assertEquals(Sent.Found.all(7, records), read(Sent.byKafka(codec, 7, records), 0));
    }

    @Test
    void goesFromBatchToBatchAndStopsAtTheOneCutOff() {
        ByteBuffer first = Sent.byKafka(CompressionType.NONE, 5, THREE);
        ByteBuffer second = Sent.byKafka(CompressionType.GZIP, 8, THREE);
        var body = ByteBuffer.allocate(first.limit() + second.limit());
        body.put(0, first, 0, first.limit());
        body.put(first.limit(), second, 0, second.limit());

        assertEquals(first.limit(), BatchReader.sizeBytes(body, 0));
        assertEquals(5, BatchReader.baseOffset(body, 0));
        assertEquals(8, BatchReader.nextOffset(body, 0));
        assertEquals(second.limit(), BatchReader.sizeBytes(body, first.limit()));
        assertEquals(Sent.Found.all(8, THREE), read(body, first.limit()));
        body.limit(body.limit() - 1);
        assertEquals(0, BatchReader.sizeBytes(body, first.limit()));
        body.limit(first.limit() + 3);
        assertEquals(0, BatchReader.sizeBytes(body, first.limit()));
        assertEquals(0, BatchReader.sizeBytes(body, body.limit()));
    }

    @Test
    void whatIsNoBatchHasNoSize() {
        ByteBuffer batch = Sent.byKafka(CompressionType.NONE, 5, THREE);
        batch.put(16, (byte) 1);

        var refused =
                assertThrows(CorruptBatchException.class, () -> BatchReader.sizeBytes(batch, 0));
        assertEquals(-1, refused.nextOffset());
    }

    @Test
    void stopsWhenToldTo() {
        var seen = new ArrayList<Long>();

        assertFalse(
                BatchReader.forEach(
                        Sent.byKafka(CompressionType.ZSTD, 0, THREE),
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
                                        Sent.byKafka(CompressionType.GZIP, 0, THREE),
                                        0,
                                        _ -> {
                                            throw failure;
                                        })));
    }

    @Test
    void recordsAreViewsThatCannotBeWritten() {
        for (CompressionType codec : CompressionType.values()) {
            BatchReader.forEach(
                    Sent.byKafka(codec, 0, THREE),
                    0,
                    record -> {
                        ByteBuffer value = record.value();
                        assertTrue(value != null && value.isReadOnly(), "codec=" + codec);
                        return true;
                    });
        }
    }

    @Test
    void logAppendTimeIsTheTimeOfEveryRecord() {
        MemoryRecords records =
                MemoryRecords.withRecords(
                        (byte) 2,
                        0L,
                        org.apache.kafka.common.compress.Compression.NONE,
                        TimestampType.LOG_APPEND_TIME,
                        -1L,
                        (short) -1,
                        -1,
                        0,
                        false,
                        new SimpleRecord(1, new byte[0], new byte[1]));
        records.batches()
                .iterator()
                .next()
                .setMaxTimestamp(TimestampType.LOG_APPEND_TIME, 1_800_000_000_000L);

        assertEquals(
                1_800_000_000_000L, read(records.buffer(), 0).getFirst().record().timestampMs());
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void offsetsMayHaveGapsWhereRecordsWereRemoved(CompressionType codec) {
        long base = 1L << 40;
        MemoryRecordsBuilder builder =
                MemoryRecords.builder(
                        ByteBuffer.allocate(1024),
                        org.apache.kafka.common.compress.Compression.of(codec).build(),
                        TimestampType.CREATE_TIME,
                        base);
        builder.appendWithOffset(base + 2, new SimpleRecord(1, new byte[0], new byte[1]));
        builder.appendWithOffset(base + 90, new SimpleRecord(1, new byte[0], new byte[1]));
        ByteBuffer batch = builder.build().buffer();

        assertEquals(
                List.of(base + 2, base + 90),
                read(batch, 0).stream().map(Sent.Found::offset).toList());
        assertEquals(base + 91, BatchReader.nextOffset(batch, 0));
    }

    private static List<Sent.Found> read(ByteBuffer source, int at) {
        var found = new ArrayList<Sent.Found>();
        assertTrue(BatchReader.forEach(source, at, record -> found.add(Sent.Found.of(record))));
        return found;
    }
}
