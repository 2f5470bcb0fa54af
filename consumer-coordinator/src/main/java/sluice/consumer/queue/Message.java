package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.Attempt.Why;

/**
 * A message that was given out and is not done.
 *
 * <pre>
 *   (never leased) ──▶ LEASED ──▶ done
 *                       │  ▲
 *                       ▼  │
 *                    RETURNED ──▶ done      LEASED ──▶ DEAD ──▶ done
 * </pre>
 *
 * @param lease number of its last delivery
 * @param session that has it; empty if it is not leased, or leased without session
 * @param count deliveries so far
 * @param uncounted those of them that never reached a consumer
 * @param firstMs when it was leased first
 * @param sinceMs when it came into this state
 * @param readyMs when it is ready again, 0 if it was at once; 0 unless it is returned
 * @param why it is not leased any more; {@link Why#RELEASED} if it is leased
 * @param attempts the last few deliveries that ended, oldest first
 * @param mark where it waited before it was leased, and waits again when it is returned
 */
record Message(
        long offset,
        State state,
        long lease,
        Optional<UUID> session,
        int count,
        int uncounted,
        long firstMs,
        long sinceMs,
        OptionalLong deadlineMs,
        long readyMs,
        Why why,
        String reason,
        List<Attempt> attempts,
        Mark mark) {

    /** The numbers are stored: add, never renumber. */
    enum State {
        LEASED(0),
        RETURNED(1),
        DEAD(2);

        final int number;

        State(int number) {
            this.number = number;
        }

        static State of(int number) {
            for (State each : values()) {
                if (each.number == number) {
                    return each;
                }
            }
            throw new IllegalArgumentException("state=" + number);
        }
    }

    Message {
        attempts = List.copyOf(attempts);
    }

    static Message leasedFirst(
            long offset,
            long lease,
            Optional<UUID> session,
            OptionalLong deadlineMs,
            long atMs,
            Mark mark) {
        return new Message(
                offset,
                State.LEASED,
                lease,
                session,
                1,
                0,
                atMs,
                atMs,
                deadlineMs,
                0,
                Why.RELEASED,
                "",
                List.of(),
                mark);
    }

    /** No message: after all that are ready by then, before the others. */
    static Message lastReadyAt(long ms) {
        return new Message(
                Long.MAX_VALUE,
                State.RETURNED,
                0,
                Optional.empty(),
                0,
                0,
                0,
                0,
                OptionalLong.empty(),
                ms,
                Why.RELEASED,
                "",
                List.of(),
                Mark.PLAIN);
    }

    Message leasedAgain(
            long nextLease, Optional<UUID> nextSession, OptionalLong deadline, long atMs) {
        return new Message(
                offset,
                State.LEASED,
                nextLease,
                nextSession,
                count + 1,
                uncounted,
                firstMs,
                atMs,
                deadline,
                0,
                Why.RELEASED,
                "",
                attempts,
                mark);
    }

    Message returned(Why ended, String told, long atMs, long ready, int attemptsKept) {
        return ended(State.RETURNED, ended, told, atMs, ready, attemptsKept);
    }

    Message dead(Why ended, String told, long atMs, int attemptsKept) {
        return ended(State.DEAD, ended, told, atMs, 0, attemptsKept);
    }

    private Message ended(
            State next, Why ended, String told, long atMs, long ready, int attemptsKept) {
        return new Message(
                offset,
                next,
                lease,
                Optional.empty(),
                count,
                ended == Why.NOT_DELIVERED ? uncounted + 1 : uncounted,
                firstMs,
                atMs,
                OptionalLong.empty(),
                ready,
                ended,
                told,
                withAttempt(new Attempt(lease, sinceMs, atMs, ended, told), attemptsKept),
                mark);
    }

    private List<Attempt> withAttempt(Attempt last, int kept) {
        var all = new ArrayList<Attempt>(Math.min(attempts.size() + 1, kept));
        all.addAll(attempts.subList(Math.max(0, attempts.size() + 1 - kept), attempts.size()));
        all.add(last);
        return all;
    }

    Message extended(long deadline) {
        return new Message(
                offset,
                state,
                lease,
                session,
                count,
                uncounted,
                firstMs,
                sinceMs,
                OptionalLong.of(deadline),
                readyMs,
                why,
                reason,
                attempts,
                mark);
    }

    Message with(Mark other) {
        return new Message(
                offset,
                state,
                lease,
                session,
                count,
                uncounted,
                firstMs,
                sinceMs,
                deadlineMs,
                readyMs,
                why,
                reason,
                attempts,
                other);
    }

    /** A dead letter, whether it was ever leased or not. */
    static Message expired(long offset, @Nullable Message before, long atMs) {
        return new Message(
                offset,
                State.DEAD,
                before == null ? 0 : before.lease,
                Optional.empty(),
                before == null ? 0 : before.count,
                before == null ? 0 : before.uncounted,
                before == null ? atMs : before.firstMs,
                atMs,
                OptionalLong.empty(),
                0,
                Why.EXPIRED,
                "",
                before == null ? List.of() : before.attempts,
                before == null ? Mark.PLAIN : before.mark);
    }

    /** True while no other message of its key may be leased. */
    boolean isHead() {
        return state != State.DEAD && mark.key() != Mark.NO_KEY;
    }

    /** Deliveries that count toward the limit. */
    int counted() {
        return count - uncounted;
    }

    PartitionReply.Lease toLease() {
        return new PartitionReply.Lease(offset, lease, session, count, sinceMs, deadlineMs);
    }
}
