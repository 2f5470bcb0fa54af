package sluice.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads do; how long it waits decides only how long a failure takes. */
public final class Eventually {

    private static final long WAIT_MAX_NS = 20_000_000_000L;

    private Eventually() {}

    public static void holds(BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - startNs < WAIT_MAX_NS, "it did not happen within 20 s");
            LockSupport.parkNanos(500_000);
        }
    }
}
