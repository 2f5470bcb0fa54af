package sluice.consumer.session;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import sluice.consumer.Watermarks;
import sluice.consumer.group.TopicPartition;

/**
 * Where a member's records come from: whoever owns the partition, and objects.
 *
 * <p>Stages may complete on any thread. They fail with {@link sluice.log.SluiceException}:
 * NOT_FOUND if there is no such topic; UNAVAILABLE, UNKNOWN_OUTCOME, OVERLOADED or FENCED if asking
 * again may help; DATA if stored bytes are wrong.
 */
public interface PartitionSource {

    /**
     * Whole batches from the one that holds {@code offset} on; waits up to {@code wait} for the
     * first if the offset is the high watermark. Fails with INVALID {@code offset-out-of-range}
     * below the log start and above the high watermark.
     *
     * @param maxBytes roughly the size of the answer; one batch comes in any case
     */
    CompletionStage<Records> fetch(
            TopicPartition partition, long offset, int maxBytes, Duration wait);

    /** Between which offsets the partition can be read now. */
    CompletionStage<Watermarks> range(TopicPartition partition);

    /**
     * @param batches whole batches in order, of which the first may begin before the offset asked
     *     for; a buffer may hold several
     */
    record Records(List<ByteBuffer> batches, Watermarks watermarks) {
        public Records {
            batches = List.copyOf(batches);
        }
    }
}
