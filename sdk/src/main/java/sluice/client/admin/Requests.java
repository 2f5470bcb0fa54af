package sluice.client.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import sluice.client.json.JsonText;
import sluice.client.record.TopicPartition;

/** What is asked, in the JSON of the API. */
final class Requests {

    private Requests() {}

    static byte[] nothing() {
        return JsonText.object(json -> {});
    }

    static byte[] of(TopicSettings settings) {
        return JsonText.object(json -> {
            if (settings.partitions().isPresent()) {
                json.writeNumberField("partitions", settings.partitions().getAsInt());
            }
            if (settings.retention().isPresent()) {
                json.writeStringField("retention", settings.retention().get());
            }
            if (settings.profile().isPresent()) {
                json.writeStringField(
                        "profile", settings.profile().get().name().toLowerCase(Locale.ROOT));
            }
            if (settings.recordBytesMax().isPresent()) {
                json.writeNumberField("recordBytesMax", settings.recordBytesMax().getAsInt());
            }
        });
    }

    static byte[] of(GroupSettings settings) {
        return JsonText.object(json -> {
            json.writeStringField("type", "stream");
            writeTexts(json, "topics", settings.topics());
            writeStart(json, settings.start());
            json.writeStringField(
                    "delivery", settings.isAtMostOnce() ? "at-most-once" : "at-least-once");
            if (settings.sessionTimeout().isPresent()) {
                json.writeStringField("sessionTimeout", settings.sessionTimeout().get().toString());
            }
            if (settings.revocationTimeout().isPresent()) {
                json.writeStringField(
                        "revocationTimeout", settings.revocationTimeout().get().toString());
            }
            json.writeBooleanField("allowMissing", settings.allowsMissing());
        });
    }

    /** Of a queue with a topic of its own. */
    static byte[] ofQueue(QueueSettings settings) {
        return JsonText.object(json -> writeQueue(json, settings));
    }

    static byte[] ofQueueGroup(QueueSettings settings) {
        return JsonText.object(json -> {
            json.writeStringField("type", "queue");
            writeTexts(json, "topics", settings.topics());
            writeQueue(json, settings);
        });
    }

    private static void writeQueue(JsonGenerator json, QueueSettings settings) throws IOException {
        writeStart(json, settings.start());
        writeFields(json, settings.fields());
    }

    private static void writeFields(JsonGenerator json, Map<?, ?> fields) throws IOException {
        for (Map.Entry<?, ?> each : fields.entrySet()) {
            json.writeFieldName(String.valueOf(each.getKey()));
            if (each.getValue() instanceof Map<?, ?> more) {
                json.writeStartObject();
                writeFields(json, more);
                json.writeEndObject();
            } else {
                json.writeObject(each.getValue());
            }
        }
    }

    private static void writeStart(JsonGenerator json, Start start) throws IOException {
        if (start instanceof Start.At at) {
            json.writeObjectFieldStart("start");
            json.writeNumberField("timestamp", at.timestampMs());
            json.writeEndObject();
        } else {
            json.writeStringField("start", start instanceof Start.Latest ? "latest" : "earliest");
        }
    }

    static byte[] commit(Map<TopicPartition, Long> offsets) {
        return JsonText.object(json -> {
            json.writeArrayFieldStart("offsets");
            for (Map.Entry<TopicPartition, Long> offset : offsets.entrySet()) {
                json.writeStartObject();
                json.writeStringField("topic", offset.getKey().topic());
                json.writeNumberField("partition", offset.getKey().partition());
                json.writeNumberField("offset", offset.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    static byte[] reset(
            ResetTo to,
            Collection<String> topics,
            Collection<Integer> partitions,
            boolean isDryRun) {
        return JsonText.object(json -> {
            writeTarget(json, to);
            if (!topics.isEmpty()) {
                writeTexts(json, "topics", topics);
            }
            if (!partitions.isEmpty()) {
                json.writeArrayFieldStart("partitions");
                for (int partition : partitions) {
                    json.writeNumber(partition);
                }
                json.writeEndArray();
            }
            json.writeBooleanField("dryRun", isDryRun);
        });
    }

    private static void writeTarget(JsonGenerator json, ResetTo to) throws IOException {
        if (to instanceof ResetTo.Earliest) {
            json.writeStringField("to", "earliest");
            return;
        }
        if (to instanceof ResetTo.Latest) {
            json.writeStringField("to", "latest");
            return;
        }
        json.writeObjectFieldStart("to");
        if (to instanceof ResetTo.Offset offset) {
            json.writeNumberField("offset", offset.offset());
        } else if (to instanceof ResetTo.At at) {
            json.writeNumberField("timestamp", at.timestampMs());
        } else if (to instanceof ResetTo.Back back) {
            json.writeStringField("back", back.duration().toString());
        }
        json.writeEndObject();
    }

    private static void writeTexts(JsonGenerator json, String field, Collection<String> texts)
            throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
