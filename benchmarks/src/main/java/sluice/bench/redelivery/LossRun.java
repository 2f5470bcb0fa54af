package sluice.bench.redelivery;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one run measured.
 *
 * @param number from 1
 * @param times by what took them
 * @param counts by what was counted
 * @param notes what a reader should know of this run; may be empty
 */
record LossRun(int number, Map<String, Duration> times, Map<String, Integer> counts, String notes) {
    LossRun {
        times = new LinkedHashMap<>(times);
        counts = new LinkedHashMap<>(counts);
    }
}
