package sluice.consumer.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * What is to become of one delivery.
 *
 * @param session that settles it; a lease that belongs to a session is settled by that one only. A
 *     lease without session is settled by whoever knows it
 */
public record Settlement(long offset, long lease, Optional<UUID> session, Outcome outcome) {

    public static Settlement of(
            DeliveryId delivery, Optional<UUID> session, Settlement.Outcome outcome) {
        return new Settlement(delivery.offset(), delivery.lease(), session, outcome);
    }

    /** What a consumer, or its coordinator, says of a delivery. */
    public sealed interface Outcome {

        /** It is done, and never delivered again. */
        record Acknowledge() implements Outcome {}

        /**
         * It goes back.
         *
         * @param delay until it is ready again; empty: as the policy says
         * @param reason for people, may be empty
         */
        record Release(Optional<Duration> delay, String reason) implements Outcome {}

        /**
         * It never reached a consumer, and goes back at once; what counts toward the limit is as if
         * it had not been leased.
         */
        record NotDelivered() implements Outcome {}

        /** It becomes a dead letter. */
        record Reject(String reason) implements Outcome {}

        /** The lease's deadline is so long from now; a lease without deadline gets one. */
        record Extend(Duration visibility) implements Outcome {}
    }

    /** What came of it. */
    public sealed interface Result {

        /**
         * @param isDead true if the message is a dead letter now: it was rejected, or came back
         *     once too often. The coordinator asks for it with {@link PartitionRequest.DeadLetters}
         */
        record Done(boolean isDead) implements Result {}

        /** Nothing was changed. */
        record Refused(Refusal refusal, String message) implements Result {}
    }

    /** Why a settlement was refused. */
    public enum Refusal {
        /** There was never such a delivery. */
        UNKNOWN_DELIVERY("unknown-delivery"),
        /** It was settled before, and otherwise. The same outcome again is answered as done. */
        ALREADY_SETTLED("already-settled"),
        /** It was taken back, or was settled too long ago to be remembered. */
        LEASE_EXPIRED("lease-expired"),
        /** It is another session's. */
        FOREIGN_SESSION("foreign-session");

        private final String code;

        Refusal(String code) {
            this.code = code;
        }

        /** For programs and documentation, as the codes of failures. */
        public String code() {
            return code;
        }
    }
}
