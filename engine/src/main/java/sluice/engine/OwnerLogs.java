package sluice.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.consumer.PartitionReader;
import sluice.consumer.PartitionRef;
import sluice.consumer.Watermarks;
import sluice.consumer.queue.QueueLogs;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.lane.Lane;
import sluice.uploader.RetentionClass;

/**
 * The logs that queues read and write: reading is what any reader does, appending is this gateway's
 * own, and never goes to another. Safe from any thread.
 */
final class OwnerLogs implements QueueLogs {

    private final Lane lane;
    private final EngineCore core;
    private final RoutedTail tail;
    private final PartitionReader reader;

    OwnerLogs(Lane lane, EngineCore core, RoutedTail tail, PartitionReader reader) {
        this.lane = lane;
        this.core = core;
        this.tail = tail;
        this.reader = reader;
    }

    @Override
    public CompletionStage<Fetched> fetch(
            PartitionRef partition, long offset, int maxBytes, Duration wait) {
        return reader.fetch(partition, offset, maxBytes, wait)
                .thenApply(found ->
                        new Fetched(
                                found.batches(),
                                new Watermarks(found.logStart(), found.highWatermark())));
    }

    @Override
    public CompletionStage<Watermarks> range(PartitionRef partition) {
        return tail.status(partition)
                .thenApply(status -> new Watermarks(status.logStart(), status.highWatermark()));
    }

    @Override
    public CompletionStage<Long> offsetAt(PartitionRef partition, long timestampMs) {
        return reader.offsetAt(partition, timestampMs);
    }

    @Override
    public CompletionStage<Void> append(
            PartitionRef partition, long expectedOffset, ByteBuffer batch) {
        Optional<Duration> retention =
                Optional.of(partition.retentionMs())
                        .filter(each -> each > 0)
                        .map(Duration::ofMillis);
        var request =
                new CallRequest.AppendState(
                        partition.id(),
                        partition.slot(),
                        RetentionClass.of(retention).id(),
                        expectedOffset,
                        batch);
        var future = new CompletableFuture<Void>();
        lane.executeHere(() -> core.handle(request, reply -> complete(future, reply)));
        return future;
    }

    private static void complete(CompletableFuture<Void> future, CallReply reply) {
        switch (reply) {
            case CallReply.Appended _ -> future.complete(null);
            case CallReply.Failed failed -> future.completeExceptionally(failed.toException());
            default -> future.completeExceptionally(RoutedTail.unexpected(reply));
        }
    }
}
