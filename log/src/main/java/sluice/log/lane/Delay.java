package sluice.log.lane;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long something takes in a simulated world: drawn evenly between two bounds, both possible.
 */
public record Delay(Duration min, Duration max) {

    public static final Delay NONE = new Delay(Duration.ZERO, Duration.ZERO);

    public Delay {
        if (min.isNegative() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException("not a delay: min=" + min + " max=" + max);
        }
    }

    public static Delay ofMicros(long min, long max) {
        return new Delay(Duration.ofNanos(min * 1_000), Duration.ofNanos(max * 1_000));
    }

    /** The next delay; draws nothing where there is nothing to choose. */
    public Duration draw(RandomGenerator random) {
        long minNs = min.toNanos();
        long maxNs = max.toNanos();
        return minNs == maxNs ? min : Duration.ofNanos(random.nextLong(minNs, maxNs + 1));
    }
}
