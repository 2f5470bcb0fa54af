package sluice.log.batch;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds one uncompressed batch, record by record. Owned by one thread; memory grows with what is
 * appended and is bounded by the caller's limits.
 */
public final class BatchBuilder {

    public BatchBuilder(int initialBytes) {
        throw new UnsupportedOperationException();
    }

    /** Makes the batch idempotent; called before {@link #build}. */
    public BatchBuilder producer(long producerId, short producerEpoch, int baseSequence) {
        throw new UnsupportedOperationException();
    }

    /** Appends a record; null key or value is kept as null. */
    public void append(
            long timestampMs,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers) {
        throw new UnsupportedOperationException();
    }

    public int recordCount() {
        throw new UnsupportedOperationException();
    }

    /** Size in bytes of the batch as built now, header included. */
    public int sizeBytes() {
        throw new UnsupportedOperationException();
    }

    /**
     * Ends the batch: base offset 0, CRC set, position 0 to limit. The builder is not used again.
     *
     * @throws IllegalStateException if there is no record
     */
    public ByteBuffer build() {
        throw new UnsupportedOperationException();
    }

    /** A header to write. */
    public record Header(String name, byte @Nullable [] value) {}
}
