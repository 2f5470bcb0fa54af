package sluice.metadata;

import java.time.Duration;
import java.util.Optional;

/**
 * What a user chooses for a topic.
 *
 * @param retention how long a record stays readable; empty means for ever
 * @param profile latency or throughput
 * @param recordBytesMax largest record, key, value and headers together, in bytes
 */
public record TopicConfig(Optional<Duration> retention, Profile profile, int recordBytesMax) {

    /** The names are stored and part of the API: add, never rename. */
    public enum Profile {
        /** Commit at once. */
        LATENCY,
        /** Wait a little to commit more at a time. */
        THROUGHPUT
    }
}
