package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.DoubleSupplier;
import sluice.consumer.queue.Attempt.Why;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.consumer.queue.Settlement.Result;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.batch.LogRecord;

/**
 * Decides what becomes of a queue. Each decision is applied to the state at once, and added to
 * {@code out} as a change; what was decided may be told to others only after that change, and all
 * before it, is durable. If it never is, the machine is to be thrown away. Owned by one lane.
 */
final class QueueMachine {

    /** Beyond so many that are due, all that came back are taken to be. */
    private static final int DUE_COUNTED_MAX = 200;

    private final QueueState state;
    private final QueueLimits limits;

    /**
     * @param state with which it goes on, owned by this machine from now on
     */
    QueueMachine(QueueState state, QueueLimits limits) {
        this.state = state;
        this.limits = limits;
    }

    QueueState state() {
        return state;
    }

    private void change(Change change, List<Change> out) {
        state.apply(change);
        out.add(change);
    }

    /**
     * @throws SluiceException FENCED {@code stale-coordinator}
     */
    void attach(long epoch, QueuePolicy policy, List<Change> out) {
        if (epoch < state.epoch()) {
            throw stale(epoch);
        }
        // Also if nothing changed: whoever is no longer the owner finds out by writing.
        change(new Change.Attached(epoch, policy), out);
    }

    /**
     * @throws SluiceException FENCED {@code stale-coordinator}; CONFLICT {@code not-attached}
     */
    void check(long epoch) {
        if (epoch < state.epoch()) {
            throw stale(epoch);
        }
        if (epoch > state.epoch() || state.isNew()) {
            throw new SluiceException(
                    Kind.CONFLICT,
                    "not-attached",
                    "the coordinator has not attached to this partition: epoch=%d attached=%d; attach, then ask again"
                            .formatted(epoch, state.epoch()));
        }
    }

    private SluiceException stale(long epoch) {
        return new SluiceException(
                Kind.FENCED,
                "stale-coordinator",
                "a later coordinator of the group has attached: epoch=%d attached=%d; stop coordinating the group"
                        .formatted(epoch, state.epoch()));
    }

    /**
     * A change that changes nothing. Whoever was deposed and does not know it finds out by writing,
     * so it is written before something is refused for good, or said not to be there.
     */
    void prove(List<Change> out) {
        change(new Change.Attached(state.epoch(), state.policy()), out);
    }

    /** Begins the queue, or begins it anew. */
    void reset(long cursor, long nowMs, List<Change> out) {
        change(new Change.Reset(nowMs, cursor), out);
    }

    /** What is logged from now on is kept for so long. */
    void retained(long retentionMs, List<Change> out) {
        if (retentionMs != state.retentionMs()) {
            change(new Change.Retained(retentionMs), out);
        }
    }

    /** The topic begins at {@code logStart} now. */
    void skip(long logStart, List<Change> out) {
        if (logStart > state.cursor()) {
            change(new Change.Skipped(logStart), out);
        }
    }

    /** How many messages may be given out that came back. */
    int room() {
        return Math.max(0, limits.inFlightMax() - state.inFlight());
    }

    /** How many messages may be given out that were never leased. */
    int freshRoom() {
        return Math.max(0, Math.min(room(), limits.heldMax() - state.held().size()));
    }

    /**
     * Leases messages that are returned or were never leased.
     *
     * @param offsets at most as many as there is {@link #room}
     * @param cursor all below it that is neither listed nor held is done from now on
     * @return number of the first lease; the others follow it
     */
    long acquire(
            Optional<UUID> session,
            OptionalLong deadlineMs,
            List<Long> offsets,
            long cursor,
            long nowMs,
            List<Change> out) {
        long first = state.nextLease();
        for (long offset : offsets) {
            Message message = state.message(offset);
            boolean isReturned =
                    message != null
                            && message.state() == Message.State.RETURNED
                            && message.readyMs() <= nowMs;
            boolean isFresh = message == null && offset >= state.cursor() && offset < cursor;
            assert isReturned || isFresh : "not ready: offset=" + offset + " message=" + message;
        }
        change(
                new Change.Acquired(
                        nowMs,
                        session,
                        deadlineMs,
                        first,
                        Math.max(cursor, state.cursor()),
                        offsets),
                out);
        return first;
    }

    /**
     * Settles each, or refuses it.
     *
     * @param chance from 0 to 1, of the delays of what goes back
     */
    List<Result> settle(
            List<Settlement> settlements, long nowMs, DoubleSupplier chance, List<Change> out) {
        var results = new ArrayList<Result>(settlements.size());
        var acknowledged = new ArrayList<Change.Ref>();
        for (Settlement each : settlements) {
            Message message = state.message(each.offset());
            if (message == null
                    || message.state() != Message.State.LEASED
                    || message.lease() != each.lease()) {
                results.add(Refusals.notLeased(each, message, state));
            } else if (message.session().isPresent() && !message.session().equals(each.session())) {
                results.add(Refusals.foreign(each, message));
            } else if (each.outcome() instanceof Outcome.Acknowledge) {
                // Those that follow each other are one change; the state must know each at once.
                var ref = new Change.Ref(each.offset(), each.lease());
                state.apply(new Change.Acknowledged(List.of(ref)));
                acknowledged.add(ref);
                results.add(new Result.Done(false));
            } else {
                flush(acknowledged, out);
                results.add(settle(message, each.outcome(), nowMs, chance, out));
            }
        }
        flush(acknowledged, out);
        return results;
    }

    /** The log has changes in the order in which they were applied. */
    private static void flush(List<Change.Ref> acknowledged, List<Change> out) {
        if (!acknowledged.isEmpty()) {
            out.add(new Change.Acknowledged(acknowledged));
            acknowledged.clear();
        }
    }

    private Result settle(
            Message message, Outcome outcome, long nowMs, DoubleSupplier chance, List<Change> out) {
        var ref = new Change.Ref(message.offset(), message.lease());
        return switch (outcome) {
            case Outcome.Acknowledge _ -> throw new AssertionError("acknowledged together");
            case Outcome.Release(var delay, var reason) -> {
                long delayMs =
                        delay.isPresent()
                                ? delay.get().toMillis()
                                : state.policy()
                                        .backoff()
                                        .delayMs(message.counted(), chance.getAsDouble());
                yield new Result.Done(
                        back(
                                List.of(message),
                                Why.RELEASED,
                                Attempt.cut(reason),
                                nowMs,
                                nowMs + delayMs,
                                out));
            }
            case Outcome.NotDelivered() ->
                    new Result.Done(
                            back(List.of(message), Why.NOT_DELIVERED, "", nowMs, nowMs, out));
            case Outcome.Reject(var reason) -> {
                change(
                        new Change.Died(nowMs, Why.REJECTED, Attempt.cut(reason), List.of(ref)),
                        out);
                yield new Result.Done(true);
            }
            case Outcome.Extend(var visibility) -> {
                change(new Change.Extended(List.of(ref), nowMs + visibility.toMillis()), out);
                yield new Result.Done(false);
            }
        };
    }

    /** Leases of these sessions go back; returns how many. */
    int endSessions(List<UUID> sessions, long nowMs, List<Change> out) {
        int count = 0;
        for (UUID session : sessions) {
            List<Message> leases = state.ofSession(session);
            count += leases.size();
            back(leases, Why.SESSION_ENDED, "", nowMs, nowMs, out);
        }
        return count;
    }

    /** Leases whose deadline has passed go back; returns how many. */
    int expire(long nowMs, List<Change> out) {
        List<Message> past = state.pastDeadline(nowMs);
        back(past, Why.DEADLINE_PASSED, "", nowMs, nowMs, out);
        return past.size();
    }

    /**
     * Leased messages go back, or become dead letters if they came back too often.
     *
     * @return true if the last one is dead
     */
    private boolean back(
            List<Message> messages,
            Why why,
            String reason,
            long nowMs,
            long readyMs,
            List<Change> out) {
        var alive = new ArrayList<Change.Back>(messages.size());
        var dead = new ArrayList<Change.Ref>();
        boolean isDead = false;
        int limit = state.policy().deliveryLimit();
        for (Message each : messages) {
            isDead = limit > 0 && why != Why.NOT_DELIVERED && each.counted() >= limit;
            if (isDead) {
                dead.add(new Change.Ref(each.offset(), each.lease()));
            } else {
                alive.add(new Change.Back(each.offset(), each.lease(), readyMs));
            }
        }
        if (!alive.isEmpty()) {
            change(new Change.Returned(nowMs, why, reason, alive), out);
        }
        if (!dead.isEmpty()) {
            change(new Change.Died(nowMs, why, reason, dead), out);
        }
        return isDead;
    }

    /** These are done, if they are not leased: dead letters that were buried. */
    void bury(List<Long> offsets, List<Change> out) {
        drop(offsets.stream().filter(state.dead()::contains).toList(), out);
    }

    /** These are gone from the topic; those that are leased stay until they are settled. */
    void drop(List<Long> offsets, List<Change> out) {
        if (!offsets.isEmpty()) {
            change(new Change.Dropped(offsets), out);
        }
    }

    /** All that is not leased, up to the high watermark, is done; returns how many there were. */
    long purge(long highWatermark, List<Change> out) {
        long count = state.returned().size() + Math.max(0, highWatermark - state.cursor());
        change(new Change.Purged(Math.max(highWatermark, state.cursor())), out);
        return count;
    }

    /** Those of the records that are dead letters, with what is known of each. */
    List<PartitionReply.DeadLetter> deadLetters(List<LogRecord> records) {
        var letters = new ArrayList<PartitionReply.DeadLetter>();
        for (LogRecord record : records) {
            Message message = state.message(record.offset());
            if (message != null && message.state() == Message.State.DEAD) {
                letters.add(
                        new PartitionReply.DeadLetter(
                                record,
                                message.count(),
                                message.firstMs(),
                                message.sinceMs(),
                                message.why(),
                                message.reason(),
                                message.attempts()));
            }
        }
        return letters;
    }

    /**
     * @param highWatermark of the topic's partition, as far as is known
     */
    PartitionReply.Backlog backlog(long highWatermark, long nowMs) {
        int due = 0;
        OptionalLong nextReady = OptionalLong.empty();
        if (!state.returned().isEmpty() && state.returned().last().readyMs() <= nowMs) {
            due = state.returned().size();
        } else {
            for (Message each : state.returned()) {
                if (each.readyMs() > nowMs) {
                    nextReady = OptionalLong.of(each.readyMs());
                    break;
                }
                if (++due == DUE_COUNTED_MAX) {
                    due = state.returned().size();
                    break;
                }
            }
        }
        boolean isFull = freshRoom() == 0;
        long fresh = isFull ? 0 : Math.max(0, highWatermark - Math.max(0, state.cursor()));
        return new PartitionReply.Backlog(
                due + fresh,
                state.inFlight(),
                state.returned().size() - due,
                state.dead().size(),
                nextReady,
                isFull);
    }
}
