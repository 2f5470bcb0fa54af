package sluice.gateway.topics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import sluice.engine.Engine.PartitionStatus;
import sluice.metadata.TopicRecord;

/** Topics in the JSON of the API. */
final class TopicJson {

    private static final JsonFactory JSON = new JsonFactory();

    private TopicJson() {}

    static byte[] of(TopicRecord topic) {
        return write(json -> {
            json.writeStartObject();
            writeFields(json, topic);
            json.writeEndObject();
        });
    }

    /**
     * @param partitions of the topic, by index
     */
    static byte[] of(TopicRecord topic, List<PartitionStatus> partitions) {
        return write(json -> {
            json.writeStartObject();
            writeFields(json, topic);
            json.writeArrayFieldStart("partitions");
            for (PartitionStatus partition : partitions) {
                writePartition(json, partition);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    static byte[] of(ListPage<TopicRecord> page) {
        return write(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("topics");
            for (TopicRecord topic : page.elements()) {
                json.writeStartObject();
                writeFields(json, topic);
                json.writeEndObject();
            }
            json.writeEndArray();
            if (page.hasMore()) {
                json.writeStringField("nextAfter", page.elements().getLast().name());
            }
            json.writeEndObject();
        });
    }

    private static void writeFields(JsonGenerator json, TopicRecord topic) throws IOException {
        json.writeStringField("name", topic.name());
        json.writeNumberField("partitionCount", topic.partitions());
        json.writeStringField("retention", Retention.format(topic.config().retention()));
        json.writeStringField("profile", topic.config().profile().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("recordBytesMax", topic.config().recordBytesMax());
        json.writeStringField("createdAt", Instant.ofEpochMilli(topic.createdAtMs()).toString());
    }

    private static void writePartition(JsonGenerator json, PartitionStatus partition)
            throws IOException {
        json.writeStartObject();
        json.writeNumberField("partition", partition.partition());
        json.writeNumberField("logStart", partition.logStart());
        json.writeNumberField("highWatermark", partition.highWatermark());
        json.writeNumberField("slot", partition.slot());
        if (partition.owner().isPresent()) {
            json.writeObjectFieldStart("owner");
            json.writeStringField("node", partition.owner().get().node().toString());
            json.writeStringField("httpAddress", partition.owner().get().httpAddress());
            json.writeEndObject();
        } else {
            json.writeNullField("owner");
        }
        json.writeEndObject();
    }

    private interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private static byte[] write(Content content) {
        var out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            content.writeTo(json);
        } catch (IOException e) {
            throw new UncheckedIOException("a topic could not be written to memory", e);
        }
        return out.toByteArray();
    }
}
