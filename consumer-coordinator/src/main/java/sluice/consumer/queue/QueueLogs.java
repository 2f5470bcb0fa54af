package sluice.consumer.queue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import sluice.consumer.PartitionRef;
import sluice.consumer.Watermarks;

/**
 * The logs of partitions as their owner reads and writes them: topics' records, and the state logs
 * of queues. Safe from any thread; stages may complete on any thread.
 *
 * <p>Stages fail with {@link sluice.log.SluiceException}: UNAVAILABLE, UNKNOWN_OUTCOME, OVERLOADED
 * or FENCED if the partition is out of reach now; DATA if stored bytes are wrong.
 */
public interface QueueLogs {

    /**
     * Whole batches from the one that holds {@code offset} on, in order; waits up to {@code wait}
     * for the first if the offset is the high watermark. Fails with INVALID {@code
     * offset-out-of-range} below the log start and above the high watermark.
     */
    CompletionStage<Fetched> fetch(
            PartitionRef partition, long offset, int maxBytes, Duration wait);

    /**
     * @param batches each buffer holds whole batches
     */
    record Fetched(List<ByteBuffer> batches, Watermarks watermarks) {
        public Fetched {
            batches = List.copyOf(batches);
        }
    }

    /** Between which offsets the partition can be read now. */
    CompletionStage<Watermarks> range(PartitionRef partition);

    /** First offset whose record has a timestamp of at least that, or the high watermark. */
    CompletionStage<Long> offsetAt(PartitionRef partition, long timestampMs);

    /**
     * Appends a batch, if this gateway owns the slot and the log ends at {@code expectedOffset};
     * completes once it is durable. Calls are carried out in the order in which they are made, and
     * their stages complete in that order.
     *
     * <p>Fails with FENCED {@code not-owner}, CONFLICT {@code state-moved} if the log ends
     * elsewhere, OVERLOADED or UNAVAILABLE if it was not appended; UNKNOWN_OUTCOME if it may be.
     *
     * @param partition the state log; its retention is the topic's
     * @param batch owned by the callee from now on
     */
    CompletionStage<Void> append(PartitionRef partition, long expectedOffset, ByteBuffer batch);
}
