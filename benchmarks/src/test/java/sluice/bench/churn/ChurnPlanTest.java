package sluice.bench.churn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.bench.churn.ChurnPlan.Step;

/** What is drawn from a seed. */
class ChurnPlanTest {

    private static ChurnPlan plan(long seed) {
        return ChurnPlan.draw(
                new Random(seed), Duration.ofSeconds(60), Duration.ofSeconds(1), 3, 12, 20, 4);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4711})
    void seedDecidesAll(long seed) {
        assertEquals(plan(seed), plan(seed), "seed=" + seed);
        assertNotEquals(plan(seed), plan(seed + 1), "seed=" + seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4711})
    void asMuchHappensAsWasAskedFor(long seed) {
        ChurnPlan plan = plan(seed);
        assertEquals(20, plan.steps().stream().filter(Step.Kill.class::isInstance).count());
        assertEquals(4, plan.steps().stream().filter(Step.Stall.class::isInstance).count());
        assertEquals(60, plan.steps().stream().filter(Step.Towards.class::isInstance).count());
        long beforeMs = 0;
        for (Step step : plan.steps()) {
            assertTrue(
                    step.atMs() >= beforeMs && step.atMs() < 60_000,
                    "seed=" + seed + " step=" + step);
            beforeMs = step.atMs();
            if (step instanceof Step.Towards(_, int members)) {
                assertTrue(members >= 3 && members <= 12, "seed=" + seed + " step=" + step);
            }
        }
    }
}
