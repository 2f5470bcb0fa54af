package sluice.log.batch;

import java.nio.ByteBuffer;
import java.util.function.Predicate;

/** Reads the records of batches, decompressing where a batch is compressed. */
public final class BatchReader {

    private BatchReader() {}

    /**
     * Calls {@code consumer} for each record of the one batch at index {@code at}, in order, until
     * it returns false.
     *
     * @return false if the consumer stopped
     * @throws sluice.log.SluiceException DATA with code {@code corrupt-batch} if the bytes are not
     *     records
     */
    public static boolean forEach(ByteBuffer source, int at, Predicate<LogRecord> consumer) {
        throw new UnsupportedOperationException();
    }
}
