package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.Attempt.Why;
import sluice.consumer.queue.Change.Numbers;
import sluice.consumer.queue.Change.Settled;

/**
 * What is known of one group's messages in one partition.
 *
 * <pre>
 *   done … done │ held or done … │ never leased …
 *             floor            cursor
 * </pre>
 *
 * <p>Below the cursor a message is done unless it is <i>held</i>: leased, returned or dead. So done
 * messages need no memory at all, and a backlog beyond the cursor needs none either.
 *
 * <p>{@link #apply} is the only method that changes anything, for fresh changes and for those read
 * back alike. Changes that speak of messages which are not held are passed over: their beginning
 * was in a part of the log that has expired, and so has the message. Owned by one lane.
 */
final class QueueState {

    private static final Comparator<Message> BY_READY =
            Comparator.comparingLong(Message::readyMs).thenComparingLong(Message::offset);

    private static final Comparator<Message> BY_DEADLINE =
            Comparator.comparingLong((Message each) -> each.deadlineMs().orElse(Long.MAX_VALUE))
                    .thenComparingLong(Message::offset);

    private final QueueLimits limits;
    private final TreeMap<Long, Message> held = new TreeMap<>();
    private final TreeSet<Message> returned = new TreeSet<>(BY_READY);
    private final TreeSet<Message> deadlines = new TreeSet<>(BY_DEADLINE);
    private final TreeSet<Long> dead = new TreeSet<>();
    private final Map<UUID, TreeSet<Long>> bySession = new HashMap<>();
    private final LinkedHashMap<Long, Settled> settledLately = new LinkedHashMap<>();
    private long cursor = -1;
    private long nextLease;
    private long epoch = -1;
    private QueuePolicy policy = QueuePolicy.DEFAULT;
    private long retentionMs = -1;
    private long settled;
    private long leased;

    /** A snapshot of which the end was not yet seen. */
    private @Nullable QueueState coming;

    QueueState(QueueLimits limits) {
        this.limits = limits;
    }

    /** True until it is known where the queue begins. */
    boolean isNew() {
        return cursor < 0;
    }

    long floor() {
        return held.isEmpty() ? cursor : Math.min(cursor, held.firstKey());
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

    @Nullable Message message(long offset) {
        return held.get(offset);
    }

    NavigableMap<Long, Message> held() {
        return held;
    }

    /** By the time at which they are ready, then by offset. */
    NavigableSet<Message> returned() {
        return returned;
    }

    NavigableSet<Long> dead() {
        return dead;
    }

    int inFlight() {
        return held.size() - returned.size() - dead.size();
    }

    OptionalLong nextDeadlineMs() {
        return deadlines.isEmpty() ? OptionalLong.empty() : deadlines.first().deadlineMs();
    }

    /** Leases whose deadline is not after that. */
    List<Message> pastDeadline(long nowMs) {
        var past = new ArrayList<Message>();
        for (Message each : deadlines) {
            if (each.deadlineMs().orElse(Long.MAX_VALUE) > nowMs) {
                break;
            }
            past.add(each);
        }
        return past;
    }

    List<Message> ofSession(UUID session) {
        TreeSet<Long> offsets = bySession.get(session);
        if (offsets == null) {
            return List.of();
        }
        var found = new ArrayList<Message>(offsets.size());
        for (long offset : offsets) {
            Message message = held.get(offset);
            assert message != null : "of a session but not held: offset=" + offset;
            found.add(message);
        }
        return found;
    }

    /** Deliveries that were settled lately, oldest first. */
    Collection<Settled> settledLately() {
        return settledLately.values();
    }

    @Nullable Settled settledLately(long lease) {
        return settledLately.get(lease);
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
            case Change.SnapshotSettled(var all) -> all.forEach(next::remember);
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
                List.copyOf(returned).forEach(each -> drop(each.offset()));
                cursor = Math.max(cursor, to);
            }
            case Change.Skipped(long to) -> cursor = Math.max(cursor, to);
            case Change.Retained(long ms) -> retentionMs = ms;
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
    }

    private void become(QueueState other) {
        clear();
        settledLately.clear();
        set(other.numbers());
        other.held.values().forEach(this::put);
        other.settledLately.values().forEach(this::remember);
    }

    private void clear() {
        held.clear();
        returned.clear();
        deadlines.clear();
        dead.clear();
        bySession.clear();
    }

    private void reset(long at) {
        clear();
        cursor = at;
    }

    private void acquired(Change.Acquired change) {
        long lease = change.firstLease();
        for (long offset : change.offsets()) {
            Message before = held.get(offset);
            put(
                    before == null
                            ? Message.leasedFirst(
                                    offset,
                                    lease,
                                    change.session(),
                                    change.deadlineMs(),
                                    change.atMs())
                            : before.leasedAgain(
                                    lease, change.session(), change.deadlineMs(), change.atMs()));
            lease++;
        }
        leased += change.offsets().size();
        nextLease = Math.max(nextLease, lease);
        cursor = Math.max(cursor, change.cursor());
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
                remember(new Settled(each.lease(), each.offset(), Settled.As.RELEASED));
            } else if (change.why() == Why.NOT_DELIVERED) {
                remember(new Settled(each.lease(), each.offset(), Settled.As.NOT_DELIVERED));
            }
        }
    }

    private void died(Change.Died change, Change.Ref each) {
        Message message = leased(each.offset(), each.lease());
        if (message != null) {
            put(message.dead(change.why(), change.reason(), change.atMs(), limits.attemptsKept()));
            if (change.why() == Why.REJECTED) {
                remember(new Settled(each.lease(), each.offset(), Settled.As.REJECTED));
            } else if (change.why() == Why.RELEASED) {
                remember(new Settled(each.lease(), each.offset(), Settled.As.RELEASED_DEAD));
            }
        }
    }

    private void settle(long offset, long lease) {
        if (leased(offset, lease) != null) {
            remove(offset);
            settled++;
        }
        remember(new Settled(lease, offset, Settled.As.ACKNOWLEDGED));
    }

    private void drop(long offset) {
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

    private void remember(Settled one) {
        settledLately.remove(one.lease());
        settledLately.put(one.lease(), one);
        if (settledLately.size() > limits.settledKept()) {
            settledLately.pollFirstEntry();
        }
    }

    private void put(Message message) {
        remove(message.offset());
        held.put(message.offset(), message);
        switch (message.state()) {
            case RETURNED -> returned.add(message);
            case DEAD -> dead.add(message.offset());
            case LEASED -> {
                if (message.deadlineMs().isPresent()) {
                    deadlines.add(message);
                }
                message.session()
                        .ifPresent(session ->
                                bySession
                                        .computeIfAbsent(session, _ -> new TreeSet<>())
                                        .add(message.offset()));
            }
        }
    }

    private void remove(long offset) {
        Message message = held.remove(offset);
        if (message == null) {
            return;
        }
        switch (message.state()) {
            case RETURNED -> returned.remove(message);
            case DEAD -> dead.remove(offset);
            case LEASED -> {
                if (message.deadlineMs().isPresent()) {
                    deadlines.remove(message);
                }
                message.session().ifPresent(session -> unlink(session, offset));
            }
        }
    }

    private void unlink(UUID session, long offset) {
        TreeSet<Long> offsets = bySession.get(session);
        if (offsets != null && offsets.remove(offset) && offsets.isEmpty()) {
            bySession.remove(session);
        }
    }

    /** All of it but its lists. */
    Numbers numbers() {
        return new Numbers(cursor, nextLease, epoch, policy, retentionMs, settled, leased);
    }
}
