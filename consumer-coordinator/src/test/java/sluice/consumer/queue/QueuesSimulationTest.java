package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.consumer.queue.QueuesRun.Breakage;

/** What a queue promises while its owners come and go, and its writes fail. */
class QueuesSimulationTest {

    private static final int STEPS = 250;

    @Test
    void itKeepsItsPromises() {
        Seeds.assertDone(
                40,
                seed -> {
                    var run = new QueuesRun(seed, Breakage.NONE);
                    run.run(STEPS);
                    return Map.of(
                            "acknowledged",
                            run.acknowledged,
                            "failovers",
                            run.failovers,
                            "unknown",
                            run.unknown,
                            "again",
                            run.again);
                },
                Map.of("acknowledged", 1_000, "failovers", 200, "unknown", 50, "again", 200));
    }

    @ParameterizedTest
    @EnumSource(value = Breakage.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenRuleIsNoticed(Breakage breakage) {
        Seeds.assertNoticed(10, breakage, seed -> new QueuesRun(seed, breakage).run(STEPS));
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
