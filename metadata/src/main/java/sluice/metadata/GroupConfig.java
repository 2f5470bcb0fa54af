package sluice.metadata;

import java.time.Duration;
import java.util.List;

/** What a user chooses for a consumer group, of either type. */
public sealed interface GroupConfig permits StreamConfig, QueueConfig {

    Duration SESSION_TIMEOUT = Duration.ofSeconds(8);

    /** The names are stored: add, never rename. */
    enum Type {
        /** Partitions are assigned to members, offsets are committed. */
        STREAM,
        /** Single messages are leased to sessions, each is acknowledged on its own. */
        QUEUE
    }

    /** The names are stored: add, never rename. */
    enum Delivery {
        /** An offset is committed after the records before it were handled. */
        AT_LEAST_ONCE,
        /** The offset after a record is committed before the record leaves for the member. */
        AT_MOST_ONCE
    }

    /** Where reading begins. */
    sealed interface Start {
        /** At the log's start. */
        record Earliest() implements Start {}

        /** At the log's end, as it is when the group first takes the partition up. */
        record Latest() implements Start {}

        /** At the first record with a timestamp of at least that, in milliseconds since 1970. */
        record Timestamp(long ms) implements Start {}

        /** At that offset of each partition, or at the log's start or end if it lies outside. */
        record Offset(long offset) implements Start {}
    }

    Type type();

    /**
     * Names, or patterns in which {@code *} stands for any characters and {@code ?} for one. At
     * least one.
     */
    List<String> topics();

    /** Where a partition is begun of which nothing was ever stored. */
    Start start();

    /** A member, or a session, that was not heard of for so long has ended. */
    Duration sessionTimeout();

    /** A stream group with the usual settings. */
    static StreamConfig stream(List<String> topics) {
        return new StreamConfig(
                topics,
                new Start.Earliest(),
                Delivery.AT_LEAST_ONCE,
                SESSION_TIMEOUT,
                StreamConfig.REVOCATION_TIMEOUT);
    }

    /** A queue group with the usual settings, and without a topic for dead letters. */
    static QueueConfig queue(List<String> topics) {
        return QueueConfig.of(topics);
    }
}
