package sluice.consumer;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import sluice.consumer.Tail.Answer;
import sluice.log.SluiceException;
import sluice.log.batch.RecordBatch;

/**
 * Reads a partition wherever its records are: the owner is asked first, since only it knows the
 * high watermark; what it no longer holds is read from objects, by whichever gateway was asked.
 * While a partition has no owner, what is in objects is still read. Safe from any thread.
 */
public final class PartitionReader {

    private static final int PARTITIONS_TOLD_MAX = 50_000;

    private final Tail tail;
    private final History history;
    private final Executor blocking;
    private final ToldWatermarks told = new ToldWatermarks(PARTITIONS_TOLD_MAX);

    /**
     * @param blocking runs reads of objects
     */
    public PartitionReader(Tail tail, History history, Executor blocking) {
        this.tail = tail;
        this.history = history;
        this.blocking = blocking;
    }

    /** Whole batches from the one that holds {@code offset} on. */
    public CompletionStage<Answer.Records> fetch(
            PartitionRef partition, long offset, int maxBytes, Duration wait) {
        return tail.fetch(partition, offset, maxBytes, wait)
                .handle((answer, failure) ->
                        failure == null
                                ? fromAnswer(partition, offset, maxBytes, answer)
                                : withoutOwner(partition, offset, maxBytes, failure))
                .thenCompose(stage -> stage)
                .thenApply(found -> {
                    Watermarks both = tell(partition, found.logStart(), found.highWatermark());
                    return new Answer.Records(
                            found.batches(), both.highWatermark(), both.logStart());
                });
    }

    /**
     * What may be told to a client of a partition of which the owner, or the objects, say so much:
     * never less than this gateway told before.
     */
    public Watermarks tell(PartitionRef partition, long logStart, long highWatermark) {
        return told.tell(partition.id(), logStart, highWatermark);
    }

    private CompletionStage<Answer.Records> fromAnswer(
            PartitionRef partition, long offset, int maxBytes, Answer answer) {
        return switch (answer) {
            case Answer.Records records -> CompletableFuture.completedStage(records);
            case Answer.InHistory(var tailStart, var hwm, var logStart) ->
                    CompletableFuture.supplyAsync(
                            () ->
                                    records(
                                            history.read(partition, offset, tailStart, maxBytes),
                                            hwm,
                                            logStart),
                            blocking);
        };
    }

    private CompletionStage<Answer.Records> withoutOwner(
            PartitionRef partition, long offset, int maxBytes, Throwable failure) {
        if (!isOutOfReach(failure)) {
            return CompletableFuture.failedStage(unwrapped(failure));
        }
        return CompletableFuture.supplyAsync(
                () -> fromObjectsAlone(partition, offset, maxBytes, unwrapped(failure)), blocking);
    }

    private Answer.Records fromObjectsAlone(
            PartitionRef partition, long offset, int maxBytes, Throwable failure) {
        History.Range range = history.range(partition);
        if (offset < range.logStart() || offset >= range.end()) {
            // Only the owner knows whether there is more.
            throw new CompletionException(failure);
        }
        List<ByteBuffer> batches = history.read(partition, offset, offset + 1, maxBytes);
        return records(batches, range.end(), range.logStart());
    }

    /** What is in objects is committed, also if it got there after the owner was asked. */
    private static Answer.Records records(
            List<ByteBuffer> batches, long highWatermark, long logStart) {
        long end = highWatermark;
        for (ByteBuffer batch : batches) {
            int at = batch.position();
            while (at < batch.limit()) {
                end = Math.max(end, RecordBatch.nextOffset(batch, at));
                at += RecordBatch.sizeBytes(batch, at);
            }
        }
        return new Answer.Records(batches, end, logStart);
    }

    /** First offset at or after a time; the high watermark if there is none. */
    public CompletionStage<Long> offsetAt(PartitionRef partition, long timestampMs) {
        return tail.offsetAt(partition, timestampMs)
                .thenApplyAsync(
                        found -> {
                            if (found.offset() >= 0) {
                                return found.offset();
                            }
                            OptionalLong older =
                                    history.offsetAt(partition, timestampMs, found.tailStart());
                            return older.orElse(found.tailStart());
                        },
                        blocking);
    }

    private static boolean isOutOfReach(Throwable failure) {
        return unwrapped(failure) instanceof SluiceException error
                && (error.kind() == SluiceException.Kind.UNAVAILABLE
                        || error.kind() == SluiceException.Kind.UNKNOWN_OUTCOME);
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
