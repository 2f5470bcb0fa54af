package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.consumer.queue.ChoiceRun.Breakage;

/** What a queue promises of times, priorities, keys and tenants, while its owners come and go. */
class ChoiceSimulationTest {

    private static final int STEPS = 150;

    @Test
    void itKeepsItsPromises() {
        int delivered = 0;
        int failovers = 0;
        int waited = 0;
        int expired = 0;
        for (long seed = 1; seed <= 48; seed++) {
            var run = new ChoiceRun(seed, Breakage.NONE);
            run.run(STEPS);
            delivered += run.delivered;
            failovers += run.failovers;
            waited += run.waited;
            expired += run.expired;
        }
        String seen =
                "delivered=%d failovers=%d waited=%d expired=%d"
                        .formatted(delivered, failovers, waited, expired);
        assertTrue(delivered > 5_000 && failovers > 300 && waited > 500 && expired > 200, seen);
    }

    @ParameterizedTest
    @EnumSource(value = Breakage.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenRuleIsNoticed(Breakage breakage) {
        assertThrows(
                AssertionError.class,
                () -> {
                    for (long seed = 1; seed <= 32; seed++) {
                        new ChoiceRun(seed, breakage).run(STEPS);
                    }
                },
                () -> breakage + " was not noticed");
    }
}
