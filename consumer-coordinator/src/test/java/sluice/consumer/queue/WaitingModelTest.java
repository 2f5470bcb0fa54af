package sluice.consumer.queue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.consumer.queue.WaitingRun.Breakage;

/** Where messages wait, whatever becomes of them in whatever order. */
class WaitingModelTest {

    private static final int STEPS = 500;

    @Test
    void eachMessageIsInOnePlaceAndNoneIsForgotten() {
        Seeds.assertDone(
                45,
                seed -> {
                    var run = new WaitingRun(seed, Breakage.NONE);
                    run.run(STEPS);
                    return Map.of(
                            "acknowledged",
                            run.acknowledged,
                            "reloads",
                            run.reloads,
                            "behind",
                            run.behind);
                },
                Map.of("acknowledged", 8_000, "reloads", 800, "behind", 1_000));
    }

    @ParameterizedTest
    @EnumSource(value = Breakage.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenRuleIsNoticed(Breakage breakage) {
        Seeds.assertNoticed(9, breakage, seed -> new WaitingRun(seed, breakage).run(STEPS));
    }
}
