package sluice.log.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.Record;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.junit.jupiter.api.function.Executable;
import sluice.log.SluiceException;

/** Batches by our builder, by Kafka's, and by hand, for those that neither would build. */
final class Batches {

    static final int NO_LIMIT = Integer.MAX_VALUE;

    // Where Kafka's documentation says the fields are; not taken from the class under test.
    static final int LENGTH_AT = 8;
    static final int MAGIC_AT = 16;
    static final int CRC_AT = 17;
    static final int ATTRIBUTES_AT = 21;
    static final int LAST_OFFSET_DELTA_AT = 23;
    static final int BASE_TIMESTAMP_AT = 27;
    static final int MAX_TIMESTAMP_AT = 35;
    static final int PRODUCER_ID_AT = 43;
    static final int PRODUCER_EPOCH_AT = 51;
    static final int BASE_SEQUENCE_AT = 53;
    static final int RECORD_COUNT_AT = 57;
    static final int RECORDS_AT = 61;

    private Batches() {}

    static ByteBuffer ours(List<Sent> records) {
        var builder = new BatchBuilder(0);
        for (Sent record : records) {
            append(builder, record);
        }
        return builder.build();
    }

    static void append(BatchBuilder builder, Sent record) {
        builder.append(
                record.timestampMs(),
                Sent.bytes(record.key()),
                Sent.bytes(record.value()),
                record.headers().stream()
                        .map(h -> new BatchBuilder.Header(h.name(), Sent.bytes(h.value())))
                        .toList());
    }

    static ByteBuffer kafkas(CompressionType codec, List<Sent> records) {
        return kafkas(codec, 0, records);
    }

    static ByteBuffer kafkas(CompressionType codec, long baseOffset, List<Sent> records) {
        return MemoryRecords.withRecords(baseOffset, Compression.of(codec).build(), simple(records))
                .buffer();
    }

    static SimpleRecord[] simple(List<Sent> records) {
        return records.stream()
                .map(r ->
                        new SimpleRecord(
                                r.timestampMs(),
                                Sent.bytes(r.key()),
                                Sent.bytes(r.value()),
                                r.headers().stream()
                                        .map(h -> new RecordHeader(h.name(), Sent.bytes(h.value())))
                                        .toArray(Header[]::new)))
                .toArray(SimpleRecord[]::new);
    }

    /** What Kafka reads in bytes that it also finds valid. */
    static List<Sent.Found> readByKafka(ByteBuffer bytes) {
        var found = new ArrayList<Sent.Found>();
        for (var batch : MemoryRecords.readableRecords(bytes.duplicate()).batches()) {
            batch.ensureValid();
            for (Record record : batch) {
                var headers = new ArrayList<Sent.SentHeader>();
                for (Header header : record.headers()) {
                    byte[] value = header.value();
                    headers.add(
                            new Sent.SentHeader(
                                    header.key(), value == null ? null : Sent.latin1(value)));
                }
                found.add(
                        new Sent.Found(
                                record.offset(),
                                new Sent(
                                        record.timestamp(),
                                        Sent.latin1(record.key()),
                                        Sent.latin1(record.value()),
                                        headers)));
            }
        }
        return found;
    }

    static List<Sent.Found> readByUs(ByteBuffer bytes) {
        return readByUs(bytes, 0);
    }

    static List<Sent.Found> readByUs(ByteBuffer bytes, int at) {
        var found = new ArrayList<Sent.Found>();
        assertTrue(BatchReader.forEach(bytes, at, r -> found.add(Sent.Found.of(r))));
        return found;
    }

    /** A batch with any attributes, count and bytes for records, and a CRC that fits. */
    static ByteBuffer crafted(int attributes, int recordCount, byte[] records) {
        var batch = ByteBuffer.allocate(RECORDS_AT + records.length);
        batch.putInt(LENGTH_AT, batch.limit() - RecordBatch.LOG_OVERHEAD_BYTES);
        batch.put(MAGIC_AT, (byte) 2);
        batch.putShort(ATTRIBUTES_AT, (short) attributes);
        batch.putInt(LAST_OFFSET_DELTA_AT, recordCount - 1);
        batch.putLong(BASE_TIMESTAMP_AT, Sent.NOON_MS);
        batch.putLong(MAX_TIMESTAMP_AT, Sent.NOON_MS);
        batch.putLong(PRODUCER_ID_AT, -1);
        batch.putShort(PRODUCER_EPOCH_AT, (short) -1);
        batch.putInt(BASE_SEQUENCE_AT, -1);
        batch.putInt(RECORD_COUNT_AT, recordCount);
        batch.put(RECORDS_AT, records);
        return sealed(batch);
    }

    /** Makes the CRC right again after a change. */
    static ByteBuffer sealed(ByteBuffer batch) {
        var crc = new CRC32C();
        crc.update(batch.slice(ATTRIBUTES_AT, batch.limit() - ATTRIBUTES_AT));
        batch.putInt(CRC_AT, (int) crc.getValue());
        return batch;
    }

    static ByteBuffer copyOf(ByteBuffer batch) {
        byte[] copy = new byte[batch.limit()];
        batch.get(0, copy);
        return ByteBuffer.wrap(copy);
    }

    static byte[] compress(CompressionType codec, byte[] records) {
        return compress(codec, out -> out.write(records));
    }

    static byte[] compress(CompressionType codec, Filling filling) {
        var buffer = new ByteBufferOutputStream(1 << 16);
        try (OutputStream out = Compression.of(codec).build().wrapForOutput(buffer, (byte) 2)) {
            filling.fill(out);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        ByteBuffer filled = buffer.buffer().flip();
        byte[] compressed = new byte[filled.limit()];
        filled.get(compressed);
        return compressed;
    }

    interface Filling {
        void fill(OutputStream out) throws IOException;
    }

    /** A record as bytes, whose fields are written as given, true or not. */
    static byte[] record(
            long timestampDelta, long offsetDelta, long keyLength, long valueLength, long headers) {
        var body = new ByteArrayOutputStream();
        body.write(0);
        for (long field :
                new long[] {timestampDelta, offsetDelta, keyLength, valueLength, headers}) {
            body.writeBytes(varint(field));
        }
        return framed(body.toByteArray());
    }

    static byte[] framed(byte[] body) {
        return concat(varint(body.length), body);
    }

    static byte[] varint(long value) {
        byte[] bytes = new byte[10];
        int end = Varint.write(bytes, 0, value);
        return java.util.Arrays.copyOf(bytes, end);
    }

    static byte[] concat(byte[]... parts) {
        var whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    static int check(ByteBuffer batch) {
        return RecordBatch.check(batch, 0, batch.limit(), NO_LIMIT);
    }

    static void assertRefused(String code, ByteBuffer batch) {
        assertRefused(code, () -> check(batch));
    }

    static void assertRefused(String code, Executable call) {
        assertFailure(SluiceException.Kind.INVALID, code, call);
    }

    static void assertCorrupt(ByteBuffer batch) {
        assertFailure(
                SluiceException.Kind.DATA,
                "corrupt-batch",
                () -> BatchReader.forEach(batch, 0, _ -> true));
    }

    static void assertFailure(SluiceException.Kind kind, String code, Executable call) {
        var failure = assertThrows(SluiceException.class, call);
        assertEquals(kind, failure.kind(), failure::getMessage);
        assertEquals(code, failure.code(), failure::getMessage);
        assertFalse(String.valueOf(failure.getMessage()).isBlank());
    }
}
