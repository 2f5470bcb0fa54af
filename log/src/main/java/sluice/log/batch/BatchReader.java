package sluice.log.batch;

import java.nio.ByteBuffer;
import java.util.function.Predicate;

/**
 * Reads the records of batches, decompressing where a batch is compressed.
 *
 * <p>A compressed batch is checked here for the first time. What it can cost is bounded: records
 * are decompressed one at a time, the largest is {@link #INFLATED_RECORD_BYTES_MAX} and all
 * together are {@link #INFLATED_BATCH_BYTES_MAX}; besides that a decompressor holds at most 128 MiB
 * (zstd's largest window, outside the heap; below 5 MiB for gzip and lz4; for snappy 32 times the
 * compressed bytes). A batch over a bound is told as corrupt.
 */
public final class BatchReader {

    /** Largest record that is decompressed, in bytes of its encoded form. */
    public static final int INFLATED_RECORD_BYTES_MAX = 32 << 20;

    /**
     * Most that one batch may decompress to, in bytes: a bound on time, since records are streamed.
     */
    public static final long INFLATED_BATCH_BYTES_MAX = 1L << 30;

    private BatchReader() {}

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
     * @throws sluice.log.SluiceException DATA with code {@code corrupt-batch} if the bytes are not
     *     records
     */
    public static boolean forEach(ByteBuffer source, int at, Predicate<LogRecord> consumer) {
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
