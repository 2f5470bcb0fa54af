package sluice.client.batch;

import java.nio.ByteBuffer;
import java.util.function.Predicate;

/**
 * Reads batches as gateways send them: one behind the other, the last perhaps cut off.
 *
 * <p>What is inside a compressed batch was seen by nobody since its producer. What it can cost is
 * bounded: records are decompressed one at a time, the largest is {@link
 * #INFLATED_RECORD_BYTES_MAX} and all together are {@link #INFLATED_BATCH_BYTES_MAX}; besides that
 * a decompressor holds at most 128 MiB (zstd's largest window, outside the heap; below 5 MiB for
 * gzip and lz4; for snappy 32 times the compressed bytes). A batch over a bound is told as corrupt.
 */
public final class BatchReader {

    /** Largest record that is decompressed, in bytes of its encoded form. */
    public static final int INFLATED_RECORD_BYTES_MAX = 32 << 20;

    /**
     * Most that one batch may decompress to, in bytes: a bound on time, as records are streamed.
     */
    public static final long INFLATED_BATCH_BYTES_MAX = 1L << 30;

    /** Most headers of one record. */
    public static final int HEADER_COUNT_MAX = 1024;

    private BatchReader() {}

    /**
     * Size in bytes of the batch at index {@code at}, or 0 if fewer than all its bytes are there.
     *
     * @throws sluice.client.error.CorruptBatchException if there is no batch
     */
    public static int sizeBytes(ByteBuffer source, int at) {
        int available = source.limit() - at;
        if (available < BatchLayout.HEADER_BYTES) {
            return 0;
        }
        RecordCursor.checkHead(source, at);
        int length = source.getInt(at + BatchLayout.LENGTH_AT);
        return length > available - BatchLayout.LOG_OVERHEAD_BYTES
                ? 0
                : length + BatchLayout.LOG_OVERHEAD_BYTES;
    }

    /** Of the first record of a batch that is all there. */
    public static long baseOffset(ByteBuffer source, int at) {
        return BatchLayout.baseOffset(source, at);
    }

    /** The offset after the last record of a batch that is all there. */
    public static long nextOffset(ByteBuffer source, int at) {
        return BatchLayout.baseOffset(source, at) + BatchLayout.lastOffsetDelta(source, at) + 1;
    }

    /**
     * Calls {@code consumer} for each record of the one batch at index {@code at}, in order, until
     * it returns false.
     *
     * <p>The batch's CRC is checked first, so that what is handed out is what the producer sent.
     * Batches from which records were removed are read too: offsets then have gaps. Records are
     * read-only views into {@code source}, or into an array of their own if they were compressed.
     * What {@code consumer} throws is thrown on.
     *
     * @return false if the consumer stopped
     * @throws sluice.client.error.CorruptBatchException if the bytes are not records
     * @throws sluice.client.error.MissingLibraryException if they are compressed with something
     *     whose library the application lacks
     */
    public static boolean forEach(ByteBuffer source, int at, Predicate<BatchRecord> consumer) {
        try (var records = new RecordCursor(source, at)) {
            for (var record = records.next(); record != null; record = records.next()) {
                if (!consumer.test(record)) {
                    return false;
                }
            }
            return true;
        }
    }
}
