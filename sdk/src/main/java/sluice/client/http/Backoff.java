package sluice.client.http;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits that double, with jitter so that clients that failed together do not return together. */
public record Backoff(Duration first, Duration max) {

    private static final int DOUBLINGS_MAX = 20;

    public Backoff {
        if (first.isNegative() || first.isZero() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException("not a back-off: first=" + first + " max=" + max);
        }
    }

    /**
     * Between a half and the whole of the doubled wait.
     *
     * @param round 0 for the wait after the first failure
     */
    public Duration delayAfter(int round, RandomGenerator random) {
        long doubledNs = first.toNanos() << Math.min(round, DOUBLINGS_MAX);
        long wholeNs = doubledNs < 0 ? max.toNanos() : Math.min(doubledNs, max.toNanos());
        return Duration.ofNanos(wholeNs / 2 + (long) (wholeNs / 2 * random.nextDouble()));
    }
}
