package sluice.consumer.session;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import sluice.consumer.Watermarks;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.log.batch.RecordBatch;
import sluice.log.lane.Delay;
import sluice.log.lane.VirtualTime;

/** Partitions in memory that keep the contract of {@link PartitionSource}, and can fail. */
final class MemorySource implements PartitionSource {

    private final VirtualTime.Scope scope;
    private final Delay delay;
    private final Map<TopicPartition, Log> logs = new HashMap<>();
    private final List<TopicPartition> asked = new ArrayList<>();
    private boolean isDown;
    private int waiting;

    private static final class Log {
        private final List<ByteBuffer> batches = new ArrayList<>();
        private final List<Runnable> polls = new ArrayList<>();
        private long logStart;
        private long highWatermark;
    }

    MemorySource(VirtualTime.Scope scope, Delay delay) {
        this.scope = scope;
        this.delay = delay;
    }

    /** Adds one batch of so many records. */
    void append(TopicPartition partition, int records, int valueBytes) {
        Log log = log(partition);
        log.batches.add(ScriptedSource.batch(log.highWatermark, records, valueBytes));
        log.highWatermark += records;
        var polls = List.copyOf(log.polls);
        log.polls.clear();
        polls.forEach(Runnable::run);
    }

    /** Retention takes what is before that. */
    void trim(TopicPartition partition, long logStart) {
        log(partition).logStart = logStart;
    }

    void setDown(boolean down) {
        isDown = down;
    }

    long highWatermark(TopicPartition partition) {
        return log(partition).highWatermark;
    }

    /** Partitions in the order in which they were asked for records. */
    List<TopicPartition> asked() {
        return asked;
    }

    /** Requests that wait for records now. */
    int waiting() {
        return waiting;
    }

    private Log log(TopicPartition partition) {
        return logs.computeIfAbsent(partition, _ -> new Log());
    }

    @Override
    public CompletionStage<Records> fetch(
            TopicPartition partition, long offset, int maxBytes, Duration wait) {
        asked.add(partition);
        var answer = new CompletableFuture<Records>();
        scope.schedule(
                delay.draw(scope.time().random()),
                () -> {
                    Log log = log(partition);
                    if (!isDown && offset == log.highWatermark && !wait.isZero()) {
                        waiting++;
                        Runnable give =
                                () -> {
                                    if (!answer.isDone()) {
                                        waiting--;
                                        answer(answer, () -> read(log, offset, maxBytes));
                                    }
                                };
                        log.polls.add(give);
                        scope.schedule(wait, give);
                    } else {
                        answer(answer, () -> read(log, offset, maxBytes));
                    }
                });
        return answer;
    }

    private <T> void answer(CompletableFuture<T> answer, Supplier<T> work) {
        try {
            if (isDown) {
                throw new SluiceException(SluiceException.Kind.UNAVAILABLE, "down", "down");
            }
            answer.complete(work.get());
        } catch (SluiceException e) {
            answer.completeExceptionally(e);
        }
    }

    private static Records read(Log log, long offset, int maxBytes) {
        if (offset < log.logStart || offset > log.highWatermark) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID, "offset-out-of-range", "offset=" + offset);
        }
        var found = new ArrayList<ByteBuffer>();
        int bytes = 0;
        for (ByteBuffer batch : log.batches) {
            if (RecordBatch.nextOffset(batch, 0) > offset
                    && (found.isEmpty() || bytes + batch.remaining() <= maxBytes)) {
                found.add(batch.duplicate());
                bytes += batch.remaining();
            } else if (!found.isEmpty()) {
                break;
            }
        }
        return new Records(found, new Watermarks(log.logStart, log.highWatermark));
    }

    @Override
    public CompletionStage<Watermarks> range(TopicPartition partition) {
        var answer = new CompletableFuture<Watermarks>();
        scope.schedule(
                delay.draw(scope.time().random()),
                () ->
                        answer(
                                answer,
                                () ->
                                        new Watermarks(
                                                log(partition).logStart,
                                                log(partition).highWatermark)));
        return answer;
    }
}
