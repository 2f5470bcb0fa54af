package sluice.cli.twin;

/** What a gateway can do to a request instead of answering it well. */
public enum Fault {
    /** 503: nothing is done. */
    UNAVAILABLE,
    /** 429 with {@code Retry-After}: nothing is done. */
    OVERLOADED,
    /** The connection ends before anything is done. */
    LOST_BEFORE,
    /** It is done, and then the connection ends. */
    LOST_AFTER,
    /** It is done, and then 504. */
    UNKNOWN_AFTER,
    /** 400: nothing is done, now or later. */
    REFUSED
}
