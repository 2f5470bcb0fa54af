package sluice.bench.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** All figures of all runs. */
final class Results {

    /**
     * One measurement.
     *
     * @param run from 1
     * @param figures empty if it could not be made
     * @param note why it could not; empty if it could
     */
    record Entry(
            int run,
            String system,
            String workload,
            String title,
            Map<String, Double> figures,
            String note) {}

    private final List<Entry> entries = new ArrayList<>();

    void add(Entry entry) {
        entries.add(entry);
    }

    List<Entry> entries() {
        return entries;
    }

    Set<String> systems() {
        var systems = new LinkedHashSet<String>();
        entries.forEach(entry -> systems.add(entry.system()));
        return systems;
    }

    /** Titles by id. */
    Map<String, String> workloads() {
        var workloads = new LinkedHashMap<String, String>();
        entries.forEach(entry -> workloads.put(entry.workload(), entry.title()));
        return workloads;
    }

    Set<String> figures(String workload) {
        var names = new LinkedHashSet<String>();
        entries.stream()
                .filter(entry -> entry.workload().equals(workload))
                .forEach(entry -> names.addAll(entry.figures().keySet()));
        return names;
    }

    /** Of all runs; empty if there is none. An even number has its lower middle. */
    OptionalDouble median(String system, String workload, String figure) {
        double[] sorted =
                entries.stream()
                        .filter(entry -> entry.system().equals(system))
                        .filter(entry -> entry.workload().equals(workload))
                        .filter(entry -> entry.figures().containsKey(figure))
                        .mapToDouble(entry -> entry.figures().get(figure))
                        .sorted()
                        .toArray();
        return sorted.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(sorted[(sorted.length - 1) / 2]);
    }
}
