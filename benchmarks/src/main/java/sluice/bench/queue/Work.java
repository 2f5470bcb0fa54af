package sluice.bench.queue;

import java.time.Duration;

/**
 * What consumers do with messages.
 *
 * @param quick how long one takes
 * @param slow how long each of the slow ones takes
 * @param slowEvery one of so many is slow; 0: none
 */
record Work(Duration quick, Duration slow, int slowEvery) {

    /** Takes nothing. */
    static final Work NONE = new Work(Duration.ZERO, Duration.ZERO, 0);

    boolean isSlow(long number) {
        return slowEvery > 0 && number % slowEvery == 0;
    }

    /** Behind the title of a workload. */
    String describe() {
        String all = quick.isZero() ? "" : ", each takes " + quick.toMillis() + " ms";
        return slowEvery == 0
                ? all
                : all + ", one in %d takes %d s".formatted(slowEvery, slow.toSeconds());
    }
}
