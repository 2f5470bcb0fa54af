package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.consumer.queue.QueuesRun.Breakage;

/** What a queue promises while its owners come and go, and its writes fail. */
class QueuesSimulationTest {

    private static final int STEPS = 250;

    @Test
    void itKeepsItsPromises() {
        int acknowledged = 0;
        int failovers = 0;
        int unknown = 0;
        int again = 0;
        for (long seed = 1; seed <= 40; seed++) {
            var run = new QueuesRun(seed, Breakage.NONE);
            run.run(STEPS);
            acknowledged += run.acknowledged;
            failovers += run.failovers;
            unknown += run.unknown;
            again += run.again;
        }
        String seen =
                "acknowledged=%d failovers=%d unknown=%d again=%d"
                        .formatted(acknowledged, failovers, unknown, again);
        assertTrue(acknowledged > 1_000 && failovers > 200 && unknown > 50 && again > 200, seen);
    }

    @ParameterizedTest
    @EnumSource(value = Breakage.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenRuleIsNoticed(Breakage breakage) {
        assertThrows(
                AssertionError.class,
                () -> {
                    for (long seed = 1; seed <= 10; seed++) {
                        new QueuesRun(seed, breakage).run(STEPS);
                    }
                },
                () -> breakage + " was not noticed");
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        var first = new QueuesRun(5, Breakage.NONE);
        var second = new QueuesRun(5, Breakage.NONE);
        first.run(STEPS);
        second.run(STEPS);

        assertEquals(first.trace(), second.trace());
    }
}
