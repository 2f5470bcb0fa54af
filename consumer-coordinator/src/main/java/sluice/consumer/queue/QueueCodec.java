package sluice.consumer.queue;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.UUID;
import java.util.function.Supplier;
import sluice.consumer.PartitionRef;
import sluice.log.PartitionId;
import sluice.log.SluiceException;

/**
 * Requests to the owner of a queue's partition, and its replies, as they are sent between gateways.
 * Each begins with a byte that names it; its fields follow in the order of its record's components,
 * laid out as {@link QueueWriter} says. Before a request stand:
 *
 * <pre>
 *   group UUID, queue, topic id, index of the partition, slot, retention in milliseconds,
 *   coordinator epoch
 * </pre>
 *
 * <p>The numbers are sent: add, never renumber.
 */
public final class QueueCodec {

    private static final int ATTACH = 1;
    private static final int LEASES = 2;
    private static final int ACQUIRE = 3;
    private static final int CANCEL = 4;
    private static final int SETTLE = 5;
    private static final int END_SESSIONS = 6;
    private static final int READ = 7;
    private static final int DEAD_LETTERS = 8;
    private static final int BURY = 9;
    private static final int PEEK = 10;
    private static final int COUNT = 11;
    private static final int RESET = 12;
    private static final int PURGE = 13;
    private static final int FINISH = 14;

    private QueueCodec() {}

    public static ByteBuffer encode(QueueCall call) {
        var out = new QueueWriter(128);
        PartitionRef partition = call.queue().partition();
        out.uuid(call.queue().group())
                .number(call.queue().queue())
                .number(partition.id().topicId())
                .number(partition.id().index())
                .number(partition.slot())
                .number(partition.retentionMs())
                .number(call.coordinatorEpoch());
        write(out, call.request());
        return out.toBuffer();
    }

    private static void write(QueueWriter out, PartitionRequest request) {
        switch (request) {
            case PartitionRequest.Attach(var policy, var start) -> {
                out.byte8(ATTACH).policy(policy);
                start(out, start);
                out.choice(policy.choice());
            }
            case PartitionRequest.Leases(long from, int max) ->
                    out.byte8(LEASES).number(from).number(max);
            case PartitionRequest.Acquire(long number, var grants, var waitMax, int above) ->
                    out.byte8(ACQUIRE)
                            .number(number)
                            .list(
                                    grants,
                                    each ->
                                            out.optional(each.session(), out::uuid)
                                                    .number(each.messagesMax())
                                                    .number(each.bytesMax())
                                                    .optional(each.visibility(), out::duration))
                            .duration(waitMax)
                            .signed(above);
            case PartitionRequest.Cancel(long number) -> out.byte8(CANCEL).number(number);
            case PartitionRequest.Settle(var settlements) ->
                    out.byte8(SETTLE).list(settlements, each -> settlement(out, each));
            case PartitionRequest.EndSessions(var sessions) ->
                    out.byte8(END_SESSIONS).list(sessions, out::uuid);
            case PartitionRequest.Read(var offsets) -> out.byte8(READ).offsets(offsets);
            case PartitionRequest.DeadLetters(int max) -> out.byte8(DEAD_LETTERS).number(max);
            case PartitionRequest.Bury(var offsets) -> out.byte8(BURY).offsets(offsets);
            case PartitionRequest.Finish(var offsets) -> out.byte8(FINISH).offsets(offsets);
            case PartitionRequest.Peek(long from, int max, int bytesMax, var states, var filter) ->
                    out.byte8(PEEK)
                            .number(from)
                            .number(max)
                            .number(bytesMax)
                            .list(states, each -> out.byte8(each.ordinal()))
                            .filter(filter);
            case PartitionRequest.Count() -> out.byte8(COUNT);
            case PartitionRequest.Reset(var to) -> start(out.byte8(RESET), to);
            case PartitionRequest.Purge() -> out.byte8(PURGE);
        }
    }

    private static void start(QueueWriter out, QueueStart start) {
        switch (start) {
            case QueueStart.Earliest() -> out.byte8(0);
            case QueueStart.Latest() -> out.byte8(1);
            case QueueStart.Offset(long offset) -> out.byte8(2).number(offset);
            case QueueStart.Timestamp(long ms) -> out.byte8(3).number(ms);
        }
    }

    private static QueueStart start(QueueReader in) {
        int type = in.byte8();
        return switch (type) {
            case 0 -> new QueueStart.Earliest();
            case 1 -> new QueueStart.Latest();
            case 2 -> new QueueStart.Offset(in.natural());
            case 3 -> new QueueStart.Timestamp(in.natural());
            default -> throw new IllegalArgumentException("start=" + type);
        };
    }

    private static void settlement(QueueWriter out, Settlement settlement) {
        out.number(settlement.offset())
                .number(settlement.lease())
                .optional(settlement.session(), out::uuid);
        switch (settlement.outcome()) {
            case Settlement.Outcome.Acknowledge() -> out.byte8(0);
            case Settlement.Outcome.Release(var delay, var reason) ->
                    out.byte8(1).optional(delay, out::duration).text(Attempt.cut(reason));
            case Settlement.Outcome.NotDelivered() -> out.byte8(2);
            case Settlement.Outcome.Reject(var reason) -> out.byte8(3).text(Attempt.cut(reason));
            case Settlement.Outcome.Extend(var visibility) -> out.byte8(4).duration(visibility);
        }
    }

    private static Settlement settlement(QueueReader in) {
        return new Settlement(in.natural(), in.natural(), in.optional(in::uuid), outcome(in));
    }

    private static Settlement.Outcome outcome(QueueReader in) {
        int type = in.byte8();
        return switch (type) {
            case 0 -> new Settlement.Outcome.Acknowledge();
            case 1 -> new Settlement.Outcome.Release(in.optional(in::duration), in.text());
            case 2 -> new Settlement.Outcome.NotDelivered();
            case 3 -> new Settlement.Outcome.Reject(in.text());
            case 4 -> new Settlement.Outcome.Extend(in.duration());
            default -> throw new IllegalArgumentException("outcome=" + type);
        };
    }

    /**
     * @throws SluiceException INVALID {@code malformed-frame}
     */
    public static QueueCall decodeCall(ByteBuffer source) {
        var in = new QueueReader(source.duplicate());
        return checked(source, () -> call(in));
    }

    private static QueueCall call(QueueReader in) {
        UUID group = in.uuid();
        long queue = in.natural();
        var partition = new PartitionId(in.natural(), in.natural32());
        var ref =
                new QueueRef(
                        group, queue, new PartitionRef(partition, in.natural32(), in.natural()));
        return new QueueCall(ref, in.natural(), request(in));
    }

    private static PartitionRequest request(QueueReader in) {
        int type = in.byte8();
        return switch (type) {
            case ATTACH -> {
                QueuePolicy policy = in.policy();
                QueueStart start = start(in);
                yield new PartitionRequest.Attach(policy.with(in.choice()), start);
            }
            case LEASES -> new PartitionRequest.Leases(in.natural(), in.natural32());
            case ACQUIRE ->
                    new PartitionRequest.Acquire(
                            in.natural(),
                            in.list(() -> grant(in)),
                            in.duration(),
                            Math.toIntExact(in.signed()));
            case CANCEL -> new PartitionRequest.Cancel(in.natural());
            case SETTLE -> new PartitionRequest.Settle(in.list(() -> settlement(in)));
            case END_SESSIONS -> new PartitionRequest.EndSessions(in.list(in::uuid));
            case READ -> new PartitionRequest.Read(in.offsets());
            case DEAD_LETTERS -> new PartitionRequest.DeadLetters(in.natural32());
            case BURY -> new PartitionRequest.Bury(in.offsets());
            case PEEK ->
                    new PartitionRequest.Peek(
                            in.natural(), in.natural32(), in.natural32(), states(in), in.filter());
            case FINISH -> new PartitionRequest.Finish(in.offsets());
            case COUNT -> new PartitionRequest.Count();
            case RESET -> new PartitionRequest.Reset(start(in));
            case PURGE -> new PartitionRequest.Purge();
            default -> throw new IllegalArgumentException("type=" + type);
        };
    }

    private static PartitionRequest.Grant grant(QueueReader in) {
        return new PartitionRequest.Grant(
                in.optional(in::uuid), in.natural32(), in.natural32(), in.optional(in::duration));
    }

    private static EnumSet<PartitionRequest.MessageState> states(QueueReader in) {
        var states = EnumSet.noneOf(PartitionRequest.MessageState.class);
        states.addAll(in.list(() -> in.word(PartitionRequest.MessageState.values())));
        return states;
    }

    public static ByteBuffer encode(PartitionReply reply) {
        return QueueReplyCodec.encode(reply);
    }

    /**
     * @return views into {@code source}
     * @throws SluiceException INVALID {@code malformed-frame}
     */
    public static PartitionReply decodeReply(ByteBuffer source) {
        var in = new QueueReader(source.duplicate());
        return checked(source, () -> QueueReplyCodec.read(in));
    }

    private static <T> T checked(ByteBuffer source, Supplier<T> read) {
        try {
            return read.get();
        } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException e) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "malformed-frame",
                    "not a request for a queue, nor a reply: bytes=%d cause=%s"
                            .formatted(source.remaining(), e.getMessage()),
                    e);
        }
    }
}
