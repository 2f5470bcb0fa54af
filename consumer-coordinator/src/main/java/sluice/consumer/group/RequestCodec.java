package sluice.consumer.group;

import java.time.Duration;

/** The bytes of requests, see {@link GroupCodec}. */
final class RequestCodec {

    private static final int PUT = 1;
    private static final int DESCRIBE = 2;
    private static final int DELETE = 3;
    private static final int JOIN = 4;
    private static final int HEARTBEAT = 5;
    private static final int LEAVE = 6;
    private static final int COMMIT = 7;
    private static final int OFFSETS = 8;
    private static final int RESET = 9;
    private static final int POLL = 10;

    private RequestCodec() {}

    static void write(GroupWriter out, GroupRequest request) {
        switch (request) {
            case GroupRequest.Put(var config, var allowMissing) ->
                    out.number8(PUT).config(config).flag(allowMissing);
            case GroupRequest.Describe(var withLag) -> out.number8(DESCRIBE).flag(withLag);
            case GroupRequest.Delete(var force) -> out.number8(DELETE).flag(force);
            case GroupRequest.Join(
                            var instance,
                            var resume,
                            var connection,
                            var client,
                            var gateway) ->
                    out.number8(JOIN)
                            .optional(instance, out::text)
                            .optional(
                                    resume, each -> out.uuid(each.member()).number64(each.epoch()))
                            .optional(connection, out::uuid)
                            .text(client)
                            .text(gateway);
            case GroupRequest.Heartbeat(
                            var member,
                            var connection,
                            var knownEpoch,
                            var released,
                            var waitMax,
                            var signOfLife) ->
                    out.number8(HEARTBEAT)
                            .uuid(member)
                            .optional(connection, out::uuid)
                            .number64(knownEpoch)
                            .partitions(released)
                            .duration(waitMax)
                            .flag(signOfLife);
            case GroupRequest.Leave(var member, var connection, var reason) ->
                    out.number8(LEAVE)
                            .uuid(member)
                            .optional(connection, out::uuid)
                            .number8(reason.ordinal());
            case GroupRequest.Commit(var member, var connection, var epoch, var offsets) ->
                    out.number8(COMMIT)
                            .optional(member, out::uuid)
                            .optional(connection, out::uuid)
                            .number64(epoch)
                            .offsets(offsets);
            case GroupRequest.Offsets() -> out.number8(OFFSETS);
            case GroupRequest.Reset(var target, var topics, var partitions, var dryRun) -> {
                target(out.number8(RESET), target)
                        .list(topics, out::text)
                        .list(partitions, out::number32)
                        .flag(dryRun);
            }
            case GroupRequest.Poll(
                            var member,
                            var epoch,
                            var received,
                            var recordsMax,
                            var bytesMax,
                            var waitMax) ->
                    out.number8(POLL)
                            .uuid(member)
                            .number64(epoch)
                            .number64(received)
                            .number32(recordsMax)
                            .number32(bytesMax)
                            .duration(waitMax);
            case QueueRequest queue -> QueueGroupCodec.write(out, queue);
        }
    }

    private static GroupWriter target(GroupWriter out, GroupRequest.Target target) {
        return switch (target) {
            case GroupRequest.Target.Earliest() -> out.number8(0).number64(0);
            case GroupRequest.Target.Latest() -> out.number8(1).number64(0);
            case GroupRequest.Target.Offset(long offset) -> out.number8(2).number64(offset);
            case GroupRequest.Target.Timestamp(long ms) -> out.number8(3).number64(ms);
            case GroupRequest.Target.Back(var by) -> out.number8(4).duration(by);
        };
    }

    static GroupRequest read(GroupReader in) {
        int type = in.number8();
        return switch (type) {
            case PUT -> new GroupRequest.Put(in.config(), in.flag());
            case DESCRIBE -> new GroupRequest.Describe(in.flag());
            case DELETE -> new GroupRequest.Delete(in.flag());
            case JOIN ->
                    new GroupRequest.Join(
                            in.optional(in::text),
                            in.optional(() -> new GroupRequest.Resume(in.uuid(), in.number64())),
                            in.optional(in::uuid),
                            in.text(),
                            in.text());
            case HEARTBEAT ->
                    new GroupRequest.Heartbeat(
                            in.uuid(),
                            in.optional(in::uuid),
                            in.number64(),
                            in.partitions(),
                            in.duration(),
                            in.flag());
            case LEAVE ->
                    new GroupRequest.Leave(
                            in.uuid(),
                            in.optional(in::uuid),
                            in.word(GroupRequest.Leave.Reason.values()));
            case COMMIT ->
                    new GroupRequest.Commit(
                            in.optional(in::uuid),
                            in.optional(in::uuid),
                            in.number64(),
                            in.offsets());
            case OFFSETS -> new GroupRequest.Offsets();
            case RESET ->
                    new GroupRequest.Reset(
                            target(in), in.list(in::text), in.list(in::number32), in.flag());
            case POLL ->
                    new GroupRequest.Poll(
                            in.uuid(),
                            in.number64(),
                            in.number64(),
                            in.number32(),
                            in.number32(),
                            in.duration());
            default -> QueueGroupCodec.readRequest(type, in);
        };
    }

    private static GroupRequest.Target target(GroupReader in) {
        int type = in.number8();
        long value = in.number64();
        return switch (type) {
            case 0 -> new GroupRequest.Target.Earliest();
            case 1 -> new GroupRequest.Target.Latest();
            case 2 -> new GroupRequest.Target.Offset(value);
            case 3 -> new GroupRequest.Target.Timestamp(value);
            case 4 -> new GroupRequest.Target.Back(Duration.ofMillis(value));
            default -> throw new IllegalArgumentException("target=" + type);
        };
    }
}
