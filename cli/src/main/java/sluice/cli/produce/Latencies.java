package sluice.cli.produce;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Durations counted in classes that grow by an eighth, so that a percentile is right to about 12 %,
 * in constant memory. Callable from many threads.
 */
final class Latencies {

    private static final int STEPS_PER_DOUBLING = 8;

    /** From 1 µs to over an hour. */
    private static final int CLASSES = 32 * STEPS_PER_DOUBLING;

    private final AtomicLongArray counts = new AtomicLongArray(CLASSES);

    void add(long durationNs) {
        double us = Math.max(1, durationNs / 1e3);
        int at = (int) (Math.log(us) / Math.log(2) * STEPS_PER_DOUBLING);
        counts.incrementAndGet(Math.min(at, CLASSES - 1));
    }

    /**
     * The duration, in milliseconds, that {@code share} of all stayed within; 0 if there was none.
     */
    double percentileMs(double share) {
        long total = 0;
        for (int at = 0; at < CLASSES; at++) {
            total += counts.get(at);
        }
        long wanted = (long) Math.ceil(total * share);
        long seen = 0;
        for (int at = 0; at < CLASSES; at++) {
            seen += counts.get(at);
            if (seen >= wanted && seen > 0) {
                return Math.pow(2, (at + 1) / (double) STEPS_PER_DOUBLING) / 1e3;
            }
        }
        return 0;
    }
}
