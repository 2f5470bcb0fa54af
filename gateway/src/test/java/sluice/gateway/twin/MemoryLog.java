package sluice.gateway.twin;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import sluice.engine.Engine.Appended;
import sluice.engine.Engine.Fetched;
import sluice.log.SluiceException;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;

/** One partition's log in memory; all its methods run on the twin's one thread. */
final class MemoryLog {

    private static final long FIRST_IDEMPOTENCY_KEY = 1L << 62;

    private record Sequence(long producerId, short epoch, int baseSequence) {}

    private record Poll(long offset, int maxBytes, CompletableFuture<Fetched> answer) {}

    private final Executor lane;
    private final List<ByteBuffer> batches = new ArrayList<>();
    private final Map<Sequence, Long> offsetBySequence = new HashMap<>();
    private final Map<Long, Integer> nextSequence = new HashMap<>();
    private final List<Poll> polls = new ArrayList<>();
    private long logStart;
    private long highWatermark;

    MemoryLog(Executor lane) {
        this.lane = lane;
    }

    Appended append(ByteBuffer batch) {
        long producerId = RecordBatch.producerId(batch, 0);
        if (producerId == RecordBatch.NO_PRODUCER_ID) {
            return new Appended(add(batch), false);
        }
        int baseSequence = RecordBatch.baseSequence(batch, 0);
        var sequence = new Sequence(producerId, RecordBatch.producerEpoch(batch, 0), baseSequence);
        Long before = offsetBySequence.get(sequence);
        if (before != null) {
            return new Appended(before, true);
        }
        checkSequence(producerId, baseSequence);
        nextSequence.put(producerId, baseSequence + RecordBatch.recordCount(batch, 0));
        long offset = add(batch);
        offsetBySequence.put(sequence, offset);
        return new Appended(offset, false);
    }

    private void checkSequence(long producerId, int baseSequence) {
        Integer expected = nextSequence.get(producerId);
        if (producerId >= FIRST_IDEMPOTENCY_KEY) {
            if (expected != null) {
                throw new SluiceException(
                        SluiceException.Kind.CONFLICT,
                        "idempotency-key-reused",
                        "the key came with another body before");
            }
        } else if (baseSequence != (expected == null ? 0 : expected)) {
            throw new SluiceException(
                    SluiceException.Kind.CONFLICT,
                    "out-of-order-sequence",
                    "expected=%d found=%d".formatted(expected, baseSequence));
        }
    }

    /** Takes the batch as it is, even if it could not be read again. */
    long add(ByteBuffer batch) {
        long baseOffset = highWatermark;
        RecordBatch.setBaseOffset(batch, 0, baseOffset);
        batches.add(batch);
        highWatermark = RecordBatch.nextOffset(batch, 0);
        polls.removeIf(poll -> poll.answer().complete(read(poll.offset(), poll.maxBytes())));
        return baseOffset;
    }

    CompletionStage<Fetched> fetch(long offset, int maxBytes, Duration wait) {
        if (offset < logStart || offset > highWatermark) {
            return CompletableFuture.failedStage(
                    new SluiceException(
                            SluiceException.Kind.INVALID,
                            "offset-out-of-range",
                            "offset=%d".formatted(offset)));
        }
        if (offset < highWatermark || wait.isZero()) {
            return CompletableFuture.completedStage(read(offset, maxBytes));
        }
        var poll = new Poll(offset, maxBytes, new CompletableFuture<>());
        polls.add(poll);
        CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS, lane)
                .execute(() -> {
                    if (polls.remove(poll)) {
                        poll.answer().complete(read(offset, maxBytes));
                    }
                });
        return poll.answer();
    }

    private Fetched read(long offset, int maxBytes) {
        var found = new ArrayList<ByteBuffer>();
        int bytes = 0;
        for (ByteBuffer batch : batches) {
            boolean isWanted = RecordBatch.nextOffset(batch, 0) > offset;
            if (isWanted && (found.isEmpty() || bytes + batch.limit() <= maxBytes)) {
                found.add(batch.duplicate());
                bytes += batch.limit();
            }
        }
        return new Fetched(found, highWatermark, logStart);
    }

    long offsetAt(long timestampMs) {
        long[] found = {highWatermark};
        for (ByteBuffer batch : batches) {
            boolean isFurther =
                    BatchReader.forEach(
                            batch,
                            0,
                            record -> {
                                if (record.timestampMs() >= timestampMs) {
                                    found[0] = record.offset();
                                    return false;
                                }
                                return true;
                            });
            if (!isFurther) {
                break;
            }
        }
        return found[0];
    }

    void trimTo(long offset) {
        logStart = offset;
        batches.removeIf(batch -> RecordBatch.nextOffset(batch, 0) <= offset);
    }

    long logStart() {
        return logStart;
    }

    long highWatermark() {
        return highWatermark;
    }

    int polls() {
        return polls.size();
    }
}
