package sluice.consumer.group;

import sluice.consumer.group.RedriveOrder.Place;
import sluice.consumer.group.RedriveOrder.Target;

/** The bytes of what operators ask of queue groups, see {@link GroupCodec}. */
final class OperatorCodec {

    private static final int REDRIVE = 41;
    private static final int REDRIVE_STATUS = 42;
    private static final int SESSIONS = 43;

    private static final int REDRIVING = 103;
    private static final int SESSIONS_TOLD = 104;

    private OperatorCodec() {}

    static void redrive(GroupWriter out, RedriveOrder order) {
        out.number8(REDRIVE)
                .list(
                        order.places(),
                        each -> out.number32(each.partition()).number64(each.offset()))
                .filter(order.filter())
                .optional(order.max())
                .number32(order.perSecond());
        switch (order.target()) {
            case Target.Origin() -> out.number8(0);
            case Target.Topic(var name) -> out.number8(1).text(name);
            case Target.Nowhere() -> out.number8(2);
        }
    }

    static void redriveStatus(GroupWriter out, boolean stop) {
        out.number8(REDRIVE_STATUS).flag(stop);
    }

    static void sessions(GroupWriter out, QueueRequest.Sessions request) {
        out.number8(SESSIONS)
                .optional(request.session(), out::uuid)
                .optional(request.client(), out::text);
    }

    static QueueRequest readRequest(int type, GroupReader in) {
        return switch (type) {
            case REDRIVE ->
                    new QueueRequest.Redrive(
                            new RedriveOrder(
                                    in.list(() -> new Place(in.number32(), in.number64())),
                                    in.filter(),
                                    in.optionalLong(),
                                    in.number32(),
                                    target(in)));
            case REDRIVE_STATUS -> new QueueRequest.RedriveStatus(in.flag());
            case SESSIONS ->
                    new QueueRequest.Sessions(in.optional(in::uuid), in.optional(in::text));
            default -> throw new IllegalArgumentException("type=" + type);
        };
    }

    private static Target target(GroupReader in) {
        int type = in.number8();
        return switch (type) {
            case 0 -> new Target.Origin();
            case 1 -> new Target.Topic(in.text());
            case 2 -> new Target.Nowhere();
            default -> throw new IllegalArgumentException("target=" + type);
        };
    }

    static void redriving(GroupWriter out, QueueReply.Redriving reply) {
        out.number8(REDRIVING)
                .number8(reply.state().ordinal())
                .number64(reply.moved())
                .number64(reply.kept())
                .number64(reply.startedAtMs())
                .optional(reply.endedAtMs())
                .text(reply.lastError());
    }

    static void sessionsTold(GroupWriter out, QueueReply.SessionsTold reply) {
        out.number8(SESSIONS_TOLD)
                .list(
                        reply.holders(),
                        each -> {
                            session(out, each.session());
                            out.list(each.holds(), hold -> hold(out, hold));
                        });
    }

    static void session(GroupWriter out, QueueReply.Session session) {
        out.uuid(session.id())
                .text(session.client())
                .text(session.gateway())
                .number32(session.prefetch())
                .number32(session.inFlight())
                .flag(session.isActive())
                .flag(session.waits())
                .duration(session.heardBefore());
    }

    static QueueReply.Session session(GroupReader in) {
        return new QueueReply.Session(
                in.uuid(),
                in.text(),
                in.text(),
                in.number32(),
                in.number32(),
                in.flag(),
                in.flag(),
                in.duration());
    }

    private static void hold(GroupWriter out, QueueReply.Held hold) {
        out.delivery(hold.delivery())
                .partition(hold.partition())
                .number32(hold.count())
                .number64(hold.firstAtMs())
                .optional(hold.sinceMs())
                .optional(hold.deadlineMs());
    }

    static QueueReply readReply(int type, GroupReader in) {
        return switch (type) {
            case REDRIVING ->
                    new QueueReply.Redriving(
                            in.word(QueueReply.Redriving.State.values()),
                            in.number64(),
                            in.number64(),
                            in.number64(),
                            in.optionalLong(),
                            in.text());
            case SESSIONS_TOLD ->
                    new QueueReply.SessionsTold(
                            in.list(() ->
                                    new QueueReply.Holder(session(in), in.list(() -> hold(in)))));
            default -> throw new IllegalArgumentException("type=" + type);
        };
    }

    private static QueueReply.Held hold(GroupReader in) {
        return new QueueReply.Held(
                in.delivery(),
                in.partition(),
                in.number32(),
                in.number64(),
                in.optionalLong(),
                in.optionalLong());
    }
}
