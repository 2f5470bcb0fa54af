package sluice.consumer.queue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a queue promises, whatever is asked of it in whatever order. */
class QueueMachineModelTest {

    private static final int STEPS = 600;

    @Test
    void itKeepsItsPromises() {
        Seeds.assertDone(
                60,
                seed -> {
                    var run = new QueueRun(seed, Breakage.NONE);
                    run.run(STEPS);
                    return Map.of(
                            "acknowledged",
                            run.acknowledged,
                            "reloads",
                            run.reloads,
                            "refused",
                            run.refused,
                            "dead",
                            run.dead);
                },
                Map.of("acknowledged", 5_000, "reloads", 1_000, "refused", 200, "dead", 100));
    }

    @ParameterizedTest
    @EnumSource(value = Breakage.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenRuleIsNoticed(Breakage breakage) {
        Seeds.assertNoticed(5, breakage, seed -> new QueueRun(seed, breakage).run(STEPS));
    }
}
