package sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Explores within a time, and prints what was explored. */
final class Explorations {

    /** {@code -Dsluice.model.depth=deep} explores larger configurations too. */
    static final boolean DEEP = System.getProperty("sluice.model.depth", "").equals("deep");

    /** Of this thread on a processor: a busy machine explores as much, only later. */
    private static final Duration TIME_MAX = Duration.ofSeconds(DEEP ? 900 : 120);

    private static final Duration PROGRESS_EVERY = Duration.ofSeconds(10);
    private static final int STATES_MAX = DEEP ? 40_000_000 : 4_000_000;

    private Explorations() {}

    static Explorer.Found explore(String name, Model model) {
        long begunNs = System.nanoTime();
        long begunCpuNs = cpuNs();
        var saidNs = new AtomicLong(begunNs);
        var explorer =
                new Explorer(
                        model,
                        states -> {
                            if (System.nanoTime() - saidNs.get() > PROGRESS_EVERY.toNanos()) {
                                saidNs.set(System.nanoTime());
                                System.out.printf("  %s: %,d states so far%n", name, states);
                            }
                            return states < STATES_MAX && cpuNs() - begunCpuNs < TIME_MAX.toNanos();
                        });
        Explorer.Found found = explorer.explore();
        System.out.printf(
                "model %-60s %,10d states %,11d steps depth %2d %s %5.1f s%n",
                name,
                found.states(),
                found.steps(),
                found.depth(),
                found.isComplete() ? "complete" : "INCOMPLETE",
                (System.nanoTime() - begunNs) / 1e9);
        return found;
    }

    /**
     * Explores a model with rules left out.
     *
     * @param finds how the problem begins that must be found; empty if there must be none
     * @param steps of the shortest way to it
     */
    static void assertFinds(String name, Model model, String finds, int steps) {
        Explorer.Found found = explore(name, model);
        if (finds.isEmpty()) {
            assertEquals(Optional.empty(), found.problem(), () -> name + ": " + found);
            return;
        }
        Explorer.Problem problem =
                found.problem()
                        .orElseThrow(() -> new AssertionError(name + " was not found in " + found));
        assertTrue(problem.what().startsWith(finds), problem::toString);
        assertEquals(steps, problem.trace().size(), problem::toString);
    }

    private static long cpuNs() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
