package sluice.consumer.queue.memory;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.Attempt;
import sluice.consumer.queue.Delivery;
import sluice.consumer.queue.MessageAttributes;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionReply.Backlog;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.consumer.queue.QueuePolicy;
import sluice.consumer.queue.QueueStart;
import sluice.consumer.queue.Settlement;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;

/**
 * The queue of one partition, in memory: what its owner answers, at once. Waiting is up to whoever
 * asks. Of a group's choice it knows priorities alone: order by key, tenants, delays and expiry of
 * what was never leased are the owner's.
 */
public final class MemoryQueue {

    /** How a lease was settled. */
    private record Settled(long offset, Settlement.Outcome outcome, boolean isDead) {}

    private final MemoryRecords log = new MemoryRecords();
    private final TreeMap<Long, MemoryMessage> open = new TreeMap<>();
    private final MemoryPages pages = new MemoryPages(log, open);
    private final ReadyMessages ready = new ReadyMessages();

    /** By lease. */
    private final Map<Long, Settled> settled = new HashMap<>();

    /** Offsets that were acknowledged or buried. */
    public final TreeSet<Long> done = new TreeSet<>();

    /** The highest epoch that attached; −1 if none did. */
    public long epoch = -1;

    private QueuePolicy policy = QueuePolicy.DEFAULT;
    private long highWatermark;
    private long cursor;
    private long lastLease;
    private long nowMs;

    /** Appends a message with this value, at the next offset. */
    public void produce(String value) {
        produce(value, MessageAttributes.DEFAULT_PRIORITY);
    }

    public void produce(String value, int priority) {
        append(MemoryRecords.of(highWatermark, nowMs, value, priority));
    }

    /** Takes a record of the partition; they come in the order of their offsets. */
    public void append(LogRecord record) {
        long offset = record.offset();
        log.add(record);
        open.put(offset, new MemoryMessage(offset));
        ready(offset);
        highWatermark = offset + 1;
    }

    /** The offset after the last record. */
    public long highWatermark() {
        return highWatermark;
    }

    /** Deadlines that have passed by then are over, and what was delayed is ready. */
    public void now(long ms) {
        nowMs = ms;
        for (MemoryMessage each : List.copyOf(open.values())) {
            if (each.state == MessageState.LEASED && each.deadlineMs.orElse(Long.MAX_VALUE) <= ms) {
                back(each, Attempt.Why.DEADLINE_PASSED, "", 0);
            } else if (each.state == MessageState.DELAYED && each.readyMs <= ms) {
                each.state = MessageState.READY;
                ready(each.offset);
            }
        }
    }

    public Backlog backlog() {
        return new Backlog(
                ready.count(),
                count(MessageState.LEASED),
                count(MessageState.DELAYED),
                count(MessageState.DEAD),
                OptionalLong.empty(),
                false,
                0,
                ready.level(),
                ready.ofLevel());
    }

    private void ready(long offset) {
        int priority = MessageAttributes.of(log.get(offset)).priority();
        ready.add(
                policy.choice().byPriority() ? priority : MessageAttributes.DEFAULT_PRIORITY,
                offset);
    }

    private int count(MessageState state) {
        return (int) open.values().stream().filter(each -> each.state == state).count();
    }

    /** Leases in flight, by session. */
    public Collection<Optional<UUID>> holders() {
        return open.values().stream()
                .filter(each -> each.state == MessageState.LEASED)
                .map(each -> each.session)
                .toList();
    }

    /**
     * True if that is to be asked again, since it waits for a message and there is none.
     *
     * @param waited since it came
     */
    public boolean waits(long coordinator, PartitionRequest request, Duration waited) {
        return request instanceof PartitionRequest.Acquire acquire
                && coordinator == epoch
                && (acquire.above() == PartitionRequest.Acquire.ANY
                        ? ready.isEmpty()
                        : !ready.isRisen(acquire.number(), acquire.above()))
                && waited.compareTo(acquire.waitMax()) < 0;
    }

    public PartitionReply handle(long coordinator, PartitionRequest request) {
        if (coordinator < epoch) {
            throw new SluiceException(
                    SluiceException.Kind.FENCED, "stale-coordinator", "epoch=" + coordinator);
        }
        if (coordinator > epoch && !(request instanceof PartitionRequest.Attach)) {
            throw new SluiceException(
                    SluiceException.Kind.CONFLICT, "not-attached", "epoch=" + coordinator);
        }
        return switch (request) {
            case PartitionRequest.Attach(QueuePolicy next, QueueStart start) -> {
                if (epoch < 0) {
                    reset(start);
                }
                epoch = coordinator;
                policy = next;
                sort();
                yield new PartitionReply.Attached(backlog());
            }
            case PartitionRequest.Leases(long from, int max) -> pages.leases(from, max);
            case PartitionRequest.Acquire acquire -> acquired(acquire);
            case PartitionRequest.Cancel _ -> new PartitionReply.Done();
            case PartitionRequest.Settle(var settlements) ->
                    new PartitionReply.Settled(
                            settlements.stream().map(this::settle).toList(), backlog());
            case PartitionRequest.EndSessions(var sessions) -> ended(sessions);
            case PartitionRequest.Read(var offsets) -> new PartitionReply.Records(log.at(offsets));
            case PartitionRequest.DeadLetters(int max) -> pages.deadLetters(max);
            case PartitionRequest.Bury(var offsets) -> {
                offsets.forEach(this::bury);
                yield new PartitionReply.Done();
            }
            case PartitionRequest.Finish(var offsets) ->
                    new PartitionReply.Finished(
                            (int) offsets.stream().filter(this::finishFree).count());
            case PartitionRequest.Peek peek -> pages.peeked(peek, highWatermark);
            case PartitionRequest.Count() ->
                    new PartitionReply.Numbers(
                            backlog(),
                            open.isEmpty() ? highWatermark : open.firstKey(),
                            cursor,
                            highWatermark,
                            open.isEmpty() ? 0 : done.tailSet(open.firstKey()).size(),
                            done.size(),
                            lastLease,
                            ready.isEmpty()
                                    ? OptionalLong.empty()
                                    : OptionalLong.of(log.get(ready.first()).timestampMs()));
            case PartitionRequest.Reset(QueueStart to) -> {
                reset(to);
                yield new PartitionReply.Done();
            }
            case PartitionRequest.Purge() -> purged();
        };
    }

    private void sort() {
        ready.clear();
        open.values().stream()
                .filter(each -> each.state == MessageState.READY)
                .forEach(each -> ready(each.offset));
    }

    private PartitionReply.Acquired acquired(PartitionRequest.Acquire request) {
        var granted = new ArrayList<List<Delivery>>();
        long all = 0;
        for (PartitionRequest.Grant grant : request.grants()) {
            var deliveries = new ArrayList<Delivery>();
            long max = Math.min(grant.bytesMax(), PartitionReply.BYTES_MAX);
            long bytes = 0;
            while (all < PartitionReply.BYTES_MAX
                    && deliveries.size() < grant.messagesMax()
                    && !ready.isEmpty()) {
                bytes += MemoryRecords.sizeBytes(log.get(ready.first()));
                if (bytes > max && !deliveries.isEmpty()) {
                    break;
                }
                deliveries.add(leased(requireNonNull(open.get(ready.removeFirst())), grant));
            }
            all += bytes;
            granted.add(deliveries);
        }
        return new PartitionReply.Acquired(granted, backlog());
    }

    private Delivery leased(MemoryMessage message, PartitionRequest.Grant grant) {
        message.state = MessageState.LEASED;
        message.count++;
        message.counted++;
        message.lease = ++lastLease;
        message.session = grant.session();
        message.sinceMs = nowMs;
        message.firstAtMs = message.count == 1 ? nowMs : message.firstAtMs;
        message.deadlineMs = deadline(grant.visibility());
        cursor = Math.max(cursor, message.offset + 1);
        return new Delivery(
                message.lease,
                message.count,
                message.firstAtMs,
                message.deadlineMs,
                log.get(message.offset));
    }

    private OptionalLong deadline(Optional<Duration> visibility) {
        return visibility.isPresent()
                ? OptionalLong.of(nowMs + visibility.get().toMillis())
                : OptionalLong.empty();
    }

    private Settlement.Result settle(Settlement each) {
        MemoryMessage message = open.get(each.offset());
        if (message == null
                || message.lease != each.lease()
                || message.state != MessageState.LEASED) {
            return settledBefore(each);
        }
        if (message.session.isPresent() && !message.session.equals(each.session())) {
            return refused(Settlement.Refusal.FOREIGN_SESSION);
        }
        switch (each.outcome()) {
            case Settlement.Outcome.Acknowledge() -> finish(message);
            case Settlement.Outcome.Release(var delay, var reason) ->
                    back(
                            message,
                            Attempt.Why.RELEASED,
                            reason,
                            delay.orElse(policy.backoff().first()).toMillis());
            case Settlement.Outcome.NotDelivered() -> {
                message.counted--;
                back(message, Attempt.Why.NOT_DELIVERED, "", 0);
            }
            case Settlement.Outcome.Reject(var reason) -> {
                message.ended(Attempt.Why.REJECTED, reason, nowMs);
                message.state = MessageState.DEAD;
            }
            case Settlement.Outcome.Extend(var visibility) -> {
                message.deadlineMs = deadline(Optional.of(visibility));
                return new Settlement.Result.Done(false);
            }
        }
        boolean isDead = message.state == MessageState.DEAD;
        settled.put(each.lease(), new Settled(each.offset(), each.outcome(), isDead));
        return new Settlement.Result.Done(isDead);
    }

    private Settlement.Result settledBefore(Settlement each) {
        Settled before = settled.get(each.lease());
        boolean isOther = before != null && before.offset != each.offset();
        if (isOther || each.lease() < 1 || each.lease() > lastLease) {
            return refused(Settlement.Refusal.UNKNOWN_DELIVERY);
        }
        if (before != null) {
            return before.outcome.getClass() == each.outcome().getClass()
                    ? new Settlement.Result.Done(before.isDead)
                    : refused(Settlement.Refusal.ALREADY_SETTLED);
        }
        return refused(Settlement.Refusal.LEASE_EXPIRED);
    }

    private static Settlement.Result refused(Settlement.Refusal refusal) {
        return new Settlement.Result.Refused(refusal, refusal.code());
    }

    private void back(MemoryMessage message, Attempt.Why why, String reason, long delayMs) {
        message.ended(why, reason, nowMs);
        message.session = Optional.empty();
        message.deadlineMs = OptionalLong.empty();
        if (policy.deliveryLimit() > 0
                && message.counted >= policy.deliveryLimit()
                && why != Attempt.Why.NOT_DELIVERED) {
            message.state = MessageState.DEAD;
        } else if (delayMs > 0) {
            message.state = MessageState.DELAYED;
            message.readyMs = nowMs + delayMs;
        } else {
            message.state = MessageState.READY;
            ready(message.offset);
        }
    }

    private boolean finish(MemoryMessage message) {
        open.remove(message.offset);
        return done.add(message.offset);
    }

    private PartitionReply ended(List<UUID> sessions) {
        int leases = 0;
        for (MemoryMessage each : List.copyOf(open.values())) {
            if (each.state == MessageState.LEASED
                    && each.session.isPresent()
                    && sessions.contains(each.session.get())) {
                back(each, Attempt.Why.SESSION_ENDED, "", 0);
                leases++;
            }
        }
        return new PartitionReply.Ended(leases, backlog());
    }

    private void bury(long offset) {
        MemoryMessage message = open.get(offset);
        if (message != null && message.state == MessageState.DEAD) {
            finish(message);
        }
    }

    private boolean finishFree(long offset) {
        MemoryMessage message = open.get(offset);
        if (message == null || !message.isFree()) {
            return false;
        }
        ready.remove(offset);
        cursor = Math.max(cursor, offset + 1);
        return finish(message);
    }

    private void reset(QueueStart to) {
        long from =
                switch (to) {
                    case QueueStart.Earliest() -> 0;
                    case QueueStart.Latest() -> highWatermark;
                    case QueueStart.Offset(long offset) -> Math.clamp(offset, 0, highWatermark);
                    case QueueStart.Timestamp(long ms) -> log.since(ms, highWatermark);
                };
        open.clear();
        ready.clear();
        cursor = from;
        for (long offset = from; offset < highWatermark; offset++) {
            open.put(offset, new MemoryMessage(offset));
            ready(offset);
        }
    }

    private PartitionReply purged() {
        var gone = open.values().stream().filter(MemoryMessage::isFree).toList();
        gone.forEach(this::finish);
        ready.clear();
        cursor = highWatermark;
        return new PartitionReply.Purged(gone.size());
    }

    /** The message with this offset, if it is not done; for messages of failures. */
    public @Nullable String state(long offset) {
        MemoryMessage message = open.get(offset);
        return message == null ? null : message.state + " of " + message.session;
    }
}
