package sluice.consumer.queue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.consumer.queue.ChoiceRun.Breakage;

/** What a queue promises of times, priorities, keys and tenants, while its owners come and go. */
class ChoiceSimulationTest {

    private static final int STEPS = 150;

    @Test
    void itKeepsItsPromises() {
        Seeds.assertDone(
                48,
                seed -> {
                    var run = new ChoiceRun(seed, Breakage.NONE);
                    run.run(STEPS);
                    return Map.of(
                            "delivered",
                            run.delivered,
                            "failovers",
                            run.failovers,
                            "waited",
                            run.waited,
                            "expired",
                            run.expired);
                },
                Map.of("delivered", 5_000, "failovers", 300, "waited", 500, "expired", 200));
    }

    @ParameterizedTest
    @EnumSource(value = Breakage.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenRuleIsNoticed(Breakage breakage) {
        Seeds.assertNoticed(32, breakage, seed -> new ChoiceRun(seed, breakage).run(STEPS));
    }
}
