package sluice.client.admin;

/** What a topic's writes are made for. */
public enum Profile {
    /** Commit at once. */
    LATENCY,
    /** Wait a little, commit more at a time. */
    THROUGHPUT
}
