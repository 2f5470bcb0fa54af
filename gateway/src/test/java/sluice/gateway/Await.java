package sluice.gateway;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread will do, and fails if it does not. */
public final class Await {

    private static final long DEADLINE_NS = 20_000_000_000L;
    private static final long PAUSE_NS = 1_000_000;

    private Await() {}

    public static void until(BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > DEADLINE_NS) {
                throw new AssertionError("it did not happen in 20 s");
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }
}
