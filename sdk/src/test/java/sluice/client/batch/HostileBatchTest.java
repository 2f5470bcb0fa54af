package sluice.client.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.client.error.CorruptBatchException;

/** What is inside a compressed batch was seen by nobody: reading it must be safe. */
class HostileBatchTest {

    private static final int ATTRIBUTES_AT = 21;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int RECORDS_AT = 61;

    @ParameterizedTest
    @EnumSource(
            value = CompressionType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE"})
    void bombIsStoppedAtTheLargestRecord(CompressionType codec) {
        int valueBytes = BatchReader.INFLATED_RECORD_BYTES_MAX;
        var record = new ByteArrayOutputStream();
        record.writeBytes(varint(valueBytes + 9));
        record.writeBytes(new byte[] {0, 0, 0, 1});
        record.writeBytes(varint(valueBytes));
        record.writeBytes(new byte[valueBytes + 1]);

        assertCorrupt(crafted(codec, 1, record.toByteArray()));
    }

    @Test
    void snappyIsNotBelievedWhatItClaims() {
        byte[] claim = {-1, -1, -1, -1, 7, 0};
        assertCorrupt(sealed(batch(CompressionType.SNAPPY, 1, claim)));
    }

    @Test
    void streamsOfManyEmptyMembersDoNotExhaustTheStack() {
        for (CompressionType codec : List.of(CompressionType.GZIP, CompressionType.SNAPPY)) {
            byte[] empty = compress(codec, new byte[0]);
            var stream = new ByteArrayOutputStream();
            for (int i = 0; i < 60_000; i++) {
                stream.writeBytes(empty);
            }
            assertCorrupt(sealed(batch(codec, 1, stream.toByteArray())));
        }
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void anyChangeIsReadOrToldAsCorruptAndNothingElse(CompressionType codec) {
        long seed = 61 + codec.id;
        var random = new Random(seed);
        int corrupt = 0;
        for (int i = 0; i < 1_500; i++) {
            ByteBuffer batch =
                    copy(Sent.byKafka(codec, 0, List.of(Sent.value("abcabcabc".repeat(20)))));
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                batch.put(
                        random.nextInt(LAST_OFFSET_DELTA_AT, batch.limit()),
                        (byte) random.nextInt());
            }
            sealed(batch);
            try {
                BatchReader.forEach(batch, 0, _ -> true);
            } catch (CorruptBatchException e) {
                corrupt++;
            } catch (Throwable e) {
                throw new AssertionError("seed=" + seed + " i=" + i, e);
            }
        }
        assertTrue(corrupt > 100, "corrupt=" + corrupt);
    }

    @Test
    void anyCutOrChangedBitIsCorrupt() {
        var random = new Random(71);
        for (CompressionType codec : CompressionType.values()) {
            ByteBuffer batch = copy(Sent.byKafka(codec, 0, List.of(Sent.value("abc"))));
            for (int length = 0; length < batch.limit(); length++) {
                assertCorrupt(copy(batch).limit(length));
            }
            for (int i = 0; i < 300; i++) {
                ByteBuffer changed = copy(batch);
                int at = random.nextInt(17, batch.limit());
                changed.put(at, (byte) (changed.get(at) ^ (1 << random.nextInt(8))));
                assertCorrupt(changed);
            }
        }
    }

    @Test
    void corruptBatchTellsWhereToGoOn() {
        ByteBuffer batch =
                Sent.byKafka(CompressionType.NONE, 40, List.of(Sent.value("a"), Sent.value("b")));
        batch.put(70, (byte) (batch.get(70) ^ 1));

        var corrupt =
                assertThrows(
                        CorruptBatchException.class,
                        () -> BatchReader.forEach(batch, 0, _ -> true));
        assertEquals(42, corrupt.nextOffset());
    }

    private static void assertCorrupt(ByteBuffer batch) {
        assertThrows(CorruptBatchException.class, () -> BatchReader.forEach(batch, 0, _ -> true));
    }

    private static ByteBuffer crafted(CompressionType codec, int count, byte[] records) {
        return sealed(batch(codec, count, compress(codec, records)));
    }

    /** A batch with any bytes for records. */
    private static ByteBuffer batch(CompressionType codec, int count, byte[] records) {
        var batch = ByteBuffer.allocate(RECORDS_AT + records.length);
        batch.putInt(8, batch.limit() - 12);
        batch.put(16, (byte) 2);
        batch.putShort(ATTRIBUTES_AT, codec.id);
        batch.putInt(LAST_OFFSET_DELTA_AT, count - 1);
        batch.putInt(57, count);
        return batch.put(RECORDS_AT, records);
    }

    private static ByteBuffer sealed(ByteBuffer batch) {
        var crc = new CRC32C();
        crc.update(batch.slice(ATTRIBUTES_AT, batch.limit() - ATTRIBUTES_AT));
        return batch.putInt(17, (int) crc.getValue());
    }

    private static byte[] compress(CompressionType codec, byte[] records) {
        var buffer = new ByteBufferOutputStream(1 << 16);
        try (OutputStream out = Compression.of(codec).build().wrapForOutput(buffer, (byte) 2)) {
            out.write(records);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        ByteBuffer filled = buffer.buffer().flip();
        byte[] compressed = new byte[filled.limit()];
        filled.get(compressed);
        return compressed;
    }

    private static ByteBuffer copy(ByteBuffer batch) {
        byte[] copy = new byte[batch.limit()];
        batch.get(0, copy);
        return ByteBuffer.wrap(copy);
    }

    private static byte[] varint(long value) {
        byte[] bytes = new byte[10];
        return java.util.Arrays.copyOf(bytes, Varint.write(bytes, 0, value));
    }
}
