package sluice.gateway.group;

import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.session.Chunk;
import sluice.consumer.session.SessionEvent;
import sluice.gateway.problem.Problem;

/** What a gateway sends on a stream. */
final class ServerFrames {

    private ServerFrames() {}

    static String joined(SessionEvent.Joined joined, Duration heartbeat) {
        return frame(
                "joined",
                json -> {
                    json.writeStringField("member", joined.member().toString());
                    json.writeNumberField("epoch", joined.epoch());
                    json.writeNumberField(
                            "sessionTimeoutMs", joined.config().sessionTimeout().toMillis());
                    json.writeNumberField("heartbeatMs", heartbeat.toMillis());
                });
    }

    static String assigned(SessionEvent.Assigned assigned) {
        return frame(
                "assigned",
                json -> {
                    json.writeNumberField("epoch", assigned.epoch());
                    json.writeArrayFieldStart("partitions");
                    for (SessionEvent.Place place : assigned.places()) {
                        json.writeStartObject();
                        GroupJson.writeId(json, place.partition());
                        json.writeNumberField("position", place.position());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                });
    }

    static String revoking(SessionEvent.Revoking revoking) {
        return frame(
                "revoking",
                json -> {
                    json.writeNumberField("epoch", revoking.epoch());
                    json.writeNumberField("deadlineMs", revoking.within().toMillis());
                    writePartitions(json, revoking.partitions());
                });
    }

    static String lost(SessionEvent.Lost lost) {
        return frame(
                "lost",
                json -> {
                    json.writeNumberField("epoch", lost.epoch());
                    json.writeStringField("reason", GroupBody.word(lost.reason()));
                    writePartitions(json, lost.partitions());
                });
    }

    private static void writePartitions(JsonGenerator json, List<TopicPartition> partitions)
            throws IOException {
        json.writeArrayFieldStart("partitions");
        for (TopicPartition partition : partitions) {
            json.writeStartObject();
            GroupJson.writeId(json, partition);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static String committed(long id, long epoch) {
        return frame(
                "committed",
                json -> {
                    json.writeNumberField("id", id);
                    json.writeNumberField("epoch", epoch);
                });
    }

    static String skipped(SessionEvent.Skipped skipped) {
        return frame(
                "skipped",
                json -> {
                    GroupJson.writeId(json, skipped.partition());
                    json.writeNumberField("from", skipped.from());
                    json.writeNumberField("to", skipped.to());
                });
    }

    static String opened(QueueReply.Opened opened, int credit, Duration heartbeat) {
        return frame(
                "opened",
                json -> {
                    json.writeStringField("session", opened.session().toString());
                    json.writeNumberField(
                            "sessionTimeoutMs", opened.config().sessionTimeout().toMillis());
                    json.writeNumberField("heartbeatMs", heartbeat.toMillis());
                    json.writeNumberField("credit", credit);
                    writeDeliveries(json, "lost", opened.lost());
                });
    }

    static String settled(long id, List<QueueRequest.Item> items, List<QueueReply.Result> results) {
        return frame(
                "settled",
                json -> {
                    json.writeNumberField("id", id);
                    QueueJson.writeResults(json, items, results);
                });
    }

    static String lost(List<DeliveryId> deliveries) {
        return frame("lost", json -> writeDeliveries(json, "deliveries", deliveries));
    }

    private static void writeDeliveries(
            JsonGenerator json, String field, List<DeliveryId> deliveries) throws IOException {
        json.writeArrayFieldStart(field);
        for (DeliveryId each : deliveries) {
            json.writeString(each.toText());
        }
        json.writeEndArray();
    }

    static String heartbeat() {
        return frame("heartbeat", _ -> {});
    }

    /** A problem; its own type becomes {@code code} alone, since a frame has a type too. */
    static String error(OptionalLong id, Problem problem) {
        return frame(
                "error",
                json -> {
                    if (id.isPresent()) {
                        json.writeNumberField("id", id.getAsLong());
                    }
                    json.writeStringField("code", problem.code());
                    json.writeNumberField("status", problem.status());
                    json.writeStringField("title", problem.title());
                    json.writeStringField("detail", problem.detail());
                    json.writeStringField("action", problem.action());
                    for (Map.Entry<String, Object> field : problem.fields().entrySet()) {
                        json.writeFieldName(field.getKey());
                        if (field.getValue() instanceof Problem.RawJson(String raw)) {
                            json.writeRawValue(raw);
                        } else {
                            json.writePOJO(field.getValue());
                        }
                    }
                });
    }

    /**
     * Whole batches as they are stored:
     *
     * <pre>
     *   int16 length of the header, UTF-8 JSON header
     *   {"topic", "partition", "nextOffset", "highWatermark"}, then the batches
     * </pre>
     */
    static Buffer binaryRecords(Chunk chunk) {
        byte[] header =
                GroupJson.object(json -> {
                    GroupJson.writeId(json, chunk.partition());
                    json.writeNumberField("nextOffset", chunk.nextOffset());
                    json.writeNumberField("highWatermark", chunk.watermarks().highWatermark());
                });
        Buffer frame = Buffer.buffer(Short.BYTES + header.length + (int) chunk.bytes());
        frame.appendUnsignedShort(header.length);
        frame.appendBytes(header);
        for (ByteBuffer batch : chunk.batches()) {
            byte[] bytes = new byte[batch.remaining()];
            batch.get(batch.position(), bytes);
            frame.appendBytes(bytes);
        }
        return frame;
    }

    private static String frame(String type, GroupJson.Content content) {
        return new String(
                GroupJson.object(json -> {
                    json.writeStringField("type", type);
                    content.writeTo(json);
                }),
                StandardCharsets.UTF_8);
    }
}
