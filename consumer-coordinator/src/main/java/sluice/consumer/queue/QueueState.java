package sluice.consumer.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.Attempt.Why;
import sluice.consumer.queue.Change.Numbers;
import sluice.consumer.queue.Change.Settled;

/**
 * What is known of one group's messages in one partition.
 *
 * <pre>
 *   done … done │ held, waiting or done … │ never looked at …
 *             floor                     cursor
 * </pre>
 *
 * <p>Below the cursor a message is done unless it is <i>held</i> (leased, returned or dead) or
 * <i>waits</i>. So done messages need no memory at all, and a backlog beyond the cursor needs none
 * either.
 *
 * <p>{@link #apply} is the only method that changes anything, for fresh changes and for those read
 * back alike. Changes that speak of messages which are not held are passed over: their beginning
 * was in a part of the log that has expired, and so has the message. Owned by one lane.
 */
final class QueueState {

    private final QueueLimits limits;
    private final HeldMessages held = new HeldMessages();
    private final SettledLately settledLately;
    private MessagesThatWait waiting = new MessagesThatWait();
    private long cursor = -1;
    private long nextLease;
    private long epoch = -1;
    private QueuePolicy policy = QueuePolicy.DEFAULT;
    private long retentionMs = -1;
    private long settled;
    private long leased;
    private long expired;

    /** A snapshot of which the end was not yet seen. */
    private @Nullable QueueState coming;

    QueueState(QueueLimits limits) {
        this.limits = limits;
        this.settledLately = new SettledLately(limits.settledKept());
    }

    /** True until it is known where the queue begins. */
    boolean isNew() {
        return cursor < 0;
    }

    long floor() {
        long low = held.isEmpty() ? cursor : Math.min(cursor, held.byOffset().firstKey());
        return waiting.count() == 0 ? low : Math.min(low, waiting.first());
    }

    MessagesThatWait waiting() {
        return waiting;
    }

    long cursor() {
        return cursor;
    }

    /** The number of the next lease; none from it on was ever given. */
    long nextLease() {
        return nextLease;
    }

    /** Of the coordinator that attached last; −1 if none did. */
    long epoch() {
        return epoch;
    }

    QueuePolicy policy() {
        return policy;
    }

    /** How long what is logged now is kept; −1 if that was never said. */
    long retentionMs() {
        return retentionMs;
    }

    long settledCount() {
        return settled;
    }

    long leasedCount() {
        return leased;
    }

    /** Messages whose time was over before somebody took them. */
    long expiredCount() {
        return expired;
    }

    HeldMessages held() {
        return held;
    }

    @Nullable Message message(long offset) {
        return held.get(offset);
    }

    /** Deliveries that were settled lately. */
    SettledLately settledLately() {
        return settledLately;
    }

    void apply(Change change) {
        switch (change) {
            case Change.Part part -> apply(part);
            case Change.Event event -> {
                // A snapshot that was cut off by the end of its writer.
                coming = null;
                apply(event);
            }
        }
    }

    private void apply(Change.Part part) {
        if (part instanceof Change.SnapshotBegin(Numbers numbers)) {
            coming = new QueueState(limits);
            coming.set(numbers);
            return;
        }
        QueueState next = coming;
        if (next == null) {
            return;
        }
        switch (part) {
            case Change.SnapshotBegin _ -> {}
            case Change.SnapshotMessages(var messages) -> messages.forEach(next::put);
            case Change.SnapshotSettled(var all) -> all.forEach(next.settledLately::add);
            case Change.SnapshotWaiting(var spots) -> spots.forEach(next.waiting::place);
            case Change.SnapshotEnd() -> {
                become(next);
                coming = null;
            }
        }
    }

    private void apply(Change.Event event) {
        switch (event) {
            case Change.Reset(_, long at) -> reset(at);
            case Change.Attached(long by, QueuePolicy next) -> {
                epoch = Math.max(epoch, by);
                policy = next;
                waiting.byKey(next.choice().byKey());
            }
            case Change.Acquired acquired -> acquired(acquired);
            case Change.Acknowledged(var leases) ->
                    leases.forEach(each -> settle(each.offset(), each.lease()));
            case Change.Returned back -> back.leases().forEach(each -> returned(back, each));
            case Change.Died died -> died.leases().forEach(each -> died(died, each));
            case Change.Extended(var leases, long deadlineMs) -> {
                for (Change.Ref each : leases) {
                    Message message = leased(each.offset(), each.lease());
                    if (message != null) {
                        put(message.extended(deadlineMs));
                    }
                }
            }
            case Change.Dropped(var offsets) -> offsets.forEach(this::drop);
            case Change.Purged(long to) -> {
                waiting.clear();
                List.copyOf(held.returned()).forEach(each -> drop(each.offset()));
                cursor = Math.max(cursor, to);
            }
            case Change.Skipped(long to) -> cursor = Math.max(cursor, to);
            case Change.Retained(long ms) -> retentionMs = ms;
            case Change.Placed placed -> {
                placed.spots().forEach(waiting::place);
                placed.expired().forEach(each -> expired(each, placed.isDead(), placed.atMs()));
                cursor = Math.max(cursor, placed.cursor());
            }
            case Change.Due(long atMs) -> waiting.due(atMs);
            case Change.Expired(long atMs, var isDead, var offsets) ->
                    offsets.forEach(each -> expired(each, isDead, atMs));
            case Change.Trimmed(long before) -> waiting.trim(before);
        }
    }

    private void set(Numbers numbers) {
        cursor = numbers.cursor();
        nextLease = numbers.nextLease();
        epoch = numbers.epoch();
        policy = numbers.policy();
        retentionMs = numbers.retentionMs();
        settled = numbers.settled();
        leased = numbers.leased();
        expired = numbers.expired();
        waiting.byKey(policy.choice().byKey());
    }

    private void become(QueueState other) {
        clear();
        settledLately.clear();
        waiting = other.waiting;
        set(other.numbers());
        other.held.byOffset().values().forEach(this::put);
        other.settledLately.all().forEach(settledLately::add);
    }

    private void clear() {
        held.clear();
        waiting = new MessagesThatWait();
        waiting.byKey(policy.choice().byKey());
    }

    private void reset(long at) {
        clear();
        cursor = at;
    }

    private void acquired(Change.Acquired change) {
        long lease = change.firstLease();
        int at = 0;
        int left = 0;
        for (long offset : change.offsets()) {
            Line line = Line.PLAIN;
            if (!change.lines().isEmpty()) {
                while (left == 0) {
                    left = change.lines().get(at++).count();
                }
                left--;
                line = change.lines().get(at - 1).line();
            }
            Message before = held.get(offset);
            put(
                    before == null
                            ? Message.leasedFirst(
                                    offset,
                                    lease,
                                    change.session(),
                                    change.deadlineMs(),
                                    change.atMs(),
                                    mark(line, offset, !change.lines().isEmpty()))
                            : before.leasedAgain(
                                    lease, change.session(), change.deadlineMs(), change.atMs()));
            lease++;
        }
        leased += change.offsets().size();
        nextLease = Math.max(nextLease, lease);
        cursor = Math.max(cursor, change.cursor());
    }

    private Mark mark(Line line, long offset, boolean hasWaited) {
        Mark found = hasWaited ? waiting.take(line, offset) : null;
        return found == null ? new Mark(line, Mark.NO_KEY) : found;
    }

    private void expired(long offset, boolean isDead, long atMs) {
        Message before = held.get(offset);
        if (before != null && before.state() != Message.State.RETURNED) {
            return;
        }
        expired++;
        waiting.drop(offset);
        if (isDead) {
            put(Message.expired(offset, before, atMs));
        } else {
            remove(offset);
        }
    }

    private void returned(Change.Returned change, Change.Back each) {
        Message message = leased(each.offset(), each.lease());
        if (message != null) {
            put(
                    message.returned(
                            change.why(),
                            change.reason(),
                            change.atMs(),
                            each.readyMs(),
                            limits.attemptsKept()));
            if (change.why() == Why.RELEASED) {
                settledLately.add(each.lease(), each.offset(), Settled.As.RELEASED);
            } else if (change.why() == Why.NOT_DELIVERED) {
                settledLately.add(each.lease(), each.offset(), Settled.As.NOT_DELIVERED);
            }
        }
    }

    private void died(Change.Died change, Change.Ref each) {
        Message message = leased(each.offset(), each.lease());
        if (message != null) {
            put(message.dead(change.why(), change.reason(), change.atMs(), limits.attemptsKept()));
            if (change.why() == Why.REJECTED) {
                settledLately.add(each.lease(), each.offset(), Settled.As.REJECTED);
            } else if (change.why() == Why.RELEASED) {
                settledLately.add(each.lease(), each.offset(), Settled.As.RELEASED_DEAD);
            }
        }
    }

    private void settle(long offset, long lease) {
        if (leased(offset, lease) != null) {
            remove(offset);
            settled++;
        }
        settledLately.add(lease, offset, Settled.As.ACKNOWLEDGED);
    }

    private void drop(long offset) {
        waiting.drop(offset);
        Message message = held.get(offset);
        if (message != null && message.state() != Message.State.LEASED) {
            if (message.state() == Message.State.DEAD) {
                settled++;
            }
            remove(offset);
        }
    }

    /** The message if it is leased by that very lease. */
    private @Nullable Message leased(long offset, long lease) {
        Message message = held.get(offset);
        return message != null
                        && message.state() == Message.State.LEASED
                        && message.lease() == lease
                ? message
                : null;
    }

    private void put(Message message) {
        held.put(message);
        if (message.isHead()) {
            waiting.held(message.mark().key(), message.offset());
        } else {
            waiting.free(message.mark().key(), message.offset());
        }
    }

    private void remove(long offset) {
        Message message = held.remove(offset);
        if (message != null) {
            waiting.free(message.mark().key(), offset);
        }
    }

    /** All of it but its lists. */
    Numbers numbers() {
        return new Numbers(cursor, nextLease, epoch, policy, retentionMs, settled, leased, expired);
    }
}
