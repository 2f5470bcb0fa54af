package sluice.log.lane;

/** Time, read only at the edge. */
public interface Clock {

    /** Monotonic, in nanoseconds from an arbitrary origin; all waiting is measured with it. */
    long nowNs();

    /** Wall clock, in milliseconds since 1970 UTC; only for timestamps, never for safety. */
    long wallMs();
}
