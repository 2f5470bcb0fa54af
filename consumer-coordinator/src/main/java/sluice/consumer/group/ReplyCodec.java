package sluice.consumer.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The bytes of replies, see {@link GroupCodec}. */
final class ReplyCodec {

    private static final int DONE = 65;
    private static final int STORED = 66;
    private static final int JOINED = 67;
    private static final int HOLDS = 68;
    private static final int COMMITTED = 69;
    private static final int OFFSETS_FOUND = 70;
    private static final int MOVED = 71;
    private static final int DESCRIBED = 72;
    private static final int POLLED = 73;

    private ReplyCodec() {}

    static List<ByteBuffer> write(GroupReply reply) {
        var out = new GroupWriter();
        var buffers = new ArrayList<ByteBuffer>();
        switch (reply) {
            case GroupReply.Done() -> out.number8(DONE);
            case GroupReply.Stored(var isNew, var config) ->
                    out.number8(STORED).flag(isNew).config(config);
            case GroupReply.Joined(var member, var epoch, var config, var holds) ->
                    out.number8(JOINED).uuid(member).number64(epoch).config(config).holds(holds);
            case GroupReply.Holds(var epoch, var holds) ->
                    out.number8(HOLDS).number64(epoch).holds(holds);
            case GroupReply.Committed(var epoch) -> out.number8(COMMITTED).number64(epoch);
            case GroupReply.Offsets(var offsets) -> out.number8(OFFSETS_FOUND).offsets(offsets);
            case GroupReply.Moved(var dryRun, var moves) ->
                    out.number8(MOVED).flag(dryRun).list(moves, each -> move(out, each));
            case GroupReply.Described(var group) -> describe(out.number8(DESCRIBED), group);
            case GroupReply.Polled(var number, var epoch, var holds, var slices, var skips) -> {
                out.number8(POLLED).number64(number).number64(epoch).holds(holds);
                out.list(slices, each -> slice(out, each));
                out.list(
                        skips,
                        each ->
                                out.partition(each.partition())
                                        .number64(each.from())
                                        .number64(each.to()));
                slices.forEach(each -> buffers.addAll(each.batches()));
            }
            case QueueReply queue -> QueueGroupCodec.write(out, queue);
        }
        buffers.addFirst(out.toBuffer());
        return buffers;
    }

    private static void move(GroupWriter out, GroupReply.Move move) {
        out.partition(move.partition())
                .optional(move.from())
                .number64(move.to())
                .flag(move.isCut())
                .number64(move.logStart())
                .number64(move.highWatermark());
    }

    private static void slice(GroupWriter out, GroupReply.Slice slice) {
        out.partition(slice.partition())
                .number64(slice.from())
                .number64(slice.to())
                .number64(slice.highWatermark())
                .list(slice.batches(), each -> out.number32(each.remaining()));
    }

    private static void describe(GroupWriter out, GroupDescription group) {
        out.config(group.config())
                .number64(group.createdAtMs())
                .number64(group.epoch())
                .uuid(group.coordinator())
                .list(
                        group.members(),
                        each ->
                                out.uuid(each.id())
                                        .optional(each.instance(), out::text)
                                        .text(each.client())
                                        .text(each.gateway())
                                        .number64(each.joinedAtMs())
                                        .duration(each.heardBefore())
                                        .partitions(each.assigned())
                                        .partitions(each.revoking()))
                .list(
                        group.partitions(),
                        each ->
                                out.partition(each.partition())
                                        .optional(each.committed())
                                        .optional(each.logStart())
                                        .optional(each.highWatermark())
                                        .optional(each.member(), out::uuid));
    }

    static GroupReply read(GroupReader in) {
        int type = in.number8();
        return switch (type) {
            case DONE -> new GroupReply.Done();
            case STORED -> new GroupReply.Stored(in.flag(), in.config());
            case JOINED ->
                    new GroupReply.Joined(in.uuid(), in.number64(), in.streamConfig(), in.holds());
            case HOLDS -> new GroupReply.Holds(in.number64(), in.holds());
            case COMMITTED -> new GroupReply.Committed(in.number64());
            case OFFSETS_FOUND -> new GroupReply.Offsets(in.offsets());
            case MOVED -> new GroupReply.Moved(in.flag(), in.list(() -> move(in)));
            case DESCRIBED -> new GroupReply.Described(described(in));
            case POLLED -> polled(in);
            default -> QueueGroupCodec.readReply(type, in);
        };
    }

    private static GroupReply.Move move(GroupReader in) {
        return new GroupReply.Move(
                in.partition(),
                in.optionalLong(),
                in.number64(),
                in.flag(),
                in.number64(),
                in.number64());
    }

    private static GroupDescription described(GroupReader in) {
        return new GroupDescription(
                in.config(),
                in.number64(),
                in.number64(),
                in.uuid(),
                in.list(() ->
                        new GroupDescription.Member(
                                in.uuid(),
                                in.optional(in::text),
                                in.text(),
                                in.text(),
                                in.number64(),
                                in.duration(),
                                in.partitions(),
                                in.partitions())),
                in.list(() ->
                        new GroupDescription.Partition(
                                in.partition(),
                                in.optionalLong(),
                                in.optionalLong(),
                                in.optionalLong(),
                                in.optional(in::uuid))));
    }

    private record SliceHead(
            TopicPartition partition, long from, long to, long hwm, List<Integer> lengths) {}

    private static GroupReply.Polled polled(GroupReader in) {
        long number = in.number64();
        long epoch = in.number64();
        List<Hold> holds = in.holds();
        List<SliceHead> heads =
                in.list(() ->
                        new SliceHead(
                                in.partition(),
                                in.number64(),
                                in.number64(),
                                in.number64(),
                                in.list(in::number32)));
        List<GroupReply.Skip> skips =
                in.list(() -> new GroupReply.Skip(in.partition(), in.number64(), in.number64()));
        var slices = new ArrayList<GroupReply.Slice>(heads.size());
        for (SliceHead head : heads) {
            List<ByteBuffer> batches = head.lengths().stream().map(in::bytes).toList();
            slices.add(
                    new GroupReply.Slice(
                            head.partition(), head.from(), head.to(), head.hwm(), batches));
        }
        return new GroupReply.Polled(number, epoch, holds, slices, skips);
    }
}
