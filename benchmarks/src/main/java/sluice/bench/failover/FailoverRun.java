package sluice.bench.failover;

import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one run measured.
 *
 * @param number from 1
 * @param gateway to which it was done, from 1
 * @param gaps for each partition that the gateway owned (or took over): the longest time without an
 *     acknowledgement from the fault on, or from the readiness of one that joins
 * @param silent partitions that took no write any more within the bound; their gaps are the bound
 * @param times other times from the fault on, by what happened then
 * @param notes what a reader should know of this run
 */
record FailoverRun(
        int number,
        int gateway,
        Map<Integer, Duration> gaps,
        int silent,
        Map<String, Duration> times,
        String notes) {

    FailoverRun {
        gaps = new TreeMap<>(gaps);
        times = new LinkedHashMap<>(times);
    }

    Optional<Duration> worst() {
        return gaps.values().stream().max(Comparator.naturalOrder());
    }
}
