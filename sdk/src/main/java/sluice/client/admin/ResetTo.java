package sluice.client.admin;

import java.time.Duration;

/** Where a reset goes. An offset outside of the log becomes its nearer end. */
public sealed interface ResetTo {

    ResetTo EARLIEST = new Earliest();
    ResetTo LATEST = new Latest();

    /** The oldest record. */
    record Earliest() implements ResetTo {}

    /** After the newest record. */
    record Latest() implements ResetTo {}

    /** The same offset in each partition. */
    record Offset(long offset) implements ResetTo {}

    /**
     * The first record of that time or later.
     *
     * @param timestampMs milliseconds since 1970 UTC
     */
    record At(long timestampMs) implements ResetTo {}

    /** The first record that is no older. */
    record Back(Duration duration) implements ResetTo {}
}
