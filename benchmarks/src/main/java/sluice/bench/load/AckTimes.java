package sluice.bench.load;

import java.time.Duration;
import java.util.Arrays;

/** When a partition's appends were acknowledged. Callable from many threads. */
public final class AckTimes {

    private long[] times = new long[1024];
    private int count;

    synchronized void add(long nowNs) {
        if (count == times.length) {
            times = Arrays.copyOf(times, 2 * count);
        }
        times[count++] = nowNs;
        notifyAll();
    }

    public synchronized int count() {
        return count;
    }

    /** How many there were since. */
    public synchronized int countSince(long sinceNs) {
        int found = 0;
        for (int i = count - 1; i >= 0 && times[i] - sinceNs > 0; i--) {
            found++;
        }
        return found;
    }

    /**
     * The longest time without an acknowledgement between the two moments; all of it if there was
     * none.
     */
    public synchronized Duration longestSilence(long fromNs, long toNs) {
        long longest = 0;
        long last = fromNs;
        for (int i = 0; i < count; i++) {
            long at = times[i];
            if (at - fromNs > 0 && at - toNs < 0) {
                longest = Math.max(longest, at - last);
                last = at;
            }
        }
        return Duration.ofNanos(Math.max(longest, toNs - last));
    }

    /**
     * Waits for an acknowledgement after that moment.
     *
     * @return false if there was none in time
     */
    public synchronized boolean awaitSince(long sinceNs, Duration max) throws InterruptedException {
        long deadlineNs = System.nanoTime() + max.toNanos();
        while (count == 0 || times[count - 1] - sinceNs <= 0) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                return false;
            }
            wait(leftMs);
        }
        return true;
    }
}
