package sluice.client.exchange;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.client.json.JsonText;
import sluice.client.record.RecordHeader;

/** What is asked of exchanges, in the JSON of the API. */
final class ExchangeBodies {

    private ExchangeBodies() {}

    static byte[] put(ExchangeType type, Optional<String> alternate) {
        return JsonText.object(json -> {
            json.writeStringField("type", type.word());
            if (alternate.isPresent()) {
                json.writeStringField("alternate", alternate.get());
            }
        });
    }

    static byte[] bindings(Collection<Binding> bindings) {
        return JsonText.object(json -> {
            json.writeArrayFieldStart("bindings");
            for (Binding binding : bindings) {
                json.writeStartObject();
                write(json, binding);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, Binding binding) throws IOException {
        json.writeStringField("topic", binding.topic());
        if (binding.routingKey().isPresent()) {
            json.writeStringField("routingKey", binding.routingKey().get());
        }
        if (!binding.headers().isEmpty()) {
            json.writeStringField("match", binding.needsAll() ? "all" : "any");
            json.writeObjectFieldStart("headers");
            for (Map.Entry<String, @Nullable String> header : binding.headers().entrySet()) {
                json.writeStringField(header.getKey(), header.getValue());
            }
            json.writeEndObject();
        }
    }

    static byte[] records(Collection<RoutedRecord> records) {
        return JsonText.object(json -> {
            json.writeArrayFieldStart("records");
            for (RoutedRecord record : records) {
                json.writeStartObject();
                write(json, record);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, RoutedRecord record) throws IOException {
        if (!record.routingKey().isEmpty()) {
            json.writeStringField("routingKey", record.routingKey());
        }
        if (record.key() != null) {
            json.writeStringField("keyBase64", base64(record.key()));
        }
        json.writeStringField("valueBase64", base64(record.value()));
        if (record.timestampMs().isPresent()) {
            json.writeNumberField("timestamp", record.timestampMs().getAsLong());
        }
        if (!record.headers().isEmpty()) {
            writeHeaders(json, record.headers());
        }
    }

    private static void writeHeaders(JsonGenerator json, List<RecordHeader> headers)
            throws IOException {
        Map<String, List<RecordHeader>> byName = new LinkedHashMap<>();
        for (RecordHeader header : headers) {
            byName.computeIfAbsent(header.name(), name -> new ArrayList<>()).add(header);
        }
        json.writeObjectFieldStart("headersBase64");
        for (Map.Entry<String, List<RecordHeader>> named : byName.entrySet()) {
            json.writeArrayFieldStart(named.getKey());
            for (RecordHeader header : named.getValue()) {
                json.writeString(base64(header.value()));
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** A generator writes null for null. */
    private static @Nullable String base64(byte @Nullable [] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }
}
