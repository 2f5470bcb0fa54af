package sluice.gateway.group;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import sluice.consumer.group.GroupDescription;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupSummary;
import sluice.consumer.group.Hold;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.gateway.topics.ListPage;
import sluice.metadata.GroupConfig;

/** Groups in the JSON of the API. */
final class GroupJson {

    private static final JsonFactory JSON = new JsonFactory();

    private GroupJson() {}

    /** What writes one document. */
    interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    static byte[] object(Content content) {
        var out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            content.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("JSON could not be written to memory", e);
        }
        return out.toByteArray();
    }

    static byte[] of(String name, GroupConfig config) {
        return object(json -> writeConfig(json, name, config));
    }

    private static void writeConfig(JsonGenerator json, String name, GroupConfig config)
            throws IOException {
        json.writeStringField("name", name);
        ConfigJson.write(json, config);
    }

    static byte[] of(ListPage<GroupSummary> page) {
        return object(json -> {
            json.writeArrayFieldStart("groups");
            for (GroupSummary group : page.elements()) {
                json.writeStartObject();
                writeConfig(json, group.name(), group.config());
                json.writeStringField("createdAt", instant(group.createdAtMs()));
                json.writeEndObject();
            }
            json.writeEndArray();
            if (page.hasMore()) {
                json.writeStringField("nextAfter", page.elements().getLast().name());
            }
        });
    }

    private static String instant(long ms) {
        return Instant.ofEpochMilli(ms).toString();
    }

    static byte[] of(String name, GroupDescription group) {
        return object(json -> {
            writeConfig(json, name, group.config());
            json.writeStringField("createdAt", instant(group.createdAtMs()));
            json.writeNumberField("epoch", group.epoch());
            json.writeStringField("coordinator", group.coordinator().toString());
            json.writeArrayFieldStart("members");
            for (GroupDescription.Member member : group.members()) {
                writeMember(json, member);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("partitions");
            for (GroupDescription.Partition partition : group.partitions()) {
                writePartition(json, partition);
            }
            json.writeEndArray();
            writeTotalLag(json, group.partitions());
        });
    }

    private static void writeMember(JsonGenerator json, GroupDescription.Member member)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("member", member.id().toString());
        if (member.instance().isPresent()) {
            json.writeStringField("instance", member.instance().get());
        }
        json.writeStringField("client", member.client());
        json.writeStringField("gateway", member.gateway());
        json.writeStringField("joinedAt", instant(member.joinedAtMs()));
        json.writeNumberField("heardMsAgo", member.heardBefore().toMillis());
        writeByTopic(json, "assigned", member.assigned());
        writeByTopic(json, "revoking", member.revoking());
        json.writeEndObject();
    }

    private static void writePartition(JsonGenerator json, GroupDescription.Partition partition)
            throws IOException {
        json.writeStartObject();
        writeId(json, partition.partition());
        writeNumber(json, "committed", partition.committed());
        writeNumber(json, "logStart", partition.logStart());
        writeNumber(json, "highWatermark", partition.highWatermark());
        writeNumber(json, "lag", partition.lag());
        if (partition.member().isPresent()) {
            json.writeStringField("member", partition.member().get().toString());
        } else {
            json.writeNullField("member");
        }
        json.writeEndObject();
    }

    private static void writeTotalLag(
            JsonGenerator json, List<GroupDescription.Partition> partitions) throws IOException {
        boolean isKnown = partitions.stream().allMatch(each -> each.lag().isPresent());
        long total = partitions.stream().mapToLong(each -> each.lag().orElse(0)).sum();
        writeNumber(json, "totalLag", isKnown ? OptionalLong.of(total) : OptionalLong.empty());
    }

    private static void writeNumber(JsonGenerator json, String name, OptionalLong number)
            throws IOException {
        if (number.isPresent()) {
            json.writeNumberField(name, number.getAsLong());
        } else {
            json.writeNullField(name);
        }
    }

    /** The fields {@code topic} and {@code partition}. */
    static void writeId(JsonGenerator json, TopicPartition partition) throws IOException {
        json.writeStringField("topic", partition.topic());
        json.writeNumberField("partition", partition.partition());
    }

    /** As {@code [{"topic", "partitions": […]}, …]}. */
    private static void writeByTopic(
            JsonGenerator json, String field, Collection<TopicPartition> partitions)
            throws IOException {
        var byTopic = new TreeMap<String, TreeSet<Integer>>();
        for (TopicPartition partition : partitions) {
            byTopic.computeIfAbsent(partition.topic(), _ -> new TreeSet<>())
                    .add(partition.partition());
        }
        json.writeArrayFieldStart(field);
        for (Map.Entry<String, TreeSet<Integer>> topic : byTopic.entrySet()) {
            json.writeStartObject();
            json.writeStringField("topic", topic.getKey());
            json.writeArrayFieldStart("partitions");
            for (int partition : topic.getValue()) {
                json.writeNumber(partition);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** {@code epoch}, {@code assigned} and {@code revoking}. */
    static void writeHolds(JsonGenerator json, long epoch, List<Hold> holds) throws IOException {
        json.writeNumberField("epoch", epoch);
        writeByTopic(json, "assigned", inState(holds, Hold.State.ASSIGNED));
        writeByTopic(json, "revoking", inState(holds, Hold.State.REVOKING));
    }

    private static List<TopicPartition> inState(List<Hold> holds, Hold.State state) {
        return holds.stream().filter(hold -> hold.state() == state).map(Hold::partition).toList();
    }

    static byte[] of(GroupReply.Joined joined) {
        return object(json -> {
            json.writeStringField("member", joined.member().toString());
            json.writeNumberField("sessionTimeoutMs", joined.config().sessionTimeout().toMillis());
            writeHolds(json, joined.epoch(), joined.holds());
        });
    }

    static byte[] of(GroupReply.Holds holds) {
        return object(json -> writeHolds(json, holds.epoch(), holds.holds()));
    }

    static byte[] of(List<PartitionOffset> offsets) {
        return object(json -> writeOffsets(json, "offsets", offsets));
    }

    /** As {@code [{"topic", "partition", "offset"}, …]}, which can be sent back as a commit. */
    static void writeOffsets(JsonGenerator json, String field, List<PartitionOffset> offsets)
            throws IOException {
        json.writeArrayFieldStart(field);
        for (PartitionOffset offset : offsets) {
            json.writeStartObject();
            writeId(json, offset.partition());
            json.writeNumberField("offset", offset.offset());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static byte[] of(GroupReply.Moved moved) {
        return object(json -> {
            json.writeBooleanField("dryRun", moved.dryRun());
            json.writeArrayFieldStart("partitions");
            for (GroupReply.Move move : moved.moves()) {
                json.writeStartObject();
                writeId(json, move.partition());
                writeNumber(json, "from", move.from());
                json.writeNumberField("to", move.to());
                // What was never committed would have begun at the log's start.
                long from = Math.max(move.from().orElse(0), move.logStart());
                json.writeNumberField("skipped", Math.max(0, move.to() - from));
                json.writeNumberField("repeated", Math.max(0, from - move.to()));
                json.writeBooleanField("clamped", move.isCut());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
