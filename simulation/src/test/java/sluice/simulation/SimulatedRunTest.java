package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Clusters under load and faults, from seeds: {@code -Dsluice.simulation.seeds=1000} runs more of
 * them, {@code -Dsluice.simulation.seed=4711} only that one.
 */
class SimulatedRunTest {

    private static final int SEEDS = Integer.getInteger("sluice.simulation.seeds", 24);
    private static final long FIRST_SEED = Long.getLong("sluice.simulation.first-seed", 1);

    @Test
    void whatWasAcknowledgedIsFoundOnceAtItsOffsetWhateverFailed() {
        Long only = Long.getLong("sluice.simulation.seed");
        if (only != null) {
            System.out.println(new SimulatedRun(only).run());
            return;
        }
        Map<String, Long> reached = new TreeMap<>();
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            new SimulatedRun(seed)
                    .run()
                    .forEach((what, count) -> reached.merge(what, count, Long::sum));
        }
        System.out.println("seeds=" + SEEDS + " reached=" + reached);
        for (Map.Entry<String, Long> each : reached.entrySet()) {
            assertTrue(each.getValue() > 0, () -> "never reached: " + each + " of " + reached);
        }
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        var first = new SimulatedRun(77);
        var second = new SimulatedRun(77);
        first.run();
        second.run();
        assertEquals(first.traceHash(), second.traceHash());
        var other = new SimulatedRun(78);
        other.run();
        assertTrue(first.traceHash() != other.traceHash());
    }
}
