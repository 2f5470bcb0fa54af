package sluice.metadata;

import java.time.Duration;
import java.util.List;

/**
 * What a user chooses for a consumer group.
 *
 * @param topics names, or patterns in which {@code *} stands for any characters and {@code ?} for
 *     one
 * @param start where a partition is begun of which nothing was ever committed
 * @param sessionTimeout a member that was not heard of for so long has ended
 * @param revocationTimeout a partition that a member is to give up is taken from it after so long
 */
public record GroupConfig(
        Type type,
        List<String> topics,
        Start start,
        Delivery delivery,
        Duration sessionTimeout,
        Duration revocationTimeout) {

    public static final Duration SESSION_TIMEOUT = Duration.ofSeconds(8);
    public static final Duration REVOCATION_TIMEOUT = Duration.ofSeconds(30);

    /** The names are stored: add, never rename. */
    public enum Type {
        /** Partitions are assigned to members, offsets are committed. */
        STREAM,
        /** Single messages are leased to members, each is acknowledged on its own. */
        QUEUE
    }

    /** The names are stored: add, never rename. */
    public enum Delivery {
        /** An offset is committed after the records before it were handled. */
        AT_LEAST_ONCE,
        /** The offset after a record is committed before the record leaves for the member. */
        AT_MOST_ONCE
    }

    /** Where reading begins. */
    public sealed interface Start {
        /** At the log's start. */
        record Earliest() implements Start {}

        /** At the log's end, as it is when the group first takes the partition up. */
        record Latest() implements Start {}

        /** At the first record with a timestamp of at least that, in milliseconds since 1970. */
        record Timestamp(long ms) implements Start {}
    }

    public GroupConfig {
        topics = List.copyOf(topics);
    }

    /** A stream group with the usual settings. */
    public static GroupConfig stream(List<String> topics) {
        return new GroupConfig(
                Type.STREAM,
                topics,
                new Start.Earliest(),
                Delivery.AT_LEAST_ONCE,
                SESSION_TIMEOUT,
                REVOCATION_TIMEOUT);
    }
}
