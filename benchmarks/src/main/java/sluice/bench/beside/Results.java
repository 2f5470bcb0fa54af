package sluice.bench.beside;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** All figures of all runs. */
public final class Results {

    /**
     * One measurement.
     *
     * @param run from 1
     * @param figures empty if it could not be made
     * @param times by what took them, in nanoseconds
     * @param note why it could not; empty if it could
     */
    public record Entry(
            int run,
            String system,
            String workload,
            String title,
            Map<String, Double> figures,
            Map<String, Histogram> times,
            String note) {}

    private final List<Entry> entries = new ArrayList<>();

    public void add(Entry entry) {
        entries.add(entry);
    }

    public List<Entry> entries() {
        return entries;
    }

    public Set<String> systems() {
        var systems = new LinkedHashSet<String>();
        entries.forEach(entry -> systems.add(entry.system()));
        return systems;
    }

    /** Titles by id. */
    public Map<String, String> workloads() {
        var workloads = new LinkedHashMap<String, String>();
        entries.forEach(entry -> workloads.put(entry.workload(), entry.title()));
        return workloads;
    }

    Set<String> figures(String workload) {
        var names = new LinkedHashSet<String>();
        of(workload).forEach(entry -> names.addAll(entry.figures().keySet()));
        return names;
    }

    /** What was timed, in the order in which it was told. */
    Set<String> timed(String workload) {
        var names = new LinkedHashSet<String>();
        of(workload).forEach(entry -> names.addAll(entry.times().keySet()));
        return names;
    }

    /** The times of all runs together, by system; without those that have none. */
    Map<String, Histogram> times(String workload, String what) {
        var bySystem = new LinkedHashMap<String, Histogram>();
        of(workload)
                .forEach(entry -> {
                    Histogram times = entry.times().get(what);
                    if (times != null && times.getTotalCount() > 0) {
                        bySystem.computeIfAbsent(entry.system(), _ -> new Histogram(3)).add(times);
                    }
                });
        return bySystem;
    }

    private Stream<Entry> of(String workload) {
        return entries.stream().filter(entry -> entry.workload().equals(workload));
    }

    /** Of all runs; empty if there is none. An even number has its lower middle. */
    OptionalDouble median(String system, String workload, String figure) {
        double[] sorted =
                of(workload)
                        .filter(entry -> entry.system().equals(system))
                        .filter(entry -> entry.figures().containsKey(figure))
                        .mapToDouble(entry -> entry.figures().get(figure))
                        .sorted()
                        .toArray();
        return sorted.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(sorted[(sorted.length - 1) / 2]);
    }
}
