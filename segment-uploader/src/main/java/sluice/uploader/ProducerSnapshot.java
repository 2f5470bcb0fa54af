package sluice.uploader;

import java.util.List;

/**
 * What a partition knows of one idempotent producer, so that its retries are recognised after a
 * change of owner.
 *
 * @param last5 the last batches, oldest first, at most {@link #RANGES_MAX}
 * @param lastAppendMs wall clock of the owner at the last batch
 */
public record ProducerSnapshot(
        long producerId, short epoch, List<SequenceRange> last5, long lastAppendMs) {

    /** An idempotent producer has at most five batches in flight. */
    public static final int RANGES_MAX = 5;

    /** The sequence numbers of one batch, and the offset of its first record. */
    public record SequenceRange(int baseSequence, int lastSequence, long baseOffset) {}

    public ProducerSnapshot {
        last5 = List.copyOf(last5);
        if (producerId < 0 || last5.size() > RANGES_MAX) {
            throw new IllegalArgumentException(
                    "not a producer's state: producerId=%d ranges=%d"
                            .formatted(producerId, last5.size()));
        }
    }
}
