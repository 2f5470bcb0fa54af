package sluice.metadata;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a user chooses for a queue group.
 *
 * @param reconnectGrace a session whose gateway, or whose coordinator, was lost has so long to be
 *     heard of again; its messages wait for it
 * @param prefetch messages that a session has at one time, unless it asks for another number
 * @param inFlightMax messages that all sessions together have at one time
 * @param deliveryLimit a message that was given out so often is not given out again; 0 for no limit
 * @param backoff how long a message rests that a consumer gave back without saying how long
 * @param deadLetters the topic for messages that are not to be given out again; empty: they are
 *     dropped, and counted
 * @param onReject what becomes of a message that a consumer rejects
 * @param activeConsumer which sessions are given messages
 * @param isPaused true: nothing is given out; what is out may be settled
 */
public record QueueConfig(
        List<String> topics,
        Start start,
        Duration sessionTimeout,
        Duration reconnectGrace,
        int prefetch,
        int inFlightMax,
        int deliveryLimit,
        Backoff backoff,
        Optional<String> deadLetters,
        OnReject onReject,
        ActiveConsumer activeConsumer,
        boolean isPaused)
        implements GroupConfig {

    public static final Duration RECONNECT_GRACE = Duration.ofSeconds(20);
    public static final int PREFETCH = 1;
    public static final int IN_FLIGHT_MAX = 20_000;
    public static final int DELIVERY_LIMIT = 20;

    /** The names are stored: add, never rename. */
    public enum OnReject {
        /** It goes to the topic for dead letters. */
        DEAD_LETTER,
        /** It is done, and counted. */
        DROP
    }

    /** The names are stored: add, never rename. */
    public enum ActiveConsumer {
        /** All that are free. */
        ALL,
        /** One at a time: until it ends, then the one that was opened next. */
        SINGLE
    }

    /**
     * How long a message rests between two deliveries.
     *
     * @param delay after the first delivery
     * @param delayMax the most; equal to {@code delay} with {@link Growth#FIXED}
     * @param jitterPercent up to so much is taken off each delay, by chance
     */
    public record Backoff(Growth growth, Duration delay, Duration delayMax, int jitterPercent) {

        public static final Backoff USUAL =
                new Backoff(Growth.EXPONENTIAL, Duration.ofSeconds(1), Duration.ofMinutes(5), 20);

        /** The names are stored: add, never rename. */
        public enum Growth {
            FIXED,
            /** Twice as long after each delivery. */
            EXPONENTIAL
        }
    }

    public QueueConfig {
        topics = List.copyOf(topics);
    }

    static QueueConfig of(List<String> topics) {
        return new QueueConfig(
                topics,
                new Start.Earliest(),
                SESSION_TIMEOUT,
                RECONNECT_GRACE,
                PREFETCH,
                IN_FLIGHT_MAX,
                DELIVERY_LIMIT,
                Backoff.USUAL,
                Optional.empty(),
                OnReject.DEAD_LETTER,
                ActiveConsumer.ALL,
                false);
    }

    @Override
    public Type type() {
        return Type.QUEUE;
    }

    public QueueConfig withPaused(boolean paused) {
        return new QueueConfig(
                topics,
                start,
                sessionTimeout,
                reconnectGrace,
                prefetch,
                inFlightMax,
                deliveryLimit,
                backoff,
                deadLetters,
                onReject,
                activeConsumer,
                paused);
    }
}
