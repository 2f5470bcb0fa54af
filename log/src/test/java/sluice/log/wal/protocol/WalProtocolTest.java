package sluice.log.wal.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/**
 * What an owner commits is in the recovered log, whatever goes wrong with two of three disks:
 * faults F1 to F4, F6, F8, F10 to F13, F15 to F17, F19 and F21, from a seed.
 */
class WalProtocolTest {

    private static final int SEEDS = Integer.getInteger("sluice.wal.seeds", 300);

    @Test
    void whatIsCommittedIsRecoveredAndNothingIsCommittedAfterwards() {
        var coverage = new Coverage();
        for (long seed = 0; seed < SEEDS; seed++) {
            coverage.add(new WalRun(seed, Breakage.NONE).run());
        }
        for (Coverage.Of what : Coverage.Of.values()) {
            assertTrue(coverage.of(what) > 0, "never reached: " + what + " in " + coverage);
        }
    }

    @Test
    void theSameSeedIsTheSameRun() {
        for (long seed : new long[] {4, 17}) {
            var one = new WalRun(seed, Breakage.NONE);
            var other = new WalRun(seed, Breakage.NONE);
            one.run();
            other.run();
            assertEquals(one.traceHash(), other.traceHash(), "seed=" + seed);
        }
    }
}
