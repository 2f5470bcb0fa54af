package sluice.consumer.queue;

import java.time.Duration;

/**
 * What a group wants done with messages that come back, and which it wants next. Kept with the
 * state, so that a new owner knows it before it heard of the coordinator.
 *
 * @param deliveryLimit a message that comes back after so many deliveries is a dead letter; 0 for
 *     no limit
 * @param backoff when a message that was released, without a word about when, is ready again
 * @param choice in which order messages are given out
 */
public record QueuePolicy(int deliveryLimit, Backoff backoff, QueueChoice choice) {

    public static final QueuePolicy DEFAULT =
            new QueuePolicy(
                    20, new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5), true, 0.2));

    public QueuePolicy {
        if (deliveryLimit < 0) {
            throw new IllegalArgumentException("deliveryLimit=" + deliveryLimit);
        }
    }

    /** Of a plain queue. */
    public QueuePolicy(int deliveryLimit, Backoff backoff) {
        this(deliveryLimit, backoff, QueueChoice.PLAIN);
    }

    QueuePolicy with(QueueChoice other) {
        return new QueuePolicy(deliveryLimit, backoff, other);
    }

    /**
     * Messages whose session ended, or whose lease ran out, are ready at once: the message is not
     * what failed. This is for those that were released.
     *
     * @param first after the first delivery
     * @param max never longer
     * @param isExponential doubled with each further delivery; else always {@code first}
     * @param jitter 0 to 1: up to so large a part is taken off by chance, so that messages that
     *     failed together do not come back together
     */
    public record Backoff(Duration first, Duration max, boolean isExponential, double jitter) {

        public static final Backoff NONE = new Backoff(Duration.ZERO, Duration.ZERO, false, 0);

        public Backoff {
            if (first.isNegative()
                    || max.compareTo(first) < 0
                    || !(jitter >= 0 && jitter <= 1)
                    || max.compareTo(Duration.ofDays(365)) > 0) {
                throw new IllegalArgumentException(
                        "not a backoff: first=%s max=%s jitter=%s".formatted(first, max, jitter));
            }
        }

        /**
         * @param count deliveries so far that count, at least 1
         * @param chance from 0 to 1
         */
        long delayMs(int count, double chance) {
            long maxMs = max.toMillis();
            long delayMs = first.toMillis();
            for (int i = 1; isExponential && delayMs > 0 && delayMs < maxMs && i < count; i++) {
                delayMs *= 2;
            }
            delayMs = Math.min(delayMs, maxMs);
            return delayMs - (long) (delayMs * jitter * chance);
        }
    }
}
