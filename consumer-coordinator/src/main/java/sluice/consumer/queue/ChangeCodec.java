package sluice.consumer.queue;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import sluice.log.SluiceException;

/**
 * A change as it is stored: a byte that names it, then its fields in the order of its record's
 * components, as {@link QueueWriter} lays them out. Times are milliseconds since 1970.
 *
 * <pre>
 *    1 reset          time, cursor
 *    2 attached       epoch, policy, choice
 *    3 acquired       time, optional session, optional deadline, first lease, cursor, offsets (each
 *                     less the one before, zigzag), list of line and how many
 *    4 acknowledged   deliveries
 *    5 returned       time, why 1, reason, list of (offset and lease less those before, zigzag; ready
 *                     less time, zigzag)
 *    6 died           time, why 1, reason, deliveries
 *    7 extended       deliveries, deadline
 *    8 dropped        offsets
 *    9 purged         cursor
 *   10 skipped        cursor
 *   11 retained       milliseconds
 *   12 placed         time, cursor, spots, flag, offsets
 *   13 due            time
 *   14 expired        time, flag, offsets
 *   15 trimmed        offset
 *   16 snapshot begin cursor zigzag, next lease, epoch zigzag, policy, retention zigzag, settled,
 *                     leased, choice, expired
 *   17 messages       list of offset, state 1, lease, optional session, count, uncounted, first,
 *                     since, optional deadline, ready, why 1, reason, attempts; then a flag, and
 *                     with it a line and a key 8 for each
 *   18 settled        list of lease, offset, how 1
 *   19 snapshot end
 *   20 waiting        spots
 *
 *   policy            delivery limit, first, max, exponential 1, jitter as IEEE 754 bits 8
 *   choice            by key, by priority, expired are dead letters (flags); optional header, most in
 *                     flight, list of tenant and weight
 *   attempt           lease, since, until, why 1, reason
 *   spots, line       as {@link SpotCodec} has them
 * </pre>
 *
 * <p>The numbers are stored: add, never renumber. New fields of a change go to its end, and are
 * read only if they are there: what follows the fields that a version knows is passed over. What a
 * plain queue does not need is left out there: the choice and what follows it, lines, marks.
 */
final class ChangeCodec {

    private static final int RESET = 1;
    private static final int ATTACHED = 2;
    private static final int ACQUIRED = 3;
    private static final int ACKNOWLEDGED = 4;
    private static final int RETURNED = 5;
    private static final int DIED = 6;
    private static final int EXTENDED = 7;
    private static final int DROPPED = 8;
    private static final int PURGED = 9;
    private static final int SKIPPED = 10;
    private static final int RETAINED = 11;
    private static final int PLACED = 12;
    private static final int DUE = 13;
    private static final int EXPIRED = 14;
    private static final int TRIMMED = 15;
    private static final int SNAPSHOT_BEGIN = 16;
    private static final int SNAPSHOT_MESSAGES = 17;
    private static final int SNAPSHOT_SETTLED = 18;
    private static final int SNAPSHOT_END = 19;
    private static final int SNAPSHOT_WAITING = 20;

    private static final int USUAL_BYTES = 48;

    private ChangeCodec() {}

    static byte[] encode(Change change) {
        var out = new QueueWriter(USUAL_BYTES);
        switch (change) {
            case Change.Event event -> write(out, event);
            case Change.Part part -> write(out, part);
        }
        return out.toBytes();
    }

    private static void write(QueueWriter out, Change.Event event) {
        switch (event) {
            case Change.Reset(long atMs, long cursor) ->
                    out.byte8(RESET).number(atMs).number(cursor);
            case Change.Attached(long epoch, var policy) -> {
                out.byte8(ATTACHED).number(epoch).policy(policy);
                if (!policy.choice().equals(QueueChoice.PLAIN)) {
                    out.choice(policy.choice());
                }
            }
            case Change.Acquired acquired -> write(out, acquired);
            case Change.Acknowledged(var leases) -> out.byte8(ACKNOWLEDGED).refs(leases);
            case Change.Returned returned -> write(out, returned);
            case Change.Died(long atMs, var why, var reason, var leases) ->
                    out.byte8(DIED).number(atMs).byte8(why.number()).text(reason).refs(leases);
            case Change.Extended(var leases, long deadlineMs) ->
                    out.byte8(EXTENDED).refs(leases).number(deadlineMs);
            case Change.Dropped(var offsets) -> out.byte8(DROPPED).offsets(offsets);
            case Change.Purged(long cursor) -> out.byte8(PURGED).number(cursor);
            case Change.Skipped(long cursor) -> out.byte8(SKIPPED).number(cursor);
            case Change.Retained(long ms) -> out.byte8(RETAINED).number(ms);
            case Change.Placed(long atMs, long cursor, var spots, var isDead, var expired) -> {
                SpotCodec.write(out.byte8(PLACED).number(atMs).number(cursor), spots);
                out.flag(isDead).offsets(expired);
            }
            case Change.Due(long atMs) -> out.byte8(DUE).number(atMs);
            case Change.Expired(long atMs, var isDead, var offsets) ->
                    out.byte8(EXPIRED).number(atMs).flag(isDead).offsets(offsets);
            case Change.Trimmed(long before) -> out.byte8(TRIMMED).number(before);
        }
    }

    private static void write(QueueWriter out, Change.Acquired acquired) {
        out.byte8(ACQUIRED)
                .number(acquired.atMs())
                .optional(acquired.session(), out::uuid)
                .optional(acquired.deadlineMs())
                .number(acquired.firstLease())
                .number(acquired.cursor())
                .offsets(acquired.offsets());
        if (!acquired.lines().isEmpty()) {
            out.list(
                    acquired.lines(),
                    each -> SpotCodec.line(out, each.line()).number(each.count()));
        }
    }

    private static void write(QueueWriter out, Change.Returned returned) {
        out.byte8(RETURNED)
                .number(returned.atMs())
                .byte8(returned.why().number())
                .text(returned.reason())
                .number(returned.leases().size());
        long offset = 0;
        long lease = 0;
        for (Change.Back each : returned.leases()) {
            out.signed(each.offset() - offset)
                    .signed(each.lease() - lease)
                    .signed(isAtOnce(each) ? 0 : each.readyMs() - returned.atMs());
            offset = each.offset();
            lease = each.lease();
        }
    }

    private static boolean isAtOnce(Change.Back back) {
        return back.readyMs() == Change.Back.AT_ONCE;
    }

    private static void write(QueueWriter out, Change.Part part) {
        switch (part) {
            case Change.SnapshotBegin(var numbers) -> {
                out.byte8(SNAPSHOT_BEGIN)
                        .signed(numbers.cursor())
                        .number(numbers.nextLease())
                        .signed(numbers.epoch())
                        .policy(numbers.policy())
                        .signed(numbers.retentionMs())
                        .number(numbers.settled())
                        .number(numbers.leased());
                if (numbers.expired() > 0 || !numbers.policy().choice().equals(QueueChoice.PLAIN)) {
                    out.choice(numbers.policy().choice()).number(numbers.expired());
                }
            }
            case Change.SnapshotMessages(var messages) -> {
                out.byte8(SNAPSHOT_MESSAGES).list(messages, each -> write(out, each));
                if (messages.stream().anyMatch(each -> !each.mark().equals(Mark.PLAIN))) {
                    out.flag(true);
                    for (Message each : messages) {
                        SpotCodec.line(out, each.mark().line()).fixed(each.mark().key());
                    }
                }
            }
            case Change.SnapshotWaiting(var spots) ->
                    SpotCodec.write(out.byte8(SNAPSHOT_WAITING), spots);
            case Change.SnapshotSettled(var settled) ->
                    out.byte8(SNAPSHOT_SETTLED)
                            .list(
                                    settled,
                                    each ->
                                            out.number(each.lease())
                                                    .number(each.offset())
                                                    .byte8(each.as().number));
            case Change.SnapshotEnd() -> out.byte8(SNAPSHOT_END);
        }
    }

    private static void write(QueueWriter out, Message message) {
        out.number(message.offset())
                .byte8(message.state().number)
                .number(message.lease())
                .optional(message.session(), out::uuid)
                .number(message.count())
                .number(message.uncounted())
                .number(message.firstMs())
                .number(message.sinceMs())
                .optional(message.deadlineMs())
                .number(message.readyMs())
                .byte8(message.why().number())
                .text(message.reason())
                .attempts(message.attempts());
    }

    /**
     * @throws SluiceException DATA {@code corrupt-queue-state}
     */
    static Change decode(ByteBuffer source) {
        var in = new QueueReader(source.duplicate());
        try {
            return read(in);
        } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException e) {
            throw new SluiceException(
                    SluiceException.Kind.DATA,
                    "corrupt-queue-state",
                    "an entry of a queue's state log cannot be read: bytes=%d cause=%s; it may be of a newer version"
                            .formatted(source.remaining(), e.getMessage()),
                    e);
        }
    }

    private static Change read(QueueReader in) {
        int type = in.byte8();
        return switch (type) {
            case RESET -> new Change.Reset(in.natural(), in.natural());
            case ATTACHED -> {
                long epoch = in.natural();
                QueuePolicy policy = in.policy();
                yield new Change.Attached(epoch, in.isAtEnd() ? policy : policy.with(in.choice()));
            }
            case ACQUIRED ->
                    new Change.Acquired(
                            in.natural(),
                            in.optional(in::uuid),
                            in.optionalNumber(),
                            in.natural(),
                            in.natural(),
                            in.offsets(),
                            in.isAtEnd() ? List.of() : in.list(() -> of(in)));
            case ACKNOWLEDGED -> new Change.Acknowledged(in.refs());
            case RETURNED -> returned(in);
            case DIED ->
                    new Change.Died(in.natural(), Attempt.Why.of(in.byte8()), in.text(), in.refs());
            case EXTENDED -> new Change.Extended(in.refs(), in.natural());
            case DROPPED -> new Change.Dropped(in.offsets());
            case PURGED -> new Change.Purged(in.natural());
            case SKIPPED -> new Change.Skipped(in.natural());
            case RETAINED -> new Change.Retained(in.natural());
            case PLACED ->
                    new Change.Placed(
                            in.natural(),
                            in.natural(),
                            SpotCodec.read(in),
                            in.flag(),
                            in.offsets());
            case DUE -> new Change.Due(in.natural());
            case EXPIRED -> new Change.Expired(in.natural(), in.flag(), in.offsets());
            case TRIMMED -> new Change.Trimmed(in.natural());
            case SNAPSHOT_BEGIN -> new Change.SnapshotBegin(numbers(in));
            case SNAPSHOT_MESSAGES -> messages(in);
            case SNAPSHOT_WAITING -> new Change.SnapshotWaiting(SpotCodec.read(in));
            case SNAPSHOT_SETTLED ->
                    new Change.SnapshotSettled(
                            in.list(() ->
                                    new Change.Settled(
                                            in.natural(),
                                            in.natural(),
                                            Change.Settled.As.of(in.byte8()))));
            case SNAPSHOT_END -> new Change.SnapshotEnd();
            default -> throw new IllegalArgumentException("type=" + type);
        };
    }

    private static Change.Of of(QueueReader in) {
        return new Change.Of(SpotCodec.line(in), in.natural32());
    }

    private static Change.Numbers numbers(QueueReader in) {
        long cursor = in.signed();
        long nextLease = in.natural();
        long epoch = in.signed();
        QueuePolicy policy = in.policy();
        long retentionMs = in.signed();
        long settled = in.natural();
        long leased = in.natural();
        boolean isPlain = in.isAtEnd();
        QueueChoice choice = isPlain ? QueueChoice.PLAIN : in.choice();
        long expired = isPlain ? 0 : in.natural();
        return new Change.Numbers(
                cursor,
                nextLease,
                epoch,
                policy.with(choice),
                retentionMs,
                settled,
                leased,
                expired);
    }

    private static Change messages(QueueReader in) {
        List<Message> messages = in.list(() -> message(in));
        if (!in.isAtEnd() && in.flag()) {
            messages.replaceAll(each -> each.with(new Mark(SpotCodec.line(in), in.fixed())));
        }
        return new Change.SnapshotMessages(messages);
    }

    private static Change returned(QueueReader in) {
        long atMs = in.natural();
        Attempt.Why why = Attempt.Why.of(in.byte8());
        String reason = in.text();
        long[] before = new long[2];
        List<Change.Back> leases =
                in.list(() -> {
                    before[0] += in.signed();
                    before[1] += in.signed();
                    long delayMs = in.signed();
                    return new Change.Back(
                            before[0],
                            before[1],
                            delayMs == 0 ? Change.Back.AT_ONCE : atMs + delayMs);
                });
        return new Change.Returned(atMs, why, reason, leases);
    }

    private static Message message(QueueReader in) {
        return new Message(
                in.natural(),
                Message.State.of(in.byte8()),
                in.natural(),
                in.optional(in::uuid),
                in.natural32(),
                in.natural32(),
                in.natural(),
                in.natural(),
                in.optionalNumber(),
                in.natural(),
                Attempt.Why.of(in.byte8()),
                in.text(),
                in.attempts(),
                Mark.PLAIN);
    }
}
