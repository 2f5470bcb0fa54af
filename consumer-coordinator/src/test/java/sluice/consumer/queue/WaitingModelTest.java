package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.consumer.queue.WaitingRun.Breakage;

/** Where messages wait, whatever becomes of them in whatever order. */
class WaitingModelTest {

    private static final int STEPS = 500;

    @Test
    void eachMessageIsInOnePlaceAndNoneIsForgotten() {
        int acknowledged = 0;
        int reloads = 0;
        int behind = 0;
        for (long seed = 1; seed <= 45; seed++) {
            var run = new WaitingRun(seed, Breakage.NONE);
            run.run(STEPS);
            acknowledged += run.acknowledged;
            reloads += run.reloads;
            behind += run.behind;
        }
        String seen =
                "acknowledged=%d reloads=%d behind=%d".formatted(acknowledged, reloads, behind);
        assertTrue(acknowledged > 8_000 && reloads > 800 && behind > 1_000, seen);
    }

    @ParameterizedTest
    @EnumSource(value = Breakage.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenRuleIsNoticed(Breakage breakage) {
        assertThrows(
                AssertionError.class,
                () -> {
                    for (long seed = 1; seed <= 9; seed++) {
                        new WaitingRun(seed, breakage).run(STEPS);
                    }
                },
                () -> breakage + " was not noticed");
    }
}
