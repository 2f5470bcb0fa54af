package sluice.consumer.queue;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.Change.Settled;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.consumer.queue.Settlement.Refusal;
import sluice.consumer.queue.Settlement.Result;

/** Why a delivery is not settled, as far as it is known. */
final class Refusals {

    private Refusals() {}

    static Result foreign(Settlement asked, Message message) {
        return refused(
                Refusal.FOREIGN_SESSION,
                "the delivery is another session's: session=%s its=%s; only that one can settle it"
                        .formatted(
                                asked.session().map(UUID::toString).orElse("none"),
                                message.session().map(UUID::toString).orElse("none")));
    }

    /** Of a delivery that is not in flight; one that was settled so before is done. */
    static Result notLeased(Settlement asked, @Nullable Message message, QueueState state) {
        if (asked.lease() < 0 || asked.lease() >= state.nextLease()) {
            return unknown(asked);
        }
        Settled before = state.settledLately().of(asked.lease());
        if (before != null && before.offset() != asked.offset()) {
            return unknown(asked);
        }
        if (before != null) {
            return isSame(before.as(), asked.outcome())
                    ? new Result.Done(
                            before.as() == Settled.As.REJECTED
                                    || before.as() == Settled.As.RELEASED_DEAD)
                    : refused(
                            Refusal.ALREADY_SETTLED,
                            "the delivery was settled before: as=%s; leave it"
                                    .formatted(before.as()));
        }
        if (message != null) {
            for (Attempt attempt : message.attempts()) {
                if (attempt.lease() == asked.lease()) {
                    return refused(
                            Refusal.LEASE_EXPIRED,
                            "the delivery was taken back: why=%s at=%s; the message is delivered again"
                                    .formatted(
                                            attempt.why().word(),
                                            Instant.ofEpochMilli(attempt.untilMs())));
                }
            }
        }
        return refused(
                Refusal.LEASE_EXPIRED,
                "the delivery was taken back or settled, too long ago to tell which; leave it");
    }

    private static boolean isSame(Settled.As before, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Acknowledge() -> before == Settled.As.ACKNOWLEDGED;
            case Outcome.Release _ ->
                    before == Settled.As.RELEASED || before == Settled.As.RELEASED_DEAD;
            case Outcome.NotDelivered() -> before == Settled.As.NOT_DELIVERED;
            case Outcome.Reject _ -> before == Settled.As.REJECTED;
            case Outcome.Extend _ -> false;
        };
    }

    private static Result unknown(Settlement asked) {
        return refused(
                Refusal.UNKNOWN_DELIVERY,
                "there was never such a delivery: offset=%d lease=%d"
                        .formatted(asked.offset(), asked.lease()));
    }

    private static Result refused(Refusal refusal, String message) {
        return new Result.Refused(refusal, message);
    }
}
