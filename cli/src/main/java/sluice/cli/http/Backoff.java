package sluice.cli.http;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits that double, with jitter so that callers who failed together do not return together. */
public record Backoff(Duration first, Duration max, RandomGenerator random) {

    private static final int DOUBLINGS_MAX = 20;

    public Backoff {
        if (first.isNegative() || max.compareTo(first) < 0) {
            throw new IllegalArgumentException("not a back-off: first=" + first + " max=" + max);
        }
    }

    /**
     * Between a half and the whole of the doubled wait.
     *
     * @param round 0 for the wait after the first failure
     */
    Duration delayAfter(int round) {
        long doubledNs = first.toNanos() << Math.min(round, DOUBLINGS_MAX);
        long wholeNs = Math.min(doubledNs, max.toNanos());
        return Duration.ofNanos(wholeNs / 2 + (long) (wholeNs / 2 * random.nextDouble()));
    }
}
