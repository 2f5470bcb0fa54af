package sluice.client.admin;

/** Where a group begins in a partition of which it never committed anything. */
public sealed interface Start {

    Start EARLIEST = new Earliest();
    Start LATEST = new Latest();

    /** At the oldest record. */
    record Earliest() implements Start {}

    /** After the newest record, at the time when the group takes the partition up. */
    record Latest() implements Start {}

    /**
     * At the first record of that time or later.
     *
     * @param timestampMs milliseconds since 1970 UTC
     */
    record At(long timestampMs) implements Start {}
}
