package sluice.log.lane;

import java.time.Duration;

/**
 * Runs events later. The in-memory twins of disks and networks take their time from it; {@code
 * lane::schedule} is one, and so is a {@link VirtualTime.Scope}.
 */
@FunctionalInterface
public interface Scheduler {

    /** Runs {@code event} once, after {@code delay}, unless it is cancelled before. */
    Lane.Timer schedule(Duration delay, Runnable event);
}
