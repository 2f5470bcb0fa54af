package sluice.log.lane;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one lane: first due, first run; of two due at once, the one added first.
 *
 * <p>Owned by whoever holds the lane. A cancelled timer is only marked, and leaves when its time
 * comes or when most of the heap is cancelled: so cancelling costs nothing, and long timers that
 * nobody wants any more hold no memory.
 */
final class LaneTimers {

    /** Cancelled timers below which the heap is not swept. */
    private static final int SWEEP_MIN = 64;

    private final PriorityQueue<Entry> heap = new PriorityQueue<>();
    private long nextSequence;
    private int cancelled;

    /** Adds a timer; one that was cancelled before it came here is left out. */
    void add(Entry timer) {
        if (!timer.isCancelled) {
            timer.sequence = nextSequence++;
            timer.isQueued = true;
            heap.add(timer);
        }
    }

    /** Cancels a timer, whether it is yet to be added, waits or has run. */
    void cancel(Entry timer) {
        if (timer.isCancelled) {
            return;
        }
        timer.isCancelled = true;
        if (timer.isQueued) {
            cancelled++;
            sweep();
        }
    }

    private void sweep() {
        if (cancelled >= SWEEP_MIN && cancelled > heap.size() / 2) {
            heap.removeIf(timer -> timer.isCancelled);
            cancelled = 0;
        }
    }

    /** The timer whose deadline comes first, cancelled or not; null if there is none. */
    @Nullable Entry first() {
        return heap.peek();
    }

    /** Timers that take memory, cancelled ones among them. */
    int size() {
        return heap.size();
    }

    /** Those of {@link #size} that are cancelled. */
    int cancelled() {
        return cancelled;
    }

    /** Whether {@link #pollDue} has something to do now. */
    boolean hasDue(Clock clock) {
        Entry first = heap.peek();
        return first != null && (first.isCancelled || first.isDue(clock.nowNs()));
    }

    /** Takes the task of the next timer that is due; null if none is. */
    @Nullable Runnable pollDue(long nowNs) {
        Entry first;
        while ((first = heap.peek()) != null && (first.isCancelled || first.isDue(nowNs))) {
            heap.poll();
            first.isQueued = false;
            if (!first.isCancelled) {
                return first.task;
            }
            cancelled--;
        }
        return null;
    }

    /** What runs at a deadline, in nanoseconds of the lane's clock. */
    static final class Entry implements Comparable<Entry> {
        private final long deadlineNs;
        private final Runnable task;
        private long sequence;
        private boolean isCancelled;
        private boolean isQueued;

        Entry(long deadlineNs, Runnable task) {
            this.deadlineNs = deadlineNs;
            this.task = task;
        }

        long deadlineNs() {
            return deadlineNs;
        }

        private boolean isDue(long nowNs) {
            return deadlineNs - nowNs <= 0;
        }

        @Override
        public int compareTo(Entry other) {
            // The clock's origin is arbitrary, so two deadlines are compared by their difference.
            long difference = deadlineNs - other.deadlineNs;
            return difference != 0
                    ? Long.signum(difference)
                    : Long.compare(sequence, other.sequence);
        }
    }
}
