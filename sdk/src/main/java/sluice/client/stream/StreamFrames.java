package sluice.client.stream;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.client.batch.BatchReader;
import sluice.client.json.Json;
import sluice.client.json.JsonException;
import sluice.client.link.Frames;
import sluice.client.record.TopicPartition;

/** The frames of a group's stream, as {@code docs/http-api.md} has them. */
final class StreamFrames {

    private StreamFrames() {}

    /** Who comes back, with the epoch it knows. */
    record Resume(String member, long epoch) {}

    static String join(
            String client,
            Optional<String> instance,
            Optional<Resume> resume,
            Map<TopicPartition, Long> positions) {
        return Frames.text(
                "join",
                json -> {
                    json.writeStringField("format", "binary");
                    json.writeStringField("client", client);
                    if (instance.isPresent()) {
                        json.writeStringField("instance", instance.get());
                    }
                    if (resume.isPresent()) {
                        json.writeStringField("member", resume.get().member());
                        json.writeNumberField("epoch", resume.get().epoch());
                        writeOffsets(json, "positions", positions);
                    }
                });
    }

    static String credit(long bytes) {
        return Frames.text("credit", json -> json.writeNumberField("bytes", bytes));
    }

    static String commit(long id, long epoch, Map<TopicPartition, Long> offsets) {
        return Frames.text(
                "commit",
                json -> {
                    json.writeNumberField("id", id);
                    json.writeNumberField("epoch", epoch);
                    writeOffsets(json, "offsets", offsets);
                });
    }

    static String release(long epoch, Collection<TopicPartition> partitions) {
        return Frames.text(
                "release",
                json -> {
                    json.writeNumberField("epoch", epoch);
                    writePartitions(json, partitions);
                });
    }

    static String pause(Collection<TopicPartition> partitions) {
        return Frames.text("pause", json -> writePartitions(json, partitions));
    }

    static String resume(Collection<TopicPartition> partitions) {
        return Frames.text("resume", json -> writePartitions(json, partitions));
    }

    static String seek(TopicPartition partition, long offset) {
        return Frames.text(
                "seek",
                json -> {
                    json.writeStringField("topic", partition.topic());
                    json.writeNumberField("partition", partition.partition());
                    json.writeNumberField("offset", offset);
                });
    }

    static String leave() {
        return Frames.text("leave", json -> {});
    }

    private static void writeOffsets(
            JsonGenerator json, String field, Map<TopicPartition, Long> offsets)
            throws IOException {
        json.writeArrayFieldStart(field);
        for (var each : offsets.entrySet()) {
            json.writeStartObject();
            json.writeStringField("topic", each.getKey().topic());
            json.writeNumberField("partition", each.getKey().partition());
            json.writeNumberField("offset", each.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writePartitions(JsonGenerator json, Collection<TopicPartition> partitions)
            throws IOException {
        json.writeArrayFieldStart("partitions");
        for (TopicPartition each : partitions) {
            json.writeStartObject();
            json.writeStringField("topic", each.topic());
            json.writeNumberField("partition", each.partition());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static TopicPartition partition(Json json) {
        return new TopicPartition(json.text("topic"), json.integer("partition"));
    }

    static List<TopicPartition> partitions(Json frame) {
        return frame.list("partitions").stream().map(StreamFrames::partition).toList();
    }

    /** Where each partition of an {@code assigned} frame begins. */
    static Map<TopicPartition, Long> positions(Json frame) {
        var positions = new LinkedHashMap<TopicPartition, Long>();
        for (Json each : frame.list("partitions")) {
            positions.put(partition(each), each.number("position"));
        }
        return positions;
    }

    /**
     * A binary frame: {@code int16 header length}, the header as JSON, then whole batches.
     *
     * @param batches one a buffer
     */
    record Records(
            TopicPartition partition,
            long nextOffset,
            long highWatermark,
            List<ByteBuffer> batches) {

        /** What the server takes off the credit. */
        long bytes() {
            return batches.stream().mapToLong(ByteBuffer::remaining).sum();
        }
    }

    /**
     * @throws JsonException if the frame is none of records
     */
    static Records records(ByteBuffer frame) {
        if (frame.remaining() < Short.BYTES) {
            throw new JsonException("a frame too short: bytes=" + frame.remaining());
        }
        int headerBytes = frame.getShort() & 0xFFFF;
        if (headerBytes > frame.remaining()) {
            throw new JsonException(
                    "a header longer than its frame: headerBytes=%d bytes=%d"
                            .formatted(headerBytes, frame.remaining()));
        }
        byte[] text = new byte[headerBytes];
        frame.get(text);
        Json header = Json.parse(text);
        var batches = new ArrayList<ByteBuffer>();
        ByteBuffer rest = frame.slice();
        for (int at = 0, size; at < rest.limit(); at += size) {
            size = BatchReader.sizeBytes(rest, at);
            if (size <= 0) {
                throw new JsonException("a batch that is cut off: at=" + at);
            }
            batches.add(rest.slice(at, size));
        }
        return new Records(
                partition(header),
                header.number("nextOffset"),
                header.number("highWatermark", -1),
                batches);
    }
}
