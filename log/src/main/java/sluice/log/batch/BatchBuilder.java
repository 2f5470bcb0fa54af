package sluice.log.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds one uncompressed batch, record by record. Owned by one thread; memory grows with what is
 * appended and is bounded by the caller's limits.
 *
 * <p>Records are encoded as they are appended, into one array that {@link #build} hands over, so
 * that a batch costs little more garbage than its bytes. What is built passes {@link
 * RecordBatch#check} but for the caller's limit on a record's size.
 */
public final class BatchBuilder {

    /** Arrays cannot be quite as large as an int can count. */
    private static final int SIZE_BYTES_MAX = Integer.MAX_VALUE - 8;

    private static final int NULL_LENGTH = -1;

    private byte[] bytes;
    private int size = RecordBatch.HEADER_BYTES;
    private int recordCount;
    private long baseTimestampMs;
    private long maxTimestampMs;
    private long producerId = RecordBatch.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatch.NO_SEQUENCE;
    private boolean isBuilt;

    /**
     * @param initialBytes of the whole batch, header included; right ones save the copies of growth
     */
    public BatchBuilder(int initialBytes) {
        bytes = new byte[Math.max(initialBytes, RecordBatch.HEADER_BYTES)];
    }

    /** Makes the batch idempotent; called before {@link #build}. */
    public BatchBuilder producer(long producerId, short producerEpoch, int baseSequence) {
        if (producerId < 0 || producerEpoch < 0 || baseSequence < 0) {
            throw new IllegalArgumentException(
                    "not a producer: producerId=%d producerEpoch=%d baseSequence=%d"
                            .formatted(producerId, producerEpoch, baseSequence));
        }
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        this.baseSequence = baseSequence;
        return this;
    }

    /**
     * Appends a record; null key or value is kept as null.
     *
     * @throws sluice.log.SluiceException INVALID, and nothing was appended: {@code malformed-batch}
     *     if the timestamp is negative or the batch has {@link RecordBatch#RECORD_COUNT_MAX}
     *     records, {@code record-too-large} if there are more than {@link
     *     RecordBatch#HEADER_COUNT_MAX} headers or the batch would be over 2 GiB
     */
    public void append(
            long timestampMs,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        if (isBuilt) {
            throw new IllegalStateException("the batch is built: use another builder");
        }
        if (timestampMs < 0) {
            throw RecordBatch.malformed(
                    "expected timestampMs>=0, found timestampMs=%d".formatted(timestampMs));
        }
        if (recordCount == RecordBatch.RECORD_COUNT_MAX) {
            throw RecordBatch.malformed(
                    "the batch is full: recordCountMax=%d".formatted(RecordBatch.RECORD_COUNT_MAX));
        }
        if (headers.size() > RecordBatch.HEADER_COUNT_MAX) {
            throw RecordBatch.tooManyHeaders(recordCount);
        }
        // Neither is negative, so the difference cannot overflow.
        long timestampDelta = recordCount == 0 ? 0 : timestampMs - baseTimestampMs;
        long bodyBytes = bodyBytes(timestampDelta, key, value, headers);
        long sizeAfter = size + Varint.sizeBytes(bodyBytes) + bodyBytes;
        if (sizeAfter > SIZE_BYTES_MAX) {
            throw RecordBatch.tooLarge(
                    "the batch would have sizeBytes=%d, possible are sizeBytesMax=%d; send smaller batches"
                            .formatted(sizeAfter, SIZE_BYTES_MAX));
        }
        makeRoomFor((int) sizeAfter);

        int at = Varint.write(bytes, size, bodyBytes);
        bytes[at++] = 0; // attributes; the array may hold what a failed append left
        at = Varint.write(bytes, at, timestampDelta);
        at = Varint.write(bytes, at, recordCount);
        at = writeBytes(at, key);
        at = writeBytes(at, value);
        at = Varint.write(bytes, at, headers.size());
        for (int i = 0; i < headers.size(); i++) {
            at = writeName(at, headers.get(i).name());
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

    /** Size in bytes of the batch as built now, header included. */
    public int sizeBytes() {
        return size;
    }

    /**
     * Ends the batch: base offset 0, CRC set, position 0 to limit. The builder is not used again.
     *
     * @throws IllegalStateException if there is no record
     */
    public ByteBuffer build() {
        if (recordCount == 0 || isBuilt) {
            throw new IllegalStateException(
                    "nothing to build: recordCount=" + recordCount + " isBuilt=" + isBuilt);
        }
        isBuilt = true;
        ByteBuffer batch = ByteBuffer.wrap(bytes, 0, size).slice();
        RecordBatch.writeHeader(
                batch,
                baseTimestampMs,
                maxTimestampMs,
                producerId,
                producerEpoch,
                baseSequence,
                recordCount);
        return batch;
    }

    private long bodyBytes(
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
            int nameBytes = nameBytes(headers.get(i).name());
            sum += Varint.sizeBytes(nameBytes) + nameBytes + fieldBytes(headers.get(i).value());
        }
        return sum;
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

    private int writeName(int at, String name) {
        if (!isAscii(name)) {
            return writeBytes(at, name.getBytes(StandardCharsets.UTF_8));
        }
        int index = Varint.write(bytes, at, name.length());
        for (int i = 0; i < name.length(); i++) {
            bytes[index++] = (byte) name.charAt(i);
        }
        return index;
    }

    private static int nameBytes(String name) {
        return isAscii(name) ? name.length() : name.getBytes(StandardCharsets.UTF_8).length;
    }

    private static boolean isAscii(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private void makeRoomFor(int needed) {
        if (needed > bytes.length) {
            long doubled = Math.min((long) bytes.length * 2, SIZE_BYTES_MAX);
            bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
        }
    }

    /** A header to write. */
    public record Header(String name, byte @Nullable [] value) {}
}
