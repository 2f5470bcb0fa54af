package sluice.log.wal.protocol;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The world can tell a wal that keeps its rules from one that breaks any of them. */
class WalBreakageTest {

    private static final int SEEDS_MAX = 1_000;

    @ParameterizedTest
    @EnumSource(value = Breakage.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenRuleIsMissed(Breakage breakage) {
        assertTrue(seedsUntilMissed(breakage) <= SEEDS_MAX, "nobody misses the rule: " + breakage);
    }

    private static int seedsUntilMissed(Breakage breakage) {
        for (int seed = 0; seed < SEEDS_MAX; seed++) {
            try {
                new WalRun(seed, breakage).run();
            } catch (AssertionError missed) {
                return seed + 1;
            }
        }
        return SEEDS_MAX + 1;
    }
}
