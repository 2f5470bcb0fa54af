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
 *    2 attached       epoch, policy
 *    3 acquired       time, optional session, optional deadline, first lease, cursor, offsets (each
 *                     less the one before, zigzag)
 *    4 acknowledged   deliveries
 *    5 returned       time, why 1, reason, list of (offset and lease less those before, zigzag; ready
 *                     less time, zigzag)
 *    6 died           time, why 1, reason, deliveries
 *    7 extended       deliveries, deadline
 *    8 dropped        offsets
 *    9 purged         cursor
 *   10 skipped        cursor
 *   11 retained       milliseconds
 *   16 snapshot begin cursor zigzag, next lease, epoch zigzag, policy, retention zigzag, settled, leased
 *   17 messages       list of offset, state 1, lease, optional session, count, uncounted, first,
 *                     since, optional deadline, ready, why 1, reason, attempts
 *   18 settled        list of lease, offset, how 1
 *   19 snapshot end
 *
 *   policy            delivery limit, first, max, exponential 1, jitter as IEEE 754 bits 8
 *   attempt           lease, since, until, why 1, reason
 * </pre>
 *
 * <p>The numbers are stored: add, never renumber. New fields of a change go to its end, and are
 * read only if they are there: what follows the fields that a version knows is passed over.
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
    private static final int SNAPSHOT_BEGIN = 16;
    private static final int SNAPSHOT_MESSAGES = 17;
    private static final int SNAPSHOT_SETTLED = 18;
    private static final int SNAPSHOT_END = 19;

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
            case Change.Attached(long epoch, var policy) ->
                    out.byte8(ATTACHED).number(epoch).policy(policy);
            case Change.Acquired(
                            long atMs,
                            var session,
                            var deadlineMs,
                            long firstLease,
                            long cursor,
                            var offsets) ->
                    out.byte8(ACQUIRED)
                            .number(atMs)
                            .optional(session, out::uuid)
                            .optional(deadlineMs)
                            .number(firstLease)
                            .number(cursor)
                            .offsets(offsets);
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
                    .signed(each.readyMs() - returned.atMs());
            offset = each.offset();
            lease = each.lease();
        }
    }

    private static void write(QueueWriter out, Change.Part part) {
        switch (part) {
            case Change.SnapshotBegin(var numbers) ->
                    out.byte8(SNAPSHOT_BEGIN)
                            .signed(numbers.cursor())
                            .number(numbers.nextLease())
                            .signed(numbers.epoch())
                            .policy(numbers.policy())
                            .signed(numbers.retentionMs())
                            .number(numbers.settled())
                            .number(numbers.leased());
            case Change.SnapshotMessages(var messages) ->
                    out.byte8(SNAPSHOT_MESSAGES).list(messages, each -> write(out, each));
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
            case ATTACHED -> new Change.Attached(in.natural(), in.policy());
            case ACQUIRED ->
                    new Change.Acquired(
                            in.natural(),
                            in.optional(in::uuid),
                            in.optionalNumber(),
                            in.natural(),
                            in.natural(),
                            in.offsets());
            case ACKNOWLEDGED -> new Change.Acknowledged(in.refs());
            case RETURNED -> returned(in);
            case DIED ->
                    new Change.Died(in.natural(), Attempt.Why.of(in.byte8()), in.text(), in.refs());
            case EXTENDED -> new Change.Extended(in.refs(), in.natural());
            case DROPPED -> new Change.Dropped(in.offsets());
            case PURGED -> new Change.Purged(in.natural());
            case SKIPPED -> new Change.Skipped(in.natural());
            case RETAINED -> new Change.Retained(in.natural());
            case SNAPSHOT_BEGIN ->
                    new Change.SnapshotBegin(
                            new Change.Numbers(
                                    in.signed(),
                                    in.natural(),
                                    in.signed(),
                                    in.policy(),
                                    in.signed(),
                                    in.natural(),
                                    in.natural()));
            case SNAPSHOT_MESSAGES -> new Change.SnapshotMessages(in.list(() -> message(in)));
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

    private static Change returned(QueueReader in) {
        long atMs = in.natural();
        Attempt.Why why = Attempt.Why.of(in.byte8());
        String reason = in.text();
        long[] before = new long[2];
        List<Change.Back> leases =
                in.list(() -> {
                    before[0] += in.signed();
                    before[1] += in.signed();
                    return new Change.Back(before[0], before[1], atMs + in.signed());
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
                in.attempts());
    }
}
