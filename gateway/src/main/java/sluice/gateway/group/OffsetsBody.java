package sluice.gateway.group;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupRequest.Target;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;

/** What bodies and frames say of partitions and offsets. */
final class OffsetsBody {

    private OffsetsBody() {}

    /**
     * {@code {"member": id, "epoch": n, "offsets": [{"topic", "partition", "offset"}, …]}}; without
     * member for a reader that is none.
     */
    static GroupRequest.Commit parse(JsonFields body) {
        Optional<UUID> member = body.text("member").map(text -> member(body, "member", text));
        long epoch =
                member.isPresent()
                        ? body.numberNeeded("epoch", 0, Long.MAX_VALUE)
                        : body.number("epoch", 0, Long.MAX_VALUE).orElse(0L);
        List<PartitionOffset> offsets = offsets(body, "offsets");
        if (offsets.isEmpty()) {
            throw body.bad("offsets", "expected at least one");
        }
        body.end();
        return new GroupRequest.Commit(member, Optional.empty(), epoch, offsets);
    }

    static UUID member(JsonFields from, String field, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw from.bad(
                    field, "expected the id of a member, as the answer to its joining had it");
        }
    }

    /** A list of {@code {"topic", "partition", "offset"}}; empty if there is none. */
    static List<PartitionOffset> offsets(JsonFields from, String field) {
        var offsets = new ArrayList<PartitionOffset>();
        for (JsonFields entry : from.objects(field).orElse(List.of())) {
            TopicPartition partition = partition(entry);
            // Any number is passed on: what is out of range is told with the range.
            long offset = entry.numberNeeded("offset", Long.MIN_VALUE, Long.MAX_VALUE);
            entry.end();
            offsets.add(new PartitionOffset(partition, offset));
        }
        return offsets;
    }

    /** A list of {@code {"topic", "partition"}}; empty if there is none. */
    static List<TopicPartition> partitions(JsonFields from, String field) {
        var partitions = new ArrayList<TopicPartition>();
        for (JsonFields entry : from.objects(field).orElse(List.of())) {
            partitions.add(partition(entry));
            entry.end();
        }
        return partitions;
    }

    static TopicPartition partition(JsonFields from) {
        return new TopicPartition(
                from.textNeeded("topic"),
                (int) from.numberNeeded("partition", 0, Integer.MAX_VALUE));
    }

    /**
     * {@code {"to": "earliest" | "latest" | {"offset": n} | {"timestamp": ms} | {"back": "PT1H"},
     * "topics": […], "partitions": […], "dryRun": false}}.
     */
    static GroupRequest.Reset reset(JsonFields body) {
        Target target = target(body);
        List<String> topics = body.texts("topics").orElse(List.of());
        List<Integer> partitions = body.indexes("partitions").orElse(List.of());
        boolean dryRun = body.flag("dryRun", false);
        body.end();
        return new GroupRequest.Reset(target, topics, partitions, dryRun);
    }

    private static Target target(JsonFields body) {
        Optional<JsonFields> object = body.objectIfOne("to");
        if (object.isEmpty()) {
            return switch (body.textNeeded("to")) {
                case "earliest" -> new Target.Earliest();
                case "latest" -> new Target.Latest();
                default -> throw noTarget(body);
            };
        }
        JsonFields to = object.get();
        Optional<Long> offset = to.number("offset", 0, Long.MAX_VALUE);
        Optional<Long> timestamp = to.number("timestamp", 0, Long.MAX_VALUE);
        Optional<Duration> back = to.text("back").map(text -> Spans.parse(to, "back", text));
        to.end();
        int given =
                (offset.isPresent() ? 1 : 0)
                        + (timestamp.isPresent() ? 1 : 0)
                        + (back.isPresent() ? 1 : 0);
        if (given != 1) {
            throw noTarget(body);
        }
        return offset.<Target>map(Target.Offset::new)
                .or(() -> timestamp.map(Target.Timestamp::new))
                .or(() -> back.map(Target.Back::new))
                .orElseThrow();
    }

    private static RuntimeException noTarget(JsonFields body) {
        return body.bad(
                "to",
                "expected earliest, latest, {\"offset\": n}, {\"timestamp\": ms} or"
                        + " {\"back\": \"1h\"}");
    }
}
