package sluice.consumer.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.consumer.PartitionRef;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;

/**
 * Writes a queue's changes to its state log, and lets answers wait for them.
 *
 * <p>What comes while the lane has other work, or while {@link #UNDER_WAY_MAX} batches are on their
 * way, goes into one batch. An answer is given once all changes before it are durable. If a batch
 * fails, nothing after it was appended either, since each names the offset at which it belongs;
 * then the writer has ended, and the state in memory with it. Owned by the queues' lane.
 */
final class StateWriter {

    private static final int UNDER_WAY_MAX = 4;
    private static final int BATCH_BYTES_MAX = 512 * 1024;
    private static final int FULL_BATCHES_MAX = 64;

    /** What waits for a batch. */
    private record Waiter(Runnable durable, Consumer<SluiceException> failed) {}

    private static final class Batch {
        final List<byte[]> changes = new ArrayList<>();
        final List<Waiter> waiters = new ArrayList<>();
        int bytes;

        /** Where a snapshot begins of which this batch has the end; −1 if it has none. */
        long completes = StateBatch.NO_SNAPSHOT;

        boolean isEnded;
        Optional<SluiceException> failure = Optional.empty();
    }

    private final QueueLogs logs;
    private final Lane lane;
    private final Consumer<SluiceException> lost;
    private PartitionRef log;
    private long nextOffset;
    private long snapshotAt;
    private final ArrayDeque<Batch> full = new ArrayDeque<>();
    private final ArrayDeque<Batch> underWay = new ArrayDeque<>();
    private @Nullable Batch open;
    private boolean isFlushQueued;
    private @Nullable SluiceException over;

    /**
     * @param nextOffset at which the log ends
     * @param snapshotAt where the last whole snapshot begins, or {@link StateBatch#NO_SNAPSHOT}
     * @param lost told once if a batch failed
     */
    StateWriter(
            QueueLogs logs,
            Lane lane,
            PartitionRef log,
            long nextOffset,
            long snapshotAt,
            Consumer<SluiceException> lost) {
        this.logs = logs;
        this.lane = lane;
        this.log = log;
        this.nextOffset = nextOffset;
        this.snapshotAt = snapshotAt;
        this.lost = lost;
    }

    /** From now on what is written is kept as long as this says. */
    void writeTo(PartitionRef next) {
        log = next;
    }

    long snapshotAt() {
        return snapshotAt;
    }

    /** True if so much waits for the log that nothing more may come. */
    boolean isFull() {
        return full.size() >= FULL_BATCHES_MAX;
    }

    boolean isIdle() {
        return open == null && full.isEmpty() && underWay.isEmpty();
    }

    /** Adds changes; returns their bytes. */
    int write(List<Change> changes) {
        int bytes = 0;
        for (Change each : changes) {
            bytes += write(ChangeCodec.encode(each));
        }
        return bytes;
    }

    private int write(byte[] encoded) {
        Batch batch = open;
        if (batch == null || batch.bytes + encoded.length > BATCH_BYTES_MAX) {
            if (batch != null) {
                full.addLast(batch);
            }
            batch = new Batch();
            open = batch;
        }
        batch.changes.add(encoded);
        batch.bytes += encoded.length;
        flushSoon();
        return encoded.length;
    }

    /** Writes a whole state; returns its bytes. */
    int writeSnapshot(List<Change> snapshot) {
        long at = nextOffset;
        for (Batch each : full) {
            at += each.changes.size();
        }
        Batch before = open;
        at += before == null ? 0 : before.changes.size();
        int bytes = write(snapshot);
        Batch last = open;
        if (last != null) {
            last.completes = at;
        }
        return bytes;
    }

    /** Goes on once all that was written so far is durable, now if it is. */
    void whenDurable(Runnable durable, Consumer<SluiceException> failed) {
        SluiceException error = over;
        Batch last = open != null ? open : !full.isEmpty() ? full.getLast() : underWay.peekLast();
        if (error != null) {
            failed.accept(error);
        } else if (last == null) {
            durable.run();
        } else {
            last.waiters.add(new Waiter(durable, failed));
        }
    }

    private void flushSoon() {
        if (!isFlushQueued && underWay.size() < UNDER_WAY_MAX) {
            isFlushQueued = true;
            // Behind what is in the mailbox already: that goes into the same batch.
            lane.execute(this::flush);
        }
    }

    private void flush() {
        isFlushQueued = false;
        while (over == null
                && underWay.size() < UNDER_WAY_MAX
                && (open != null || !full.isEmpty())) {
            Batch next = full.pollFirst();
            if (next == null) {
                next = open;
                open = null;
            }
            if (next != null) {
                send(next);
            }
        }
    }

    private void send(Batch batch) {
        underWay.addLast(batch);
        long at = nextOffset;
        nextOffset += batch.changes.size();
        var bytes = StateBatch.build(batch.changes, snapshotAt, lane.wallMs());
        if (batch.completes != StateBatch.NO_SNAPSHOT) {
            // Batches after this one are durable only if this one is.
            snapshotAt = batch.completes;
        }
        batch.changes.clear();
        Stages.then(
                logs.append(log, at, bytes),
                lane,
                _ -> ended(batch, Optional.empty()),
                error -> ended(batch, Optional.of(error)));
    }

    private void ended(Batch batch, Optional<SluiceException> failure) {
        batch.isEnded = true;
        batch.failure = failure;
        while (over == null && !underWay.isEmpty() && underWay.getFirst().isEnded) {
            Batch first = underWay.removeFirst();
            if (first.failure.isPresent()) {
                stop(first.waiters, honest(first.failure.get()));
            } else {
                first.waiters.forEach(each -> each.durable().run());
            }
        }
        if (over == null) {
            flush();
        }
    }

    /** What a failed append means for those whose changes were in it, or after it. */
    private static SluiceException honest(SluiceException error) {
        return switch (error.kind()) {
            case INVALID, NOT_FOUND, CONFLICT, FENCED, UNAVAILABLE, OVERLOADED ->
                    new SluiceException(
                            SluiceException.Kind.UNAVAILABLE,
                            "queue-moved",
                            "the state of the queue could not be written, and is read anew: cause=%s; nothing was done, retry"
                                    .formatted(error.getMessage()),
                            error);
            case UNKNOWN_OUTCOME, DATA -> unknown(error);
        };
    }

    private static SluiceException unknown(SluiceException error) {
        return new SluiceException(
                SluiceException.Kind.UNKNOWN_OUTCOME,
                error.code(),
                "it is not known whether the state of the queue was written: cause=%s; repeat what is the same twice as once"
                        .formatted(error.getMessage()),
                error);
    }

    /**
     * Ends the writer: whoever waits for what is under way cannot know, the others can.
     *
     * @param why UNAVAILABLE
     */
    void stop(SluiceException why) {
        if (over != null) {
            return;
        }
        var waiters = new ArrayList<Waiter>();
        underWay.forEach(each -> waiters.addAll(each.waiters));
        over = why;
        underWay.clear();
        waiters.forEach(each -> each.failed().accept(unknown(why)));
        failRest(why);
    }

    private void stop(List<Waiter> waiters, SluiceException why) {
        over = why;
        waiters.forEach(each -> each.failed().accept(why));
        underWay.forEach(batch -> batch.waiters.forEach(each -> each.failed().accept(why)));
        underWay.clear();
        failRest(why);
        lost.accept(why);
    }

    private void failRest(SluiceException why) {
        SluiceException notDone =
                why.kind() == SluiceException.Kind.UNKNOWN_OUTCOME ? moved() : why;
        full.forEach(batch -> batch.waiters.forEach(each -> each.failed().accept(notDone)));
        full.clear();
        Batch last = open;
        open = null;
        if (last != null) {
            last.waiters.forEach(each -> each.failed().accept(notDone));
        }
    }

    static SluiceException moved() {
        return new SluiceException(
                SluiceException.Kind.UNAVAILABLE,
                "queue-moved",
                "the queue is let go here, or its state is read anew; nothing was done, retry");
    }
}
