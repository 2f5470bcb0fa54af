package sluice.simulation;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** How often what was reached: situations, and faults. What is declared and at zero is a hole. */
final class Coverage {

    private final Map<String, Long> counts = new TreeMap<>();

    void declare(String... names) {
        for (String name : names) {
            counts.putIfAbsent(name, 0L);
        }
    }

    void count(String name) {
        counts.merge(name, 1L, Long::sum);
    }

    void add(String name, long more) {
        counts.merge(name, more, Long::sum);
    }

    /** Of values that are no counts, the largest is kept; their names begin with "longest". */
    void max(String name, long value) {
        counts.merge(name, value, Math::max);
    }

    /** Adds what another run reached. */
    void addAll(Coverage other) {
        other.counts.forEach((name, value) -> {
            if (name.startsWith("longest")) {
                max(name, value);
            } else {
                add(name, value);
            }
        });
    }

    long of(String name) {
        return counts.getOrDefault(name, 0L);
    }

    /** By name, in order. */
    Map<String, Long> counts() {
        return Collections.unmodifiableMap(counts);
    }
}
