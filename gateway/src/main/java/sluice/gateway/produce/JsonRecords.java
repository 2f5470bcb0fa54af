package sluice.gateway.produce;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.gateway.SpanText;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.metadata.Binding;

/**
 * Reads the JSON body of a produce request, straight from its bytes into a {@link RecordSink}:
 *
 * <pre>
 *   {"records": [ record, … ]}
 *   record: key | keyBase64           text or bytes; null or absent for none
 *           value | valueJson | valueBase64
 *                                     text, any JSON kept as it was written but without the space
 *                                     between its tokens, or bytes; null value or absent for none
 *           headers                   {name: text, or list of texts, or null}
 *           headersBase64             the same with bytes
 *           partition                 if given, the key does not choose it
 *           routingKey                in place of partition, if an exchange is to route it
 *           timestamp                 milliseconds since 1970 UTC; now if absent
 *           priority, delay | deliverAt, expiresIn | expiresAt
 *                                     for queue groups, see {@link MessageFields}
 * </pre>
 *
 * <p>What is not in this table is refused, so that a misspelt field does not lose data in silence.
 * Owned by one thread and used once. Throws {@link ProblemException}; then nothing was appended.
 */
final class JsonRecords {

    private static final JsonFactory JSON =
            new JsonFactoryBuilder()
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build();

    private final byte[] body;
    private final int from;
    private final int length;
    private final RecordSink sink;
    private final MessageFields message = new MessageFields();
    private RecordFields fields = new RecordFields();

    JsonRecords(byte[] body, int from, int length, RecordSink sink) {
        this.body = body;
        this.from = from;
        this.length = length;
        this.sink = sink;
    }

    void read() {
        if (length == 0) {
            throw malformed("The body is empty; expected {\"records\":[…]}");
        }
        try (JsonParser json = JSON.createParser(body, from, length)) {
            readBody(json);
        } catch (JsonProcessingException e) {
            throw new ProblemException(Problem.of(e));
        } catch (IOException e) {
            throw new AssertionError("bytes in memory cannot fail to be read", e);
        }
        if (sink.recordCount() == 0) {
            throw malformed("There are no records in the body");
        }
    }

    private void readBody(JsonParser json) throws IOException {
        expect(json, json.nextToken(), JsonToken.START_OBJECT, "an object with records");
        boolean hasRecords = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            if (!json.currentName().equals("records") || hasRecords) {
                throw malformed(
                        "field %s: expected one field, records".formatted(json.currentName()));
            }
            hasRecords = true;
            readRecords(json);
        }
        if (json.nextToken() != null) {
            throw malformed("There is more after the body's object");
        }
        if (!hasRecords) {
            throw malformed("The field records is missing");
        }
    }

    private void readRecords(JsonParser json) throws IOException {
        expect(json, json.nextToken(), JsonToken.START_ARRAY, "a list of records");
        for (JsonToken token = json.nextToken();
                token != JsonToken.END_ARRAY;
                token = json.nextToken()) {
            expect(json, token, JsonToken.START_OBJECT, "a record, which is an object");
            fields.reset();
            message.reset();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                readField(json, json.currentName());
            }
            if (fields.isEmpty()) {
                throw inRecord("it has no key, no value and no headers");
            }
            message.problem(sink.nowMs())
                    .ifPresent(what -> {
                        throw inRecord(what);
                    });
            message.addTo(fields, sink.nowMs());
            fields = sink.add(fields);
        }
    }

    private void readField(JsonParser json, String name) throws IOException {
        JsonToken token = json.nextToken();
        boolean isFirst =
                switch (name) {
                    case "key" -> fields.setKey(textOrNull(json, token, name));
                    case "keyBase64" -> fields.setKey(base64OrNull(json, token, name));
                    case "value" -> fields.setValue(textOrNull(json, token, name));
                    case "valueBase64" -> fields.setValue(base64OrNull(json, token, name));
                    case "valueJson" -> fields.setValue(rawJson(json, token));
                    case "partition" -> fields.setPartition(partition(json, token));
                    case "timestamp" -> fields.setTimestampMs(timestampMs(json, token));
                    case "headers", "headersBase64" -> {
                        readHeaders(json, token, name);
                        yield true;
                    }
                    case "priority", "deliverAt", "expiresAt" ->
                            message.set(name, whole(json, token, name));
                    case "delay", "expiresIn" -> message.set(name, spanMs(json, token, name));
                    case "routingKey" -> fields.setRoutingKey(routingKey(json, token));
                    default -> throw noField(name);
                };
        if (!isFirst) {
            throw inRecord("field %s: there was one like it before".formatted(name));
        }
    }

    private void readHeaders(JsonParser json, JsonToken token, String field) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (token != JsonToken.START_OBJECT) {
            throw inRecord("field %s: expected an object".formatted(field));
        }
        boolean isText = field.equals("headers");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            checkHeaderName(name);
            JsonToken value = json.nextToken();
            if (value != JsonToken.START_ARRAY) {
                fields.addHeader(name, headerValue(json, value, name, isText));
                continue;
            }
            while ((value = json.nextToken()) != JsonToken.END_ARRAY) {
                fields.addHeader(name, headerValue(json, value, name, isText));
            }
        }
    }

    private void checkHeaderName(String name) {
        char[] chars = name.toCharArray();
        if (Utf8.encode(chars, 0, chars.length) == null) {
            throw inRecord("a header's name has half a surrogate pair");
        }
    }

    private byte @Nullable [] headerValue(
            JsonParser json, JsonToken token, String name, boolean isText) throws IOException {
        return isText ? textOrNull(json, token, name) : base64OrNull(json, token, name);
    }

    private byte @Nullable [] textOrNull(JsonParser json, JsonToken token, String name)
            throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token != JsonToken.VALUE_STRING) {
            throw inRecord(
                    "field %s: expected text; numbers, objects and lists go into valueJson"
                            .formatted(name));
        }
        byte[] bytes =
                Utf8.encode(json.getTextCharacters(), json.getTextOffset(), json.getTextLength());
        if (bytes == null) {
            throw inRecord("field %s: half a surrogate pair is no text".formatted(name));
        }
        return bytes;
    }

    private byte @Nullable [] base64OrNull(JsonParser json, JsonToken token, String name)
            throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token != JsonToken.VALUE_STRING) {
            throw inRecord("field %s: expected base64 in a string".formatted(name));
        }
        try {
            return Base64.getDecoder().decode(json.getText());
        } catch (IllegalArgumentException e) {
            throw inRecord("field %s: not base64: %s".formatted(name, e.getMessage()));
        }
    }

    /** The value's bytes as they stand in the body: a parsed number would come back another. */
    private byte[] rawJson(JsonParser json, JsonToken token) throws IOException {
        long start = json.currentTokenLocation().getByteOffset();
        if (token.isStructStart()) {
            json.skipChildren();
        } else {
            json.finishToken();
        }
        long end = json.currentLocation().getByteOffset();
        return CompactJson.of(body, from + (int) start, from + (int) end);
    }

    private int partition(JsonParser json, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return RecordFields.NO_PARTITION;
        }
        if (token != JsonToken.VALUE_NUMBER_INT) {
            throw inRecord("field partition: expected a whole number");
        }
        int partitions = sink.partitionsToName().orElseThrow(() -> noField("partition"));
        int partition = json.getIntValue();
        if (partition < 0 || partition >= partitions) {
            throw new ProblemException(
                    Problem.of(
                                    ProblemType.PARTITION_OUT_OF_RANGE,
                                    "record %d: partition=%d partitions=%d"
                                            .formatted(sink.recordCount(), partition, partitions))
                            .with("record", sink.recordCount()));
        }
        return partition;
    }

    private String routingKey(JsonParser json, JsonToken token) throws IOException {
        if (sink.partitionsToName().isPresent()) {
            throw noField("routingKey");
        }
        byte[] key = textOrNull(json, token, "routingKey");
        if (key == null) {
            return "";
        }
        if (key.length > Binding.ROUTING_KEY_BYTES_MAX) {
            throw inRecord(
                    "field routingKey: bytes=%d bytesMax=%d"
                            .formatted(key.length, Binding.ROUTING_KEY_BYTES_MAX));
        }
        return new String(key, StandardCharsets.UTF_8);
    }

    private ProblemException noField(String name) {
        return inRecord(
                "there is no field %s; there are key, keyBase64, value, valueJson, valueBase64, headers, headersBase64, %s, timestamp, priority, delay, deliverAt, expiresIn, expiresAt"
                        .formatted(
                                name,
                                sink.partitionsToName().isPresent() ? "partition" : "routingKey"));
    }

    private long timestampMs(JsonParser json, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return RecordFields.NO_TIMESTAMP;
        }
        if (token != JsonToken.VALUE_NUMBER_INT || json.getLongValue() < 0) {
            throw inRecord("field timestamp: expected milliseconds since 1970 UTC");
        }
        return json.getLongValue();
    }

    private long whole(JsonParser json, JsonToken token, String name) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return MessageFields.ABSENT;
        }
        if (token != JsonToken.VALUE_NUMBER_INT || json.getLongValue() < 0) {
            throw inRecord("field %s: expected a whole number, 0 or more".formatted(name));
        }
        return json.getLongValue();
    }

    private long spanMs(JsonParser json, JsonToken token, String name) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            return MessageFields.ABSENT;
        }
        Optional<Duration> span =
                token == JsonToken.VALUE_STRING ? SpanText.parse(json.getText()) : Optional.empty();
        Duration found =
                span.orElseThrow(() -> inRecord("field %s: %s".formatted(name, SpanText.EXPECTED)));
        return found.compareTo(MessageFields.LONGEST) > 0
                ? MessageFields.LONGEST.toMillis() + 1
                : found.toMillis();
    }

    private void expect(
            JsonParser json, @Nullable JsonToken found, JsonToken expected, String what) {
        if (found != expected) {
            throw malformed(
                    "Expected %s, found %s at byte %d"
                            .formatted(
                                    what,
                                    found == null ? "the end" : found,
                                    json.currentTokenLocation().getByteOffset()));
        }
    }

    private ProblemException inRecord(String what) {
        int record = sink.recordCount();
        return new ProblemException(
                Problem.of(ProblemType.MALFORMED_REQUEST, "record %d: %s".formatted(record, what))
                        .with("record", record));
    }

    private static ProblemException malformed(String what) {
        return new ProblemException(ProblemType.MALFORMED_REQUEST, what);
    }
}
