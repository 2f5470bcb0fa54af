package sluice.log.object;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;
import sluice.log.batch.RecordBatch;

/**
 * What a partition knows of one idempotent producer, so that its retries are recognised after a
 * change of owner.
 *
 * @param last5 the last batches of its newest epoch, oldest first, at most {@link #RANGES_MAX}
 * @param lastAppendMs wall clock of the owner at the last batch
 */
public record ProducerSnapshot(
        long producerId, short epoch, List<SequenceRange> last5, long lastAppendMs) {

    /** An idempotent producer has at most five batches in flight. */
    public static final int RANGES_MAX = 5;

    /** The sequence numbers of one batch, and the offset of its first record. */
    public record SequenceRange(int baseSequence, int lastSequence, long baseOffset) {

        /** Of the batch that begins at index 0; sequences wrap from 2^31 − 1 to 0. */
        static SequenceRange of(ByteBuffer batch) {
            int first = RecordBatch.baseSequence(batch, 0);
            int last = (first + RecordBatch.recordCount(batch, 0) - 1) & Integer.MAX_VALUE;
            return new SequenceRange(first, last, RecordBatch.baseOffset(batch, 0));
        }
    }

    public ProducerSnapshot {
        last5 = List.copyOf(last5);
        if (producerId < 0 || last5.size() > RANGES_MAX) {
            throw new IllegalArgumentException(
                    "not a producer's state: producerId=%d ranges=%d"
                            .formatted(producerId, last5.size()));
        }
    }

    /** Base offset of the last batch; −1 if none is known. */
    public long lastBaseOffset() {
        return last5.isEmpty() ? -1 : last5.getLast().baseOffset();
    }

    /**
     * What two snapshots of the same producer in the same partition tell together, whichever was
     * taken first and however they overlap. An older epoch tells nothing.
     */
    public ProducerSnapshot mergedWith(ProducerSnapshot other) {
        if (other.producerId != producerId) {
            throw new IllegalArgumentException(
                    "snapshots of two producers: producerId=%d other=%d"
                            .formatted(producerId, other.producerId));
        }
        if (other.epoch != epoch) {
            return other.epoch > epoch ? other : this;
        }
        var byOffset = new TreeMap<Long, SequenceRange>();
        other.last5.forEach(range -> byOffset.put(range.baseOffset(), range));
        last5.forEach(range -> byOffset.put(range.baseOffset(), range));
        while (byOffset.size() > RANGES_MAX) {
            byOffset.pollFirstEntry();
        }
        ProducerSnapshot later = other.lastBaseOffset() > lastBaseOffset() ? other : this;
        return new ProducerSnapshot(
                producerId, epoch, List.copyOf(byOffset.values()), later.lastAppendMs);
    }
}
