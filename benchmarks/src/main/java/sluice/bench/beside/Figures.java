package sluice.bench.beside;

import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What one measurement came to, by name; units are in the names. */
public final class Figures {

    private static final double MIB = 1 << 20;
    private static final double GIB = 1 << 30;

    private final Map<String, Double> values = new LinkedHashMap<>();
    private final Map<String, Histogram> times = new LinkedHashMap<>();

    public Map<String, Double> values() {
        return values;
    }

    /** All times by what took them, in nanoseconds. */
    public Map<String, Histogram> times() {
        return times;
    }

    public Figures put(String name, double value) {
        values.put(name, value);
        return this;
    }

    public Figures throughput(long bytes, double seconds) {
        return put("MiB/s", bytes / MIB / seconds);
    }

    /** Processor seconds for each GiB that was written. */
    public Figures cpu(CpuTimes spent, long bytes) {
        return put("CPU s/GiB nodes", spent.nodes() * GIB / bytes)
                .put("CPU s/GiB stores", spent.stores() * GIB / bytes)
                .put("CPU s/GiB client", spent.client() * GIB / bytes);
    }

    /**
     * @param what of which these are the times, in nanoseconds
     */
    public Figures latency(String what, Histogram took) {
        times.put(what, took.copy());
        return put(what + " p50 ms", took.getValueAtPercentile(50) / 1e6)
                .put(what + " p99 ms", took.getValueAtPercentile(99) / 1e6)
                .put(what + " p99.9 ms", took.getValueAtPercentile(99.9) / 1e6)
                .put(what + " max ms", took.getMaxValue() / 1e6);
    }
}
