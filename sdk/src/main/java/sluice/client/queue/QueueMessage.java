package sluice.client.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import sluice.client.stream.ConsumerRecord;

/**
 * A message that this consumer has. By any thread it is settled once, by the consumer when the
 * handler returned or threw, or by hand before: acknowledged, released, or rejected. Each of these
 * completes when the outcome is durable, and fails with {@link
 * sluice.client.error.SluiceApiException} if the message is this consumer's no more ({@code
 * lease-expired}, {@code unknown-session}) or the consumer was closed before with {@link
 * sluice.client.error.RetriableException}.
 */
public final class QueueMessage {

    private static final Duration DELAY_MAX = Duration.ofDays(7);
    private static final Duration VISIBILITY_MAX = Duration.ofHours(12);
    private static final int REASON_CHARS_MAX = 256;

    /** Who carries settlements out. */
    interface Settler {
        CompletableFuture<Void> settle(QueueMessage message, Outcome outcome);
    }

    private final String delivery;
    private final ConsumerRecord record;
    private final int deliveries;
    private final long firstDeliveredAtMs;
    private final Settler settler;
    private final AtomicBoolean isSettled = new AtomicBoolean();
    private volatile @Nullable String lost;

    /** True once a handler has it; {@link ReadyMessages} owns this. */
    boolean isBegun;

    QueueMessage(
            String delivery,
            ConsumerRecord record,
            int deliveries,
            long firstDeliveredAtMs,
            Settler settler) {
        this.delivery = delivery;
        this.record = record;
        this.deliveries = deliveries;
        this.firstDeliveredAtMs = firstDeliveredAtMs;
        this.settler = settler;
    }

    /** This delivery of the message; a later one of the same message has another id. */
    public String delivery() {
        return delivery;
    }

    /** What was produced. Its id is the same each time the message is delivered. */
    public ConsumerRecord record() {
        return record;
    }

    /** The key as text; null if there is none. */
    public @Nullable String keyText() {
        return record.keyText();
    }

    /** The value as text; null if there is none. */
    public @Nullable String valueText() {
        return record.valueText();
    }

    /** How often the message was delivered, this time included. */
    public int deliveries() {
        return deliveries;
    }

    /** When it was delivered first, in milliseconds since 1970 UTC. */
    public long firstDeliveredAtMs() {
        return firstDeliveredAtMs;
    }

    /** It is done, and never delivered again. */
    public CompletableFuture<Void> acknowledge() {
        return end(new Outcome.Acknowledge());
    }

    /** It goes back, and is delivered again after the pause that the group's settings say. */
    public CompletableFuture<Void> release() {
        return end(new Outcome.Release(Optional.empty(), ""));
    }

    /**
     * As {@link #release()}.
     *
     * @param reason for people, among the attempts of a dead letter; at most 256 characters count
     */
    public CompletableFuture<Void> release(String reason) {
        return end(new Outcome.Release(Optional.empty(), cut(reason)));
    }

    /** It goes back, and is delivered again after {@code delay}, at most 7 days. */
    public CompletableFuture<Void> release(Duration delay) {
        return release(delay, "");
    }

    /**
     * As {@link #release(Duration)}.
     *
     * @param reason for people, among the attempts of a dead letter; at most 256 characters count
     */
    public CompletableFuture<Void> release(Duration delay, String reason) {
        if (delay.isNegative() || delay.compareTo(DELAY_MAX) > 0) {
            throw new IllegalArgumentException(
                    "expected 0<=delay<=%s, found %s".formatted(DELAY_MAX, delay));
        }
        return end(new Outcome.Release(Optional.of(delay), cut(reason)));
    }

    /**
     * It becomes a dead letter, or is dropped if the group's settings say so.
     *
     * @param reason for people and programs; at most 256 characters count
     */
    public CompletableFuture<Void> reject(String reason) {
        return end(new Outcome.Reject(cut(reason)));
    }

    /**
     * From now on it is this consumer's for so long, and then goes back by itself, though the
     * consumer lives. A message of which this is not said stays until it is settled.
     *
     * @param visibility at most 12 hours
     */
    public CompletableFuture<Void> extend(Duration visibility) {
        if (visibility.isNegative()
                || visibility.isZero()
                || visibility.compareTo(VISIBILITY_MAX) > 0) {
            throw new IllegalArgumentException(
                    "expected 0<visibility<=%s, found %s".formatted(VISIBILITY_MAX, visibility));
        }
        return settler.settle(this, new Outcome.Extend(visibility));
    }

    /** True once it was said what is to become of it. */
    public boolean isSettled() {
        return isSettled.get();
    }

    /** Why it is this consumer's no more, if it was taken from it. */
    public Optional<String> lost() {
        return Optional.ofNullable(lost);
    }

    void lost(String reason) {
        lost = reason;
    }

    /**
     * @return false if it was settled before: the caller settles nothing
     */
    boolean trySettle() {
        return isSettled.compareAndSet(false, true);
    }

    private CompletableFuture<Void> end(Outcome outcome) {
        if (!trySettle()) {
            throw new IllegalStateException("the message is settled already: message=" + this);
        }
        return settler.settle(this, outcome);
    }

    static String cut(String reason) {
        return reason.length() <= REASON_CHARS_MAX ? reason : reason.substring(0, REASON_CHARS_MAX);
    }

    /** Says where it is, and nothing of what is in it. */
    @Override
    public String toString() {
        return record + " delivery=" + delivery;
    }
}
