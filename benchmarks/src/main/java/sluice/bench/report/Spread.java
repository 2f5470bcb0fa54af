package sluice.bench.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** How measured values are spread. Percentiles are measured values, none made up. */
public record Spread(int count, double min, double median, double p90, double p99, double max) {

    /** Of times, in seconds; empty if there is nothing to tell of. */
    public static Optional<Spread> of(Collection<Duration> times) {
        return ofNumbers(times.stream().map(time -> time.toNanos() / 1e9).toList());
    }

    /** Empty if there is nothing to tell of. */
    public static Optional<Spread> ofNumbers(Collection<Double> values) {
        if (values.isEmpty()) {
            return Optional.empty();
        }
        List<Double> sorted = values.stream().sorted().toList();
        return Optional.of(
                new Spread(
                        sorted.size(),
                        sorted.getFirst(),
                        at(sorted, 0.5),
                        at(sorted, 0.9),
                        at(sorted, 0.99),
                        sorted.getLast()));
    }

    /** The smallest value that is not below the given share of all. */
    private static double at(List<Double> sorted, double share) {
        int index = (int) Math.ceil(share * sorted.size()) - 1;
        return sorted.get(Math.max(0, index));
    }

    /** As a field of the object that is being written. */
    public void write(JsonGenerator json, String name) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("count", count);
        json.writeNumberField("min", min);
        json.writeNumberField("median", median);
        json.writeNumberField("p90", p90);
        json.writeNumberField("p99", p99);
        json.writeNumberField("max", max);
        json.writeEndObject();
    }
}
