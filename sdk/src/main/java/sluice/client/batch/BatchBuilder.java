package sluice.client.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.client.record.Compression;

/**
 * Builds one batch, record by record. Owned by one thread at a time; memory grows with what is
 * appended and is bounded by the caller's limits.
 *
 * <p>Records are encoded as they are appended. {@link #build} ends the batch, compressed or not;
 * its bytes stay the same but for the producer's fields, which {@link #stamp} may write anew.
 */
public final class BatchBuilder {

    /** Most records in one batch. */
    public static final int RECORD_COUNT_MAX = 1 << 20;

    /** Bytes of a batch before its first record. */
    public static final int HEADER_BYTES = BatchLayout.HEADER_BYTES;

    private static final int NULL_LENGTH = -1;
    private static final long NO_PRODUCER = -1;

    private byte[] bytes;
    private int size = BatchLayout.HEADER_BYTES;
    private int recordCount;
    private long baseTimestampMs;
    private long maxTimestampMs;

    /**
     * @param initialBytes of the whole batch, header included; right ones save the copies of growth
     */
    public BatchBuilder(int initialBytes) {
        bytes = new byte[Math.max(initialBytes, BatchLayout.HEADER_BYTES)];
    }

    /**
     * Looks whether the library of a compression is there.
     *
     * @throws sluice.client.error.MissingLibraryException if it is not
     */
    public static void require(Compression compression) {
        Codecs.of(compression).require();
    }

    /** Bytes of a record's fields, as topics limit them: key, value, header names and values. */
    public static long payloadBytes(
            byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
        long sum = (key == null ? 0L : key.length) + (value == null ? 0L : value.length);
        for (int i = 0; i < headers.size(); i++) {
            byte[] headerValue = headers.get(i).value();
            sum += headers.get(i).name().length + (headerValue == null ? 0L : headerValue.length);
        }
        return sum;
    }

    /** At most so many bytes does a record take in a batch. */
    public static long encodedBytesMax(
            byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {
        return payloadBytes(key, value, headers) + 40 + 10L * headers.size();
    }

    /**
     * Appends a record; null key or value is kept as null.
     *
     * @throws IllegalArgumentException if the timestamp is negative or there are more than {@link
     *     BatchReader#HEADER_COUNT_MAX} headers
     */
    public void append(
            long timestampMs,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        if (timestampMs < 0) {
            throw new IllegalArgumentException(
                    "expected timestampMs>=0, found timestampMs=" + timestampMs);
        }
        if (headers.size() > BatchReader.HEADER_COUNT_MAX) {
            throw new IllegalArgumentException(
                    "record has headers=%d, allowed are headerCountMax=%d; put them in the value"
                            .formatted(headers.size(), BatchReader.HEADER_COUNT_MAX));
        }
        if (recordCount == RECORD_COUNT_MAX) {
            throw new IllegalStateException("the batch is full: recordCountMax=" + recordCount);
        }
        // Neither is negative, so the difference cannot overflow.
        long timestampDelta = recordCount == 0 ? 0 : timestampMs - baseTimestampMs;
        int bodyBytes = bodyBytes(timestampDelta, key, value, headers);
        int sizeAfter = Math.addExact(size, Math.addExact(Varint.sizeBytes(bodyBytes), bodyBytes));
        makeRoomFor(sizeAfter);

        int at = Varint.write(bytes, size, bodyBytes);
        bytes[at++] = 0; // attributes; the array may hold what a failed append left
        at = Varint.write(bytes, at, timestampDelta);
        at = Varint.write(bytes, at, recordCount);
        at = writeBytes(at, key);
        at = writeBytes(at, value);
        at = Varint.write(bytes, at, headers.size());
        for (int i = 0; i < headers.size(); i++) {
            at = writeBytes(at, headers.get(i).name());
            at = writeBytes(at, headers.get(i).value());
        }
        assert at == sizeAfter : "encoded as measured: expected=" + sizeAfter + " actual=" + at;

        if (recordCount == 0) {
            baseTimestampMs = timestampMs;
        }
        maxTimestampMs = Math.max(maxTimestampMs, timestampMs);
        recordCount++;
        size = at;
    }

    public int recordCount() {
        return recordCount;
    }

    /** Size in bytes of the batch as built now without compression, header included. */
    public int sizeBytes() {
        return size;
    }

    /**
     * Ends the batch, not idempotent, position 0 to limit; the builder is not used again.
     *
     * <p>It is compressed only if that makes it smaller, and at most {@code compressedBytesMax}
     * bytes: topics limit the size of a compressed batch as they limit that of one record.
     *
     * @throws sluice.client.error.MissingLibraryException if the compression's library is missing
     */
    public ByteBuffer build(Compression compression, int compressedBytesMax) {
        if (recordCount == 0) {
            throw new IllegalStateException("nothing to build: recordCount=0");
        }
        if (compression != Compression.NONE) {
            ByteBuffer compressed = compressed(compression);
            if (compressed.limit() < size && compressed.limit() <= compressedBytesMax) {
                return writeHeader(compressed, compression);
            }
        }
        return writeHeader(ByteBuffer.wrap(bytes, 0, size).slice(), Compression.NONE);
    }

    /**
     * Makes a built batch idempotent, or another place in the sequence of its producer: its records
     * stay as they are.
     *
     * @param batch from its index 0 to its limit
     */
    public static void stamp(
            ByteBuffer batch, long producerId, short producerEpoch, int baseSequence) {
        if (producerId < 0 || producerEpoch < 0 || baseSequence < 0) {
            throw new IllegalArgumentException(
                    "not a producer: producerId=%d producerEpoch=%d baseSequence=%d"
                            .formatted(producerId, producerEpoch, baseSequence));
        }
        writeProducer(batch, producerId, producerEpoch, baseSequence);
    }

    private static void writeProducer(
            ByteBuffer batch, long producerId, short producerEpoch, int baseSequence) {
        batch.putLong(BatchLayout.PRODUCER_ID_AT, producerId);
        batch.putShort(BatchLayout.PRODUCER_EPOCH_AT, producerEpoch);
        batch.putInt(BatchLayout.BASE_SEQUENCE_AT, baseSequence);
        batch.putInt(BatchLayout.CRC_AT, BatchLayout.crc(batch, 0, batch.limit()));
    }

    private ByteBuffer writeHeader(ByteBuffer batch, Compression compression) {
        batch.putLong(BatchLayout.BASE_OFFSET_AT, 0);
        batch.putInt(BatchLayout.LENGTH_AT, batch.limit() - BatchLayout.LOG_OVERHEAD_BYTES);
        batch.putInt(BatchLayout.LEADER_EPOCH_AT, BatchLayout.NO_LEADER_EPOCH);
        batch.put(BatchLayout.MAGIC_AT, BatchLayout.MAGIC);
        batch.putShort(BatchLayout.ATTRIBUTES_AT, (short) compression.id());
        batch.putInt(BatchLayout.LAST_OFFSET_DELTA_AT, recordCount - 1);
        batch.putLong(BatchLayout.BASE_TIMESTAMP_AT, baseTimestampMs);
        batch.putLong(BatchLayout.MAX_TIMESTAMP_AT, maxTimestampMs);
        batch.putInt(BatchLayout.RECORD_COUNT_AT, recordCount);
        writeProducer(batch, NO_PRODUCER, (short) NO_PRODUCER, (int) NO_PRODUCER);
        return batch;
    }

    private ByteBuffer compressed(Compression compression) {
        var out = new BatchOutput(BatchLayout.HEADER_BYTES, Math.max(size / 2, 512));
        try (OutputStream compressing = Codecs.of(compression).compress(out)) {
            compressing.write(bytes, BatchLayout.HEADER_BYTES, size - BatchLayout.HEADER_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("records could not be compressed in memory", e);
        }
        return out.toBuffer();
    }

    private int bodyBytes(
            long timestampDelta,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        long sum =
                Byte.BYTES
                        + Varint.sizeBytes(timestampDelta)
                        + Varint.sizeBytes(recordCount)
                        + Varint.sizeBytes(headers.size())
                        + fieldBytes(key)
                        + fieldBytes(value);
        // By index: an iterator for each record would be garbage.
        for (int i = 0; i < headers.size(); i++) {
            sum += fieldBytes(headers.get(i).name()) + fieldBytes(headers.get(i).value());
        }
        return Math.toIntExact(sum);
    }

    private static long fieldBytes(byte @Nullable [] field) {
        return field == null
                ? Varint.sizeBytes(NULL_LENGTH)
                : (long) Varint.sizeBytes(field.length) + field.length;
    }

    private int writeBytes(int at, byte @Nullable [] field) {
        if (field == null) {
            return Varint.write(bytes, at, NULL_LENGTH);
        }
        int start = Varint.write(bytes, at, field.length);
        System.arraycopy(field, 0, bytes, start, field.length);
        return start + field.length;
    }

    private void makeRoomFor(int needed) {
        if (needed > bytes.length) {
            long doubled = Math.min((long) bytes.length * 2, Integer.MAX_VALUE - 8);
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
        }
    }

    /**
     * A header to write; its arrays are not changed meanwhile.
     *
     * @param name in UTF-8
     */
    public record Header(byte[] name, byte @Nullable [] value) {

        public static Header of(String name, byte @Nullable [] value) {
            return new Header(name.getBytes(StandardCharsets.UTF_8), value);
        }
    }
}
