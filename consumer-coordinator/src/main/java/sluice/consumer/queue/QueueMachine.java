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

    private final QueueState state;
    private final QueueLimits limits;
    private final FairShares shares;

    /**
     * @param state with which it goes on, owned by this machine from now on
     */
    QueueMachine(QueueState state, QueueLimits limits) {
        this.state = state;
        this.limits = limits;
        this.shares = new FairShares(state);
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
        return Math.max(0, limits.inFlightMax() - state.held().inFlight());
    }

    /** How many messages may be given out that were never leased. */
    int freshRoom() {
        return Math.max(0, Math.min(room(), limits.heldMax() - state.held().size()));
    }

    /** True if nobody looks ahead of what is given out. */
    boolean isPlain() {
        return state.policy().choice().isPlain();
    }

    /** Whose turn it is now. */
    Turns turns(long nowMs) {
        return new Turns(state, shares, nowMs);
    }

    /** What waits for a time that has come is ready. */
    void due(long nowMs, List<Change> out) {
        if (state.waiting().nextDueMs() <= nowMs) {
            change(new Change.Due(nowMs), out);
        }
    }

    /** Puts messages from the cursor on where they wait. */
    void place(Change.Placed placed, List<Change> out) {
        assert placed.cursor() > state.cursor() : "cursor=" + placed.cursor();
        change(placed, out);
    }

    /** The time of these messages, which are ready, is over. */
    void expired(List<Long> offsets, long nowMs, List<Change> out) {
        if (!offsets.isEmpty()) {
            change(
                    new Change.Expired(nowMs, state.policy().choice().buriesExpired(), offsets),
                    out);
        }
    }

    /** What waits below is gone from the topic. */
    void trim(long logStart, List<Change> out) {
        if (state.waiting().count() > 0 && state.waiting().first() < logStart) {
            change(new Change.Trimmed(logStart), out);
        }
    }

    /**
     * Leases messages that are returned or were never leased.
     *
     * @param offsets at most as many as there is {@link #room}
     * @param lines where they waited, as {@link Change.Acquired} has them
     * @param cursor all below it that is neither listed nor held nor waits is done from now on
     * @return number of the first lease; the others follow it
     */
    long acquire(
            Optional<UUID> session,
            OptionalLong deadlineMs,
            List<Long> offsets,
            List<Change.Of> lines,
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
            boolean isWaiting =
                    message == null && !lines.isEmpty() && state.waiting().contains(offset);
            assert isReturned || isFresh || isWaiting
                    : "not ready: offset=" + offset + " message=" + message;
        }
        change(
                new Change.Acquired(
                        nowMs,
                        session,
                        deadlineMs,
                        first,
                        Math.max(cursor, state.cursor()),
                        offsets,
                        lines),
                out);
        for (long offset : offsets) {
            Message message = state.message(offset);
            if (message != null) {
                shares.leased(message);
            }
        }
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
                shares.ended(message, nowMs);
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
                                delayMs > 0 ? nowMs + delayMs : Change.Back.AT_ONCE,
                                out));
            }
            case Outcome.NotDelivered() ->
                    new Result.Done(backAtOnce(List.of(message), Why.NOT_DELIVERED, nowMs, out));
            case Outcome.Reject(var reason) -> {
                shares.ended(message, nowMs);
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
            List<Message> leases = state.held().ofSession(session);
            count += leases.size();
            backAtOnce(leases, Why.SESSION_ENDED, nowMs, out);
        }
        return count;
    }

    /** Leases whose deadline has passed go back; returns how many. */
    int expire(long nowMs, List<Change> out) {
        List<Message> past = state.held().pastDeadline(nowMs);
        backAtOnce(past, Why.DEADLINE_PASSED, nowMs, out);
        return past.size();
    }

    private boolean backAtOnce(List<Message> messages, Why why, long nowMs, List<Change> out) {
        return back(messages, why, "", nowMs, Change.Back.AT_ONCE, out);
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
            shares.ended(each, nowMs);
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
        drop(offsets.stream().filter(state.held().dead()::contains).toList(), out);
    }

    /** These are gone from the topic; those that are leased stay until they are settled. */
    void drop(List<Long> offsets, List<Change> out) {
        if (!offsets.isEmpty()) {
            change(new Change.Dropped(offsets), out);
        }
    }

    /** All that is not leased, up to the high watermark, is done; returns how many there were. */
    long purge(long highWatermark, List<Change> out) {
        long count =
                state.held().returned().size()
                        + state.waiting().count()
                        + Math.max(0, highWatermark - state.cursor());
        change(new Change.Purged(Math.max(highWatermark, state.cursor())), out);
        return count;
    }

    /** Leases in flight by offset, from the first one on. */
    PartitionReply.Leases leases(long from, int max) {
        List<PartitionReply.Lease> page =
                state.held().byOffset().tailMap(from).values().stream()
                        .filter(each -> each.state() == Message.State.LEASED)
                        .limit(max + 1L)
                        .map(Message::toLease)
                        .toList();
        boolean isMore = page.size() > max;
        return new PartitionReply.Leases(isMore ? page.subList(0, max) : page, isMore);
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
     * @param isFullOfWaiting true if nobody may look further ahead
     */
    PartitionReply.Backlog backlog(long highWatermark, boolean isFullOfWaiting, long nowMs) {
        return Backlogs.of(state, freshRoom() == 0 || isFullOfWaiting, highWatermark, nowMs);
    }
}
