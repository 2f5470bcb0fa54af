package sluice.gateway.exchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.gateway.topics.ListPage;
import sluice.metadata.Binding;
import sluice.metadata.ExchangeRecord;

/** Exchanges in the JSON of the API. */
final class ExchangeJson {

    private static final JsonFactory JSON = new JsonFactory();

    private ExchangeJson() {}

    static byte[] of(ExchangeRecord exchange) {
        return object(json -> writeFields(json, exchange));
    }

    static byte[] of(ListPage<ExchangeRecord> page) {
        return object(json -> {
            json.writeArrayFieldStart("exchanges");
            for (ExchangeRecord exchange : page.elements()) {
                json.writeStartObject();
                writeFields(json, exchange);
                json.writeEndObject();
            }
            json.writeEndArray();
            if (page.hasMore()) {
                json.writeStringField("nextAfter", page.elements().getLast().name());
            }
        });
    }

    /**
     * @param what was done to so many of them: added or removed
     */
    static byte[] changed(String what, int count, ExchangeRecord exchange) {
        return object(json -> {
            json.writeNumberField(what, count);
            json.writeNumberField("bindingCount", exchange.bindings().size());
        });
    }

    static byte[] bindings(List<Binding> bindings) {
        return object(json -> {
            json.writeArrayFieldStart("bindings");
            for (Binding binding : bindings) {
                json.writeStartObject();
                writeBinding(json, binding);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void writeFields(JsonGenerator json, ExchangeRecord exchange)
            throws IOException {
        json.writeStringField("name", exchange.name());
        json.writeStringField("type", ExchangeBody.word(exchange.type()));
        if (exchange.alternate().isPresent()) {
            json.writeStringField("alternate", exchange.alternate().get());
        } else {
            json.writeNullField("alternate");
        }
        json.writeNumberField("bindingCount", exchange.bindings().size());
        json.writeStringField("createdAt", Instant.ofEpochMilli(exchange.createdAtMs()).toString());
    }

    private static void writeBinding(JsonGenerator json, Binding binding) throws IOException {
        json.writeStringField("topic", binding.topic());
        if (binding.match().isEmpty()) {
            json.writeStringField("routingKey", binding.routingKey());
            return;
        }
        Binding.HeaderMatch match = binding.match().get();
        json.writeStringField("match", ExchangeBody.word(match.mode()));
        json.writeObjectFieldStart("headers");
        for (Map.Entry<String, Optional<String>> each : match.values().entrySet()) {
            json.writeFieldName(each.getKey());
            if (each.getValue().isPresent()) {
                json.writeString(each.getValue().get());
            } else {
                json.writeNull();
            }
        }
        json.writeEndObject();
    }

    private interface Content {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private static byte[] object(Content fields) {
        var out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an exchange could not be written to memory", e);
        }
        return out.toByteArray();
    }
}
