package sluice.consumer;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The newest records of partitions, as their owners hold them. */
public interface Tail {

    /** What an owner says of an offset. */
    sealed interface Answer {
        long highWatermark();

        long logStart();

        /** Whole batches from the one that holds the offset on; none if there were none in time. */
        record Records(List<ByteBuffer> batches, long highWatermark, long logStart)
                implements Answer {
            public Records {
                batches = List.copyOf(batches);
            }
        }

        /** The offset is older than the tail, which begins at {@code tailStart}. */
        record InHistory(long tailStart, long highWatermark, long logStart) implements Answer {}
    }

    /**
     * What an owner says of a time.
     *
     * @param offset first offset at or after it; −1 if older records may be, which are in objects
     * @param tailStart where the tail begins
     */
    record Found(long offset, long tailStart, long highWatermark) {}

    /**
     * Stages fail with SluiceException: INVALID {@code offset-out-of-range}; UNAVAILABLE if no
     * owner is in reach.
     */
    CompletionStage<Answer> fetch(PartitionRef partition, long offset, int maxBytes, Duration wait);

    CompletionStage<Found> offsetAt(PartitionRef partition, long timestampMs);
}
