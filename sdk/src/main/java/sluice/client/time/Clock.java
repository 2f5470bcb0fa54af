package sluice.client.time;

/** The two clocks. Called from any thread. */
public interface Clock {

    /** Nanoseconds since some moment; never goes back. */
    long nowNs();

    /** Milliseconds since 1970 UTC; may jump. */
    long wallMs();
}
