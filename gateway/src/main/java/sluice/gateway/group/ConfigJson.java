package sluice.gateway.group;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;
import sluice.metadata.StreamConfig;

/** The settings of a group in the JSON of the API, as {@link GroupBody} takes them. */
final class ConfigJson {

    private ConfigJson() {}

    /** The fields; what is in a request left out is there too. */
    static void write(JsonGenerator json, GroupConfig config) throws IOException {
        json.writeStringField("type", GroupBody.word(config.type()));
        json.writeArrayFieldStart("topics");
        for (String topic : config.topics()) {
            json.writeString(topic);
        }
        json.writeEndArray();
        writeStart(json, config.start());
        switch (config) {
            case StreamConfig stream -> {
                json.writeStringField("delivery", GroupBody.word(stream.delivery()));
                json.writeStringField("sessionTimeout", Spans.format(stream.sessionTimeout()));
                json.writeStringField(
                        "revocationTimeout", Spans.format(stream.revocationTimeout()));
            }
            case QueueConfig queue -> writeQueue(json, queue);
        }
    }

    private static void writeStart(JsonGenerator json, GroupConfig.Start start) throws IOException {
        switch (start) {
            case GroupConfig.Start.Earliest() -> json.writeStringField("start", "earliest");
            case GroupConfig.Start.Latest() -> json.writeStringField("start", "latest");
            case GroupConfig.Start.Timestamp(var ms) -> {
                json.writeObjectFieldStart("start");
                json.writeNumberField("timestamp", ms);
                json.writeEndObject();
            }
            case GroupConfig.Start.Offset(var offset) -> {
                json.writeObjectFieldStart("start");
                json.writeNumberField("offset", offset);
                json.writeEndObject();
            }
        }
    }

    private static void writeQueue(JsonGenerator json, QueueConfig config) throws IOException {
        json.writeStringField("sessionTimeout", Spans.format(config.sessionTimeout()));
        json.writeStringField("reconnectGrace", Spans.format(config.reconnectGrace()));
        json.writeNumberField("prefetch", config.prefetch());
        json.writeNumberField("maxInFlight", config.inFlightMax());
        json.writeNumberField("deliveryLimit", config.deliveryLimit());
        json.writeObjectFieldStart("backoff");
        json.writeStringField("type", GroupBody.word(config.backoff().growth()));
        json.writeStringField("delay", Spans.format(config.backoff().delay()));
        json.writeStringField("maxDelay", Spans.format(config.backoff().delayMax()));
        json.writeNumberField("jitter", config.backoff().jitterPercent());
        json.writeEndObject();
        if (config.deadLetters().isPresent()) {
            json.writeStringField("deadLetterTopic", config.deadLetters().get());
        } else {
            json.writeNullField("deadLetterTopic");
        }
        json.writeStringField("onReject", GroupBody.word(config.onReject()));
        json.writeStringField("activeConsumer", GroupBody.word(config.activeConsumer()));
        writeChoice(json, config.choice());
        json.writeBooleanField("paused", config.isPaused());
    }

    private static void writeChoice(JsonGenerator json, QueueConfig.Choice choice)
            throws IOException {
        json.writeStringField("order", choice.isByKey() ? "key" : "none");
        json.writeBooleanField("priority", choice.isByPriority());
        json.writeStringField("onExpiry", GroupBody.word(choice.onExpiry()));
        if (choice.tenants().isEmpty()) {
            json.writeNullField("tenants");
            return;
        }
        QueueConfig.Tenants tenants = choice.tenants().get();
        json.writeObjectFieldStart("tenants");
        json.writeStringField("header", tenants.header());
        json.writeNumberField("maxInFlight", tenants.inFlightMax());
        json.writeObjectFieldStart("weights");
        for (Map.Entry<String, Integer> each : new TreeMap<>(tenants.weights()).entrySet()) {
            json.writeNumberField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }
}
