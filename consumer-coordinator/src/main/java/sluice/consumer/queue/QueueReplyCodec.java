package sluice.consumer.queue;

import java.nio.ByteBuffer;
import java.util.List;
import sluice.consumer.queue.Attempt.Why;
import sluice.log.batch.LogRecord;

/**
 * The replies of {@link QueueCodec}. A record stands as offset, timestamp (zigzag), key and value
 * as bytes, and a list of headers, each a text and bytes.
 */
final class QueueReplyCodec {

    private static final int ATTACHED = 1;
    private static final int LEASES = 2;
    private static final int ACQUIRED = 3;
    private static final int SETTLED = 4;
    private static final int ENDED = 5;
    private static final int DONE = 6;
    private static final int RECORDS = 7;
    private static final int DEAD_LETTERS = 8;
    private static final int PEEKED = 9;
    private static final int NUMBERS = 10;
    private static final int PURGED = 11;
    private static final int FINISHED = 12;

    private QueueReplyCodec() {}

    static ByteBuffer encode(PartitionReply reply) {
        var out = new QueueWriter(bytesOf(reply));
        switch (reply) {
            case PartitionReply.Attached(var backlog) -> backlog(out.byte8(ATTACHED), backlog);
            case PartitionReply.Leases(var leases, var more) ->
                    out.byte8(LEASES).list(leases, each -> lease(out, each)).flag(more);
            case PartitionReply.Acquired(var granted, var backlog) -> {
                out.byte8(ACQUIRED)
                        .list(granted, each -> out.list(each, one -> delivery(out, one)));
                backlog(out, backlog);
            }
            case PartitionReply.Settled(var results, var backlog) -> {
                out.byte8(SETTLED).list(results, each -> result(out, each));
                backlog(out, backlog);
            }
            case PartitionReply.Ended(int leases, var backlog) ->
                    backlog(out.byte8(ENDED).number(leases), backlog);
            case PartitionReply.Done() -> out.byte8(DONE);
            case PartitionReply.Records(var records) ->
                    out.byte8(RECORDS).list(records, each -> record(out, each));
            case PartitionReply.DeadLetters(var letters) ->
                    out.byte8(DEAD_LETTERS).list(letters, each -> letter(out, each));
            case PartitionReply.Peeked(var messages, long next, var more) ->
                    out.byte8(PEEKED)
                            .list(messages, each -> message(out, each))
                            .number(next)
                            .flag(more);
            case PartitionReply.Numbers numbers -> numbers(out, numbers);
            case PartitionReply.Purged(long messages) -> out.byte8(PURGED).number(messages);
            case PartitionReply.Finished(int messages) -> out.byte8(FINISHED).number(messages);
        }
        return out.toBuffer();
    }

    /** Roughly, so that the array need not grow often. */
    private static int bytesOf(PartitionReply reply) {
        return reply instanceof PartitionReply.Acquired(var granted, _)
                ? (int)
                        Math.min(
                                1 << 24,
                                64
                                        + granted.stream()
                                                .flatMap(List::stream)
                                                .mapToLong(
                                                        each -> 48 + Picks.sizeBytes(each.record()))
                                                .sum())
                : 256;
    }

    private static void backlog(QueueWriter out, PartitionReply.Backlog backlog) {
        out.number(backlog.ready())
                .number(backlog.inFlight())
                .number(backlog.delayed())
                .number(backlog.dead())
                .optional(backlog.nextReadyMs())
                .flag(backlog.isFull())
                .number(backlog.behind())
                .signed(backlog.level())
                .number(backlog.ofLevel());
    }

    private static PartitionReply.Backlog backlog(QueueReader in) {
        return new PartitionReply.Backlog(
                in.natural(),
                in.natural32(),
                in.natural32(),
                in.natural32(),
                in.optionalNumber(),
                in.flag(),
                in.natural(),
                Math.toIntExact(in.signed()),
                in.natural());
    }

    private static void lease(QueueWriter out, PartitionReply.Lease lease) {
        out.number(lease.offset())
                .number(lease.lease())
                .optional(lease.session(), out::uuid)
                .number(lease.count())
                .number(lease.sinceMs())
                .optional(lease.deadlineMs());
    }

    private static void delivery(QueueWriter out, Delivery delivery) {
        out.number(delivery.lease())
                .number(delivery.count())
                .number(delivery.firstAtMs())
                .optional(delivery.deadlineMs());
        record(out, delivery.record());
    }

    private static void record(QueueWriter out, LogRecord record) {
        out.number(record.offset())
                .signed(record.timestampMs())
                .bytes(record.key())
                .bytes(record.value())
                .list(record.headers(), each -> out.text(each.name()).bytes(each.value()));
    }

    private static LogRecord record(QueueReader in) {
        return new LogRecord(
                in.natural(),
                in.signed(),
                in.bytes(),
                in.bytes(),
                in.list(() -> new LogRecord.Header(in.text(), in.bytes())));
    }

    private static void result(QueueWriter out, Settlement.Result result) {
        switch (result) {
            case Settlement.Result.Done(var isDead) -> out.byte8(isDead ? 1 : 0);
            case Settlement.Result.Refused(var refusal, var message) ->
                    out.byte8(2).byte8(refusal.ordinal()).text(message);
        }
    }

    private static Settlement.Result result(QueueReader in) {
        int type = in.byte8();
        return switch (type) {
            case 0 -> new Settlement.Result.Done(false);
            case 1 -> new Settlement.Result.Done(true);
            case 2 ->
                    new Settlement.Result.Refused(in.word(Settlement.Refusal.values()), in.text());
            default -> throw new IllegalArgumentException("result=" + type);
        };
    }

    private static void letter(QueueWriter out, PartitionReply.DeadLetter letter) {
        record(out, letter.record());
        out.number(letter.count())
                .number(letter.firstAtMs())
                .number(letter.lastAtMs())
                .byte8(letter.why().number())
                .text(letter.reason())
                .attempts(letter.attempts());
    }

    private static void message(QueueWriter out, PartitionReply.Peeked.Message message) {
        record(out, message.record());
        out.byte8(message.state().ordinal())
                .number(message.count())
                .optional(message.session(), out::uuid)
                .optional(message.readyMs())
                .attempts(message.attempts())
                .optional(
                        message.before(),
                        each ->
                                out.number(each.offset())
                                        .optional(each.lease())
                                        .optional(each.session(), out::uuid)
                                        .optional(each.sinceMs()));
    }

    private static PartitionReply.Peeked.Head head(QueueReader in) {
        return new PartitionReply.Peeked.Head(
                in.natural(), in.optionalNumber(), in.optional(in::uuid), in.optionalNumber());
    }

    private static void numbers(QueueWriter out, PartitionReply.Numbers numbers) {
        backlog(out.byte8(NUMBERS), numbers.backlog());
        out.number(numbers.floor())
                .number(numbers.cursor())
                .number(numbers.highWatermark())
                .number(numbers.doneAhead())
                .number(numbers.settled())
                .number(numbers.leased())
                .optional(numbers.oldestReadyMs())
                .number(numbers.expired())
                .list(
                        numbers.tenants(),
                        each -> out.text(each.name()).number(each.ready()).number(each.inFlight()));
    }

    static PartitionReply read(QueueReader in) {
        int type = in.byte8();
        return switch (type) {
            case ATTACHED -> new PartitionReply.Attached(backlog(in));
            case LEASES ->
                    new PartitionReply.Leases(
                            in.list(() ->
                                    new PartitionReply.Lease(
                                            in.natural(),
                                            in.natural(),
                                            in.optional(in::uuid),
                                            in.natural32(),
                                            in.natural(),
                                            in.optionalNumber())),
                            in.flag());
            case ACQUIRED ->
                    new PartitionReply.Acquired(
                            in.list(() ->
                                    in.list(() ->
                                            new Delivery(
                                                    in.natural(),
                                                    in.natural32(),
                                                    in.natural(),
                                                    in.optionalNumber(),
                                                    record(in)))),
                            backlog(in));
            case SETTLED -> new PartitionReply.Settled(in.list(() -> result(in)), backlog(in));
            case ENDED -> new PartitionReply.Ended(in.natural32(), backlog(in));
            case DONE -> new PartitionReply.Done();
            case RECORDS -> new PartitionReply.Records(in.list(() -> record(in)));
            case DEAD_LETTERS ->
                    new PartitionReply.DeadLetters(
                            in.list(() ->
                                    new PartitionReply.DeadLetter(
                                            record(in),
                                            in.natural32(),
                                            in.natural(),
                                            in.natural(),
                                            Why.of(in.byte8()),
                                            in.text(),
                                            in.attempts())));
            case PEEKED ->
                    new PartitionReply.Peeked(
                            in.list(() ->
                                    new PartitionReply.Peeked.Message(
                                            record(in),
                                            in.word(PartitionRequest.MessageState.values()),
                                            in.natural32(),
                                            in.optional(in::uuid),
                                            in.optionalNumber(),
                                            in.attempts(),
                                            in.optional(() -> head(in)))),
                            in.natural(),
                            in.flag());
            case NUMBERS ->
                    new PartitionReply.Numbers(
                            backlog(in),
                            in.natural(),
                            in.natural(),
                            in.natural(),
                            in.natural(),
                            in.natural(),
                            in.natural(),
                            in.optionalNumber(),
                            in.natural(),
                            in.list(() ->
                                    new PartitionReply.Tenant(
                                            in.text(), in.natural(), in.natural32())));
            case PURGED -> new PartitionReply.Purged(in.natural());
            case FINISHED -> new PartitionReply.Finished(in.natural32());
            default -> throw new IllegalArgumentException("type=" + type);
        };
    }
}
