package sluice.log.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.CompressionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.log.SluiceException;

/** Compressed batches are stored unseen, so reading one must be safe whatever is in it. */
class HostileBatchReadTest {

    private static final byte[] RECORD = Batches.record(0, 0, -1, -1, 0);

    /** As Kafka numbers them, with a codec each. */
    @EnumSource(
            value = CompressionType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE"})
    @ParameterizedTest
    void recordsThatLieAreCorrupt(CompressionType codec) {
        byte[][] lies = {
            {},
            {1},
            Batches.varint(-1),
            Batches.varint(Integer.MAX_VALUE),
            Batches.varint(Long.MAX_VALUE),
            Batches.record(0, -1, -1, -1, 0),
            Batches.record(0, 1, -1, -1, 0),
            Batches.record(0, 0, Integer.MAX_VALUE, -1, 0),
            Batches.record(0, 0, -1, -2, 0),
            Batches.record(0, 0, -1, -1, Integer.MAX_VALUE),
            Batches.record(Long.MAX_VALUE, 0, -1, -1, 0),
            Batches.concat(RECORD, RECORD),
            Batches.concat(RECORD, new byte[1]),
            Batches.framed(
                    Batches.concat(
                            new byte[] {0, 0, 0, 1, 1}, Batches.varint(1025), new byte[2050])),
        };
        assertTrue(read(codec, 1, RECORD));
        for (byte[] lie : lies) {
            Batches.assertCorrupt(Batches.crafted(codec.id, 1, Batches.compress(codec, lie)));
        }
        Batches.assertCorrupt(Batches.crafted(codec.id, 2, Batches.compress(codec, RECORD)));
    }

    @EnumSource(
            value = CompressionType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE"})
    @ParameterizedTest
    void bombIsStoppedAtTheLargestRecord(CompressionType codec) {
        // Attributes, two deltas, no key, the value's length, and no headers.
        int valueBytesMax = BatchReader.INFLATED_RECORD_BYTES_MAX - 9;

        assertTrue(readValue(codec, valueBytesMax));
        Batches.assertFailure(
                SluiceException.Kind.DATA,
                "corrupt-batch",
                () -> readValue(codec, valueBytesMax + 1));
    }

    @Test
    void bombOfManyRecordsIsStoppedAtTheLargestBatch() {
        int valueBytes = (16 << 20) - 64;
        int count = (int) (BatchReader.INFLATED_BATCH_BYTES_MAX / valueBytes) + 1;
        byte[] zeros = new byte[valueBytes];
        byte[] bomb =
                Batches.compress(
                        CompressionType.ZSTD,
                        out -> {
                            for (int i = 0; i < count; i++) {
                                byte[] length = Batches.varint(valueBytes);
                                byte[] head = {0, 0};
                                byte[] delta = Batches.varint(i);
                                int body = head.length + delta.length + 1 + length.length;
                                out.write(Batches.varint(body + valueBytes + 1L));
                                out.write(head);
                                out.write(delta);
                                out.write(1);
                                out.write(length);
                                out.write(zeros);
                                out.write(0);
                            }
                        });
        assertTrue(bomb.length < 1 << 20, "it is small as it comes: bytes=" + bomb.length);
        var seen = new ArrayList<Long>();

        Batches.assertFailure(
                SluiceException.Kind.DATA,
                "corrupt-batch",
                () ->
                        BatchReader.forEach(
                                Batches.crafted(CompressionType.ZSTD.id, count, bomb),
                                0,
                                r -> seen.add(r.offset())));
        assertEquals(count - 1, seen.size());
    }

    @Test
    void snappyIsNotBelievedWhatItClaims() {
        byte[] header = Batches.compress(CompressionType.SNAPPY, new byte[0]);
        byte[] huge = {-1, -1, -1, -1, 7, 0};
        byte[][] streams = {
            Batches.concat(header, new byte[] {0x7F, -1, -1, -1}),
            Batches.concat(header, new byte[] {0x1F, -1, -1, -1}, new byte[99]),
            Batches.concat(header, new byte[] {-1, -1, -1, -1}, new byte[99]),
            Batches.concat(header, new byte[] {0, 0, 0, 0}),
            Batches.concat(header, new byte[] {0, 0}),
            Batches.concat(header, new byte[] {0, 0, 0, (byte) huge.length}, huge),
            huge,
            {-1, -1, -1, -1, -1, -1, -1},
            {-1},
            header,
        };
        for (byte[] stream : streams) {
            Batches.assertCorrupt(Batches.crafted(CompressionType.SNAPPY.id, 1, stream));
        }
    }

    @Test
    void snappyWithoutFramesIsRead() {
        // One literal: its size, then a tag with the length less one.
        var raw = new ByteArrayOutputStream();
        raw.write(RECORD.length);
        raw.write((RECORD.length - 1) << 2);
        raw.writeBytes(RECORD);

        assertEquals(
                1,
                Batches.readByUs(Batches.crafted(CompressionType.SNAPPY.id, 1, raw.toByteArray()))
                        .size());
    }

    @Test
    void streamsOfManyEmptyMembersDoNotExhaustTheStack() {
        for (CompressionType codec : List.of(CompressionType.GZIP, CompressionType.SNAPPY)) {
            byte[] empty = Batches.compress(codec, new byte[0]);
            var stream = new ByteArrayOutputStream();
            for (int i = 0; i < 60_000; i++) {
                stream.writeBytes(empty);
            }

            Batches.assertCorrupt(Batches.crafted(codec.id, 1, stream.toByteArray()));
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void anyChangeIsReadOrToldAsCorruptAndNothingElse(CompressionType codec) {
        long seed = 61 + codec.id;
        var random = new Random(seed);
        int read = 0;
        int corrupt = 0;
        for (int i = 0; i < 3_000; i++) {
            ByteBuffer batch =
                    Batches.copyOf(
                            Batches.kafkas(codec, List.of(Sent.value("abcabcabc".repeat(20)))));
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                int at = random.nextInt(Batches.LAST_OFFSET_DELTA_AT, batch.limit());
                batch.put(at, (byte) random.nextInt());
            }
            Batches.sealed(batch);
            try {
                BatchReader.forEach(batch, 0, _ -> true);
                read++;
            } catch (SluiceException e) {
                assertEquals("corrupt-batch", e.code(), "seed=" + seed + " i=" + i);
                assertEquals(SluiceException.Kind.DATA, e.kind(), "seed=" + seed + " i=" + i);
                corrupt++;
            } catch (Throwable e) {
                throw new AssertionError("seed=" + seed + " i=" + i, e);
            }
        }
        assertTrue(read > 100 && corrupt > 100, "read=" + read + " corrupt=" + corrupt);
    }

    @Test
    void anyCutOrChangedBitIsCorrupt() {
        var random = new Random(71);
        for (CompressionType codec : CompressionType.values()) {
            ByteBuffer batch = Batches.copyOf(Batches.kafkas(codec, List.of(Sent.value("abc"))));
            for (int length = 0; length < batch.limit(); length++) {
                Batches.assertCorrupt(Batches.copyOf(batch).limit(length));
            }
            for (int i = 0; i < 500; i++) {
                ByteBuffer changed = Batches.copyOf(batch);
                int at = random.nextInt(Batches.CRC_AT, batch.limit());
                changed.put(at, (byte) (changed.get(at) ^ (1 << random.nextInt(8))));
                Batches.assertCorrupt(changed);
            }
        }
    }

    private static boolean readValue(CompressionType codec, int valueBytes) {
        byte[] record =
                Batches.framed(
                        Batches.concat(
                                new byte[] {0, 0, 0, 1},
                                Batches.varint(valueBytes),
                                new byte[valueBytes + 1]));
        return read(codec, 1, record);
    }

    private static boolean read(CompressionType codec, int count, byte[] records) {
        return BatchReader.forEach(
                Batches.crafted(codec.id, count, Batches.compress(codec, records)), 0, _ -> true);
    }
}
