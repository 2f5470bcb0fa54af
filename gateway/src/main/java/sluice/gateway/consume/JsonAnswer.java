package sluice.gateway.consume;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.engine.Engine.Fetched;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.log.SluiceException;
import sluice.log.batch.BatchReader;
import sluice.log.batch.LogRecord;
import sluice.log.batch.RecordBatch;

/**
 * Fetched batches in the JSON of the API:
 *
 * <pre>
 *   {"records": [{"offset", "timestamp",
 *                 "key" | "keyBase64",          null if there is none
 *                 "value" | "valueJson" | "valueBase64",
 *                 "valueError": "not-json" | "not-text"   where the value is not what was asked for
 *                 "headers", "headersBase64"},  left out where empty
 *                …],
 *    "nextOffset", "highWatermark", "logStart"}
 * </pre>
 *
 * <p>Used once, by one thread.
 */
final class JsonAnswer {

    private static final JsonFactory JSON = new JsonFactory();

    private final FetchQuery query;
    private final long from;
    private final ByteArrayOutputStream out;
    private final JsonGenerator json;
    private long nextOffset;
    private int recordCount;

    /**
     * @param from records below this offset are left out
     */
    private JsonAnswer(FetchQuery query, long from, int sizeHint) throws IOException {
        this.query = query;
        this.from = from;
        this.nextOffset = from;
        this.out = new ByteArrayOutputStream(sizeHint);
        this.json = JSON.createGenerator(out);
    }

    /**
     * @throws ProblemException {@code corrupt-batch} with {@code nextOffset} if the first batch
     *     cannot be read; a later one only ends the answer, and is met again by the next fetch
     */
    static byte[] of(FetchQuery query, long from, Fetched fetched) {
        int bytes = fetched.batches().stream().mapToInt(ByteBuffer::remaining).sum();
        try {
            return new JsonAnswer(query, from, bytes + bytes / 2 + 256).write(fetched);
        } catch (IOException e) {
            throw new UncheckedIOException("records could not be written to memory", e);
        }
    }

    private byte[] write(Fetched fetched) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("records");
        writeRecords(fetched.batches());
        json.writeEndArray();
        json.writeNumberField("nextOffset", nextOffset);
        json.writeNumberField("highWatermark", fetched.highWatermark());
        json.writeNumberField("logStart", fetched.logStart());
        json.writeEndObject();
        json.close();
        return out.toByteArray();
    }

    private void writeRecords(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            int at = buffer.position();
            while (at < buffer.limit()) {
                if (!writeBatch(buffer, at)) {
                    return;
                }
                at += RecordBatch.sizeBytes(buffer, at);
            }
        }
    }

    /**
     * @return false if the answer is full
     */
    private boolean writeBatch(ByteBuffer buffer, int at) {
        long afterBatch = RecordBatch.nextOffset(buffer, at);
        try {
            if (!BatchReader.forEach(buffer, at, this::writeRecord)) {
                return false;
            }
        } catch (SluiceException corrupt) {
            if (recordCount > 0) {
                return false;
            }
            throw new ProblemException(
                    Problem.of(
                                    ProblemType.CORRUPT_BATCH,
                                    "batch at offset %d: %s"
                                            .formatted(
                                                    RecordBatch.baseOffset(buffer, at),
                                                    corrupt.getMessage()))
                            .with("nextOffset", afterBatch));
        }
        // Offsets at the end of a batch may have no record any more; they are passed over too.
        nextOffset = Math.max(nextOffset, afterBatch);
        return true;
    }

    /**
     * @return false if the record was left for the next answer
     */
    private boolean writeRecord(LogRecord record) {
        if (record.offset() < from) {
            return true;
        }
        if (recordCount > 0 && (recordCount >= query.recordsMax() || isFull())) {
            return false;
        }
        try {
            write(record);
        } catch (IOException e) {
            throw new UncheckedIOException("a record could not be written to memory", e);
        }
        recordCount++;
        nextOffset = record.offset() + 1;
        return true;
    }

    /** A compressed batch may hold far more than it weighs: what is written counts. */
    private boolean isFull() {
        return out.size() + json.getOutputBuffered() >= query.maxBytes();
    }

    private void write(LogRecord record) throws IOException {
        json.writeStartObject();
        json.writeNumberField("offset", record.offset());
        json.writeNumberField("timestamp", record.timestampMs());
        writeKey(record.key());
        writeValue(record.value());
        if (!record.headers().isEmpty()) {
            writeHeaders(record.headers());
        }
        json.writeEndObject();
    }

    private void writeKey(@Nullable ByteBuffer key) throws IOException {
        if (key == null) {
            json.writeNullField("key");
        } else if (query.format() == FetchQuery.Format.BASE64) {
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
        switch (query.format()) {
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
        boolean isText = query.format() != FetchQuery.Format.BASE64;
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
