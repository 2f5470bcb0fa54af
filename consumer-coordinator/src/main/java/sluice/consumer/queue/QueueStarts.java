package sluice.consumer.queue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import sluice.consumer.PartitionRef;
import sluice.consumer.Watermarks;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;

/** Finds the offset that a {@link QueueStart} means now. */
final class QueueStarts {

    private QueueStarts() {}

    /**
     * @param then called on the lane, once, or {@code failed}
     */
    static void resolve(
            QueueLogs logs,
            Lane lane,
            PartitionRef partition,
            QueueStart start,
            LongConsumer then,
            Consumer<SluiceException> failed) {
        CompletionStage<Long> wanted =
                switch (start) {
                    case QueueStart.Earliest() -> CompletableFuture.completedStage(0L);
                    case QueueStart.Latest() -> CompletableFuture.completedStage(Long.MAX_VALUE);
                    case QueueStart.Offset(long offset) -> CompletableFuture.completedStage(offset);
                    case QueueStart.Timestamp(long ms) -> logs.offsetAt(partition, ms);
                };
        Stages.then(
                wanted.thenCombine(logs.range(partition), QueueStarts::within),
                lane,
                then::accept,
                failed);
    }

    private static long within(long offset, Watermarks range) {
        return Math.max(range.logStart(), Math.min(offset, range.highWatermark()));
    }
}
