package sluice.gateway.group;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.gateway.consume.ValueFormat;

/** What a member sends on its stream: one JSON object a text frame. */
sealed interface ClientFrame {

    /** The first frame. */
    record Join(
            Optional<String> instance,
            Optional<GroupRequest.Resume> resume,
            Map<TopicPartition, Long> positions,
            ValueFormat format,
            String client)
            implements ClientFrame {}

    /** So many more bytes of records may be sent. */
    record Credit(long bytes) implements ClientFrame {}

    /**
     * @param id repeated in the answer
     */
    record Commit(long id, long epoch, List<PartitionOffset> offsets) implements ClientFrame {}

    /** The member is done with these, which it was asked to give back. */
    record Release(List<TopicPartition> partitions) implements ClientFrame {}

    record Pause(List<TopicPartition> partitions) implements ClientFrame {}

    record Resume(List<TopicPartition> partitions) implements ClientFrame {}

    record Seek(TopicPartition partition, long offset) implements ClientFrame {}

    /** Nothing but a sign of life. */
    record Heartbeat() implements ClientFrame {}

    record Leave() implements ClientFrame {}

    /**
     * @throws sluice.gateway.problem.ProblemException if it is not a frame
     */
    static ClientFrame parse(JsonFields fields) {
        ClientFrame frame =
                switch (fields.textNeeded("type")) {
                    case "join" -> join(fields);
                    case "credit" -> new Credit(fields.numberNeeded("bytes", 1, 1L << 40));
                    case "commit" ->
                            new Commit(
                                    fields.numberNeeded("id", 0, Long.MAX_VALUE),
                                    fields.numberNeeded("epoch", 0, Long.MAX_VALUE),
                                    OffsetsBody.offsets(fields, "offsets"));
                    case "release" -> {
                        // Which epoch it knows does not matter: only what is revoking is released.
                        long _ = fields.number("epoch", 0, Long.MAX_VALUE).orElse(0L);
                        yield new Release(OffsetsBody.partitions(fields, "partitions"));
                    }
                    case "pause" -> new Pause(OffsetsBody.partitions(fields, "partitions"));
                    case "resume" -> new Resume(OffsetsBody.partitions(fields, "partitions"));
                    case "seek" ->
                            new Seek(
                                    OffsetsBody.partition(fields),
                                    fields.numberNeeded("offset", 0, Long.MAX_VALUE));
                    case "heartbeat" -> new Heartbeat();
                    case "leave" -> new Leave();
                    default ->
                            throw fields.bad(
                                    "type",
                                    "expected join, credit, commit, release, pause, resume, seek,"
                                            + " heartbeat or leave");
                };
        fields.end();
        return frame;
    }

    private static Join join(JsonFields fields) {
        Optional<UUID> member =
                fields.text("member").map(text -> OffsetsBody.member(fields, "member", text));
        Optional<Long> epoch = fields.number("epoch", 0, Long.MAX_VALUE);
        var positions = new HashMap<TopicPartition, Long>();
        for (PartitionOffset position : OffsetsBody.offsets(fields, "positions")) {
            if (position.offset() < 0) {
                throw fields.bad("positions", "expected offsets from 0");
            }
            positions.put(position.partition(), position.offset());
        }
        return new Join(
                MemberLabels.instance(fields),
                member.map(id -> new GroupRequest.Resume(id, epoch.orElse(-1L))),
                positions,
                fields.text("format").map(ValueFormat::parse).orElse(ValueFormat.TEXT),
                MemberLabels.client(fields));
    }
}
