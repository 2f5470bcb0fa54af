package sluice.metadata;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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
 * @param choice which message is given out next
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
        boolean isPaused,
        Choice choice)
        implements GroupConfig {

    public static final Duration RECONNECT_GRACE = Duration.ofSeconds(20);
    public static final int PREFETCH = 1;
    public static final int IN_FLIGHT_MAX = 20_000;
    public static final int DELIVERY_LIMIT = 20;

    /**
     * Which message is given out next; without any wish, that with the lowest offset.
     *
     * @param isByKey one message of a key at a time
     * @param isByPriority those with a higher priority first
     * @param tenants share the consumers' time; empty: nobody asks whose a message is
     */
    public record Choice(
            boolean isByKey, boolean isByPriority, OnExpiry onExpiry, Optional<Tenants> tenants) {

        public static final Choice PLAIN =
                new Choice(false, false, OnExpiry.DROP, Optional.empty());
    }

    /** What becomes of a message that nobody took in its time. The names are stored. */
    public enum OnExpiry {
        /** It is done, and counted. */
        DROP,
        /** It goes to the topic for dead letters. */
        DEAD_LETTER
    }

    /**
     * @param header that names a message's tenant
     * @param inFlightMax messages of one tenant and one partition at one time; 0 for no limit
     * @param weights of tenants that have another share than 1
     */
    public record Tenants(String header, int inFlightMax, Map<String, Integer> weights) {

        public static final String HEADER = "tenant";

        public Tenants {
            weights = Map.copyOf(weights);
        }
    }

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

    /** Of a plain queue. */
    public QueueConfig(
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
            boolean isPaused) {
        this(
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
                isPaused,
                Choice.PLAIN);
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

    /** The same with another limit, 0 for none. */
    public QueueConfig withDeliveryLimit(int limit) {
        return with(limit, isPaused, choice);
    }

    public QueueConfig withPaused(boolean paused) {
        return with(deliveryLimit, paused, choice);
    }

    /** The same, with another choice of what comes next. */
    public QueueConfig withChoice(Choice other) {
        return with(deliveryLimit, isPaused, other);
    }

    private QueueConfig with(int limit, boolean paused, Choice other) {
        return new QueueConfig(
                topics,
                start,
                sessionTimeout,
                reconnectGrace,
                prefetch,
                inFlightMax,
                limit,
                backoff,
                deadLetters,
                onReject,
                activeConsumer,
                paused,
                other);
    }
}
