package sluice.consumer.group;

import java.util.HashSet;
import sluice.consumer.queue.Attempt;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.consumer.queue.Settlement;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.log.SluiceException;
import sluice.metadata.QueueConfig;

/** The bytes of requests to queue groups and of their replies, see {@link GroupCodec}. */
final class QueueGroupCodec {

    static final int OPEN = 32;
    static final int RECEIVE = 33;
    static final int SETTLE = 34;
    static final int BEAT = 35;
    static final int CLOSE = 36;
    static final int PEEK = 37;
    static final int COUNT = 38;
    static final int PAUSE = 39;
    static final int PURGE = 40;

    static final int OPENED = 96;
    static final int RECEIVED = 97;
    static final int SETTLED = 98;
    static final int BEATEN = 99;
    static final int PEEKED = 100;
    static final int COUNTED = 101;
    static final int PURGED = 102;

    private QueueGroupCodec() {}

    static void write(GroupWriter out, QueueRequest request) {
        switch (request) {
            case QueueRequest.Open(
                            var resume,
                            var connection,
                            var prefetch,
                            var client,
                            var node,
                            var gateway) ->
                    out.number8(OPEN)
                            .optional(
                                    resume,
                                    each ->
                                            out.uuid(each.session())
                                                    .list(each.held(), out::delivery))
                            .optional(connection, out::uuid)
                            .number32(prefetch)
                            .text(client)
                            .uuid(node)
                            .text(gateway);
            case QueueRequest.Receive(
                            var session,
                            var connection,
                            var received,
                            var messagesMax,
                            var bytesMax,
                            var waitMax,
                            var visibility) ->
                    out.number8(RECEIVE)
                            .optional(session, out::uuid)
                            .optional(connection, out::uuid)
                            .number64(received)
                            .number32(messagesMax)
                            .number32(bytesMax)
                            .duration(waitMax)
                            .optional(visibility, out::duration);
            case QueueRequest.Settle(var session, var connection, var items) ->
                    out.number8(SETTLE)
                            .optional(session, out::uuid)
                            .optional(connection, out::uuid)
                            .list(
                                    items,
                                    each -> outcome(out.delivery(each.delivery()), each.outcome()));
            case QueueRequest.Beat(var signs) ->
                    out.number8(BEAT)
                            .list(
                                    signs,
                                    each ->
                                            out.uuid(each.session())
                                                    .optional(each.connection(), out::uuid)
                                                    .number64(each.received()));
            case QueueRequest.Close(var session, var connection) ->
                    out.number8(CLOSE).uuid(session).optional(connection, out::uuid);
            case QueueRequest.Peek(
                            var partition,
                            var from,
                            var max,
                            var bytesMax,
                            var states,
                            var filter) ->
                    out.number8(PEEK)
                            .partition(partition)
                            .number64(from)
                            .number32(max)
                            .number32(bytesMax)
                            .list(states, each -> out.number8(each.ordinal()))
                            .filter(filter);
            case QueueRequest.Count() -> out.number8(COUNT);
            case QueueRequest.Pause(var isPaused) -> out.number8(PAUSE).flag(isPaused);
            case QueueRequest.Purge() -> out.number8(PURGE);
            case QueueRequest.Redrive(var order) -> OperatorCodec.redrive(out, order);
            case QueueRequest.RedriveStatus(var stop) -> OperatorCodec.redriveStatus(out, stop);
            case QueueRequest.Sessions sessions -> OperatorCodec.sessions(out, sessions);
        }
    }

    private static GroupWriter outcome(GroupWriter out, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Acknowledge() -> out.number8(0);
            case Outcome.Release(var delay, var reason) ->
                    out.number8(1).optional(delay, out::duration).text(reason);
            case Outcome.NotDelivered() -> out.number8(2);
            case Outcome.Reject(var reason) -> out.number8(3).text(reason);
            case Outcome.Extend(var visibility) -> out.number8(4).duration(visibility);
        };
    }

    private static Outcome outcome(GroupReader in) {
        int type = in.number8();
        return switch (type) {
            case 0 -> new Outcome.Acknowledge();
            case 1 -> new Outcome.Release(in.optional(in::duration), in.text());
            case 2 -> new Outcome.NotDelivered();
            case 3 -> new Outcome.Reject(in.text());
            case 4 -> new Outcome.Extend(in.duration());
            default -> throw new IllegalArgumentException("outcome=" + type);
        };
    }

    static QueueRequest readRequest(int type, GroupReader in) {
        return switch (type) {
            case OPEN ->
                    new QueueRequest.Open(
                            in.optional(() ->
                                    new QueueRequest.Resume(in.uuid(), in.list(in::delivery))),
                            in.optional(in::uuid),
                            in.number32(),
                            in.text(),
                            in.uuid(),
                            in.text());
            case RECEIVE ->
                    new QueueRequest.Receive(
                            in.optional(in::uuid),
                            in.optional(in::uuid),
                            in.number64(),
                            in.number32(),
                            in.number32(),
                            in.duration(),
                            in.optional(in::duration));
            case SETTLE ->
                    new QueueRequest.Settle(
                            in.optional(in::uuid),
                            in.optional(in::uuid),
                            in.list(() -> new QueueRequest.Item(in.delivery(), outcome(in))));
            case BEAT ->
                    new QueueRequest.Beat(
                            in.list(() ->
                                    new QueueRequest.Sign(
                                            in.uuid(), in.optional(in::uuid), in.number64())));
            case CLOSE -> new QueueRequest.Close(in.uuid(), in.optional(in::uuid));
            case PEEK ->
                    new QueueRequest.Peek(
                            in.partition(),
                            in.number64(),
                            in.number32(),
                            in.number32(),
                            new HashSet<>(in.list(() -> in.word(MessageState.values()))),
                            in.filter());
            case COUNT -> new QueueRequest.Count();
            case PAUSE -> new QueueRequest.Pause(in.flag());
            case PURGE -> new QueueRequest.Purge();
            default -> OperatorCodec.readRequest(type, in);
        };
    }

    static void write(GroupWriter out, QueueReply reply) {
        switch (reply) {
            case QueueReply.Opened(var session, var prefetch, var config, var lost) ->
                    out.number8(OPENED)
                            .uuid(session)
                            .number32(prefetch)
                            .config(config)
                            .list(lost, out::delivery);
            case QueueReply.Received(var number, var messages) ->
                    out.number8(RECEIVED)
                            .number64(number)
                            .list(
                                    messages,
                                    each ->
                                            out.delivery(each.delivery())
                                                    .partition(each.partition())
                                                    .number32(each.count())
                                                    .number64(each.firstAtMs())
                                                    .optional(each.deadlineMs())
                                                    .record(each.record()));
            case QueueReply.Settled(var results) ->
                    out.number8(SETTLED).list(results, each -> result(out, each));
            case QueueReply.Beaten(var unknown) -> out.number8(BEATEN).list(unknown, out::uuid);
            case QueueReply.Peeked(var page) ->
                    out.number8(PEEKED)
                            .list(page.messages(), each -> peeked(out, each))
                            .number64(page.next())
                            .flag(page.more());
            case QueueReply.Counted counted -> counted(out.number8(COUNTED), counted);
            case QueueReply.Purged(var messages) -> out.number8(PURGED).number64(messages);
            case QueueReply.Redriving redriving -> OperatorCodec.redriving(out, redriving);
            case QueueReply.SessionsTold told -> OperatorCodec.sessionsTold(out, told);
        }
    }

    private static void result(GroupWriter out, QueueReply.Result result) {
        switch (result) {
            case QueueReply.Result.Done() -> out.number8(0);
            case QueueReply.Result.Refused(var refusal, var message) ->
                    out.number8(1).number8(refusal.ordinal()).text(message);
            case QueueReply.Result.Failed(var kind, var code, var message) ->
                    out.number8(2).number8(kind.ordinal()).text(code).text(message);
        }
    }

    private static void peeked(GroupWriter out, PartitionReply.Peeked.Message message) {
        out.record(message.record())
                .number8(message.state().ordinal())
                .number32(message.count())
                .optional(message.session(), out::uuid)
                .optional(message.readyMs())
                .list(
                        message.attempts(),
                        each ->
                                out.number64(each.lease())
                                        .number64(each.sinceMs())
                                        .number64(each.untilMs())
                                        .number8(each.why().ordinal())
                                        .text(each.reason()))
                .optional(
                        message.before(),
                        each ->
                                out.number64(each.offset())
                                        .optional(each.lease())
                                        .optional(each.session(), out::uuid)
                                        .optional(each.sinceMs()));
    }

    private static void counted(GroupWriter out, QueueReply.Counted counted) {
        out.config(counted.config())
                .number64(counted.createdAtMs())
                .uuid(counted.coordinator())
                .number32(counted.inFlight())
                .number64(counted.dropped())
                .list(counted.sessions(), each -> OperatorCodec.session(out, each))
                .list(
                        counted.partitions(),
                        each ->
                                out.partition(each.partition())
                                        .optional(
                                                each.numbers(), numbers -> numbers(out, numbers)));
    }

    private static void numbers(GroupWriter out, PartitionReply.Numbers numbers) {
        PartitionReply.Backlog backlog = numbers.backlog();
        out.number64(backlog.ready())
                .number32(backlog.inFlight())
                .number32(backlog.delayed())
                .number32(backlog.dead())
                .optional(backlog.nextReadyMs())
                .flag(backlog.isFull())
                .number64(backlog.behind())
                .number32(backlog.level())
                .number64(backlog.ofLevel())
                .number64(numbers.floor())
                .number64(numbers.cursor())
                .number64(numbers.highWatermark())
                .number64(numbers.doneAhead())
                .number64(numbers.settled())
                .number64(numbers.leased())
                .optional(numbers.oldestReadyMs())
                .number64(numbers.expired())
                .list(
                        numbers.tenants(),
                        each ->
                                out.text(each.name())
                                        .number64(each.ready())
                                        .number32(each.inFlight()));
    }

    static QueueReply readReply(int type, GroupReader in) {
        return switch (type) {
            case OPENED ->
                    new QueueReply.Opened(
                            in.uuid(), in.number32(), queueConfig(in), in.list(in::delivery));
            case RECEIVED ->
                    new QueueReply.Received(
                            in.number64(),
                            in.list(() ->
                                    new QueueReply.Message(
                                            in.delivery(),
                                            in.partition(),
                                            in.number32(),
                                            in.number64(),
                                            in.optionalLong(),
                                            in.record())));
            case SETTLED -> new QueueReply.Settled(in.list(() -> result(in)));
            case BEATEN -> new QueueReply.Beaten(in.list(in::uuid));
            case PEEKED ->
                    new QueueReply.Peeked(
                            new PartitionReply.Peeked(
                                    in.list(() -> peeked(in)), in.number64(), in.flag()));
            case COUNTED -> counted(in);
            case PURGED -> new QueueReply.Purged(in.number64());
            default -> OperatorCodec.readReply(type, in);
        };
    }

    private static QueueConfig queueConfig(GroupReader in) {
        if (in.config() instanceof QueueConfig queue) {
            return queue;
        }
        throw new IllegalArgumentException("settings of a queue group expected");
    }

    private static QueueReply.Result result(GroupReader in) {
        int type = in.number8();
        return switch (type) {
            case 0 -> new QueueReply.Result.Done();
            case 1 ->
                    new QueueReply.Result.Refused(in.word(Settlement.Refusal.values()), in.text());
            case 2 ->
                    new QueueReply.Result.Failed(
                            in.word(SluiceException.Kind.values()), in.text(), in.text());
            default -> throw new IllegalArgumentException("result=" + type);
        };
    }

    private static PartitionReply.Peeked.Message peeked(GroupReader in) {
        return new PartitionReply.Peeked.Message(
                in.record(),
                in.word(MessageState.values()),
                in.number32(),
                in.optional(in::uuid),
                in.optionalLong(),
                in.list(() ->
                        new Attempt(
                                in.number64(),
                                in.number64(),
                                in.number64(),
                                in.word(Attempt.Why.values()),
                                in.text())),
                in.optional(() -> head(in)));
    }

    private static PartitionReply.Peeked.Head head(GroupReader in) {
        return new PartitionReply.Peeked.Head(
                in.number64(), in.optionalLong(), in.optional(in::uuid), in.optionalLong());
    }

    private static QueueReply.Counted counted(GroupReader in) {
        return new QueueReply.Counted(
                queueConfig(in),
                in.number64(),
                in.uuid(),
                in.number32(),
                in.number64(),
                in.list(() -> OperatorCodec.session(in)),
                in.list(() ->
                        new QueueReply.Partition(in.partition(), in.optional(() -> numbers(in)))));
    }

    private static PartitionReply.Numbers numbers(GroupReader in) {
        return new PartitionReply.Numbers(
                new PartitionReply.Backlog(
                        in.number64(),
                        in.number32(),
                        in.number32(),
                        in.number32(),
                        in.optionalLong(),
                        in.flag(),
                        in.number64(),
                        in.number32(),
                        in.number64()),
                in.number64(),
                in.number64(),
                in.number64(),
                in.number64(),
                in.number64(),
                in.number64(),
                in.optionalLong(),
                in.number64(),
                in.list(() -> new PartitionReply.Tenant(in.text(), in.number64(), in.number32())));
    }
}
