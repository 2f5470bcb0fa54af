package sluice.gateway.consume;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.log.batch.LogRecord;

/**
 * Records in the JSON of the API, the same wherever they are read:
 *
 * <pre>
 *   {"offset", "timestamp",
 *    "key" | "keyBase64",                    null if there is none
 *    "value" | "valueJson" | "valueBase64",
 *    "valueError": "not-json" | "not-text"   where the value is not what was asked for
 *    "headers", "headersBase64"}             left out where empty
 * </pre>
 */
public final class RecordJson {

    private static final JsonFactory JSON = new JsonFactory();

    private final JsonGenerator json;
    private final ValueFormat format;

    /**
     * @param format not {@link ValueFormat#BINARY}
     */
    public RecordJson(JsonGenerator json, ValueFormat format) {
        this.json = json;
        this.format = format;
    }

    /** One record as an object. */
    public void write(LogRecord record) throws IOException {
        json.writeStartObject();
        writeFields(record);
        json.writeEndObject();
    }

    /** The fields of one record, within an object that the caller began. */
    public void writeFields(LogRecord record) throws IOException {
        json.writeNumberField("offset", record.offset());
        json.writeNumberField("timestamp", record.timestampMs());
        writeKey(record.key());
        writeValue(record.value());
        if (!record.headers().isEmpty()) {
            writeHeaders(record.headers());
        }
    }

    private void writeKey(@Nullable ByteBuffer key) throws IOException {
        if (key == null) {
            json.writeNullField("key");
        } else if (format == ValueFormat.BASE64) {
            writeBase64("keyBase64", key);
        } else {
            String text = Text.decode(key);
            if (text == null) {
                writeBase64("keyBase64", key);
            } else {
                json.writeStringField("key", text);
            }
        }
    }

    private void writeValue(@Nullable ByteBuffer value) throws IOException {
        if (value == null) {
            json.writeNullField("value");
            return;
        }
        switch (format) {
            case TEXT -> writeText(value);
            case JSON -> writeJson(value);
            case BASE64 -> writeBase64("valueBase64", value);
            case BINARY -> throw new AssertionError("batches are not written as JSON");
        }
    }

    private void writeText(ByteBuffer value) throws IOException {
        String text = Text.decode(value);
        if (text == null) {
            writeBase64("valueBase64", value);
            json.writeStringField("valueError", "not-text");
        } else {
            json.writeStringField("value", text);
        }
    }

    private void writeJson(ByteBuffer value) throws IOException {
        String text = Text.decode(value);
        if (text == null || !isJson(text)) {
            writeBase64("valueBase64", value);
            json.writeStringField("valueError", "not-json");
        } else {
            json.writeFieldName("valueJson");
            json.writeRawValue(text);
        }
    }

    private static boolean isJson(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** A name that comes once has its value; one that comes more often has the list of them. */
    private void writeHeaders(List<LogRecord.Header> headers) throws IOException {
        var byName = new LinkedHashMap<String, ArrayList<@Nullable ByteBuffer>>();
        boolean isText = format != ValueFormat.BASE64;
        for (LogRecord.Header header : headers) {
            ByteBuffer value = header.value();
            isText &= value == null || Text.decode(value) != null;
            byName.computeIfAbsent(header.name(), _ -> new ArrayList<>(1)).add(value);
        }
        json.writeObjectFieldStart(isText ? "headers" : "headersBase64");
        for (Map.Entry<String, ArrayList<@Nullable ByteBuffer>> header : byName.entrySet()) {
            json.writeFieldName(header.getKey());
            if (header.getValue().size() > 1) {
                json.writeStartArray();
            }
            for (ByteBuffer value : header.getValue()) {
                writeHeaderValue(value, isText);
            }
            if (header.getValue().size() > 1) {
                json.writeEndArray();
            }
        }
        json.writeEndObject();
    }

    private void writeHeaderValue(@Nullable ByteBuffer value, boolean isText) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (isText) {
            json.writeString(Text.decode(value));
        } else {
            json.writeString(Text.base64(value));
        }
    }

    private void writeBase64(String field, ByteBuffer bytes) throws IOException {
        json.writeStringField(field, Text.base64(bytes));
    }
}
