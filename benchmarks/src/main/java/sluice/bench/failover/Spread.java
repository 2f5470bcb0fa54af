package sluice.bench.failover;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** How measured times are spread, in seconds. Percentiles are measured values, none made up. */
record Spread(int count, double min, double median, double p90, double max) {

    /** Empty if there is nothing to tell of. */
    static Optional<Spread> of(Collection<Duration> times) {
        if (times.isEmpty()) {
            return Optional.empty();
        }
        List<Double> sorted = times.stream().map(time -> time.toNanos() / 1e9).sorted().toList();
        return Optional.of(
                new Spread(
                        sorted.size(),
                        sorted.getFirst(),
                        at(sorted, 0.5),
                        at(sorted, 0.9),
                        sorted.getLast()));
    }

    /** The smallest value that is not below the given share of all. */
    private static double at(List<Double> sorted, double share) {
        int index = (int) Math.ceil(share * sorted.size()) - 1;
        return sorted.get(Math.max(0, index));
    }
}
