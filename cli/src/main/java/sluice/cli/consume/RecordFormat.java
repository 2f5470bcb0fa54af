package sluice.cli.consume;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import sluice.log.batch.LogRecord;

/** How a record is printed; each ends with a line feed. */
public sealed interface RecordFormat {

    /** The value's bytes. */
    record Value() implements RecordFormat {}

    /** The key's bytes, the delimiter, the value's bytes; a missing one is empty. */
    record KeyValue(String delimiter) implements RecordFormat {}

    /**
     * An object with {@code partition}, {@code offset}, {@code timestamp} (milliseconds since 1970
     * UTC), {@code key}, {@code value} and {@code headers}. Bytes that are not UTF-8 are in {@code
     * keyBase64} and {@code valueBase64} instead.
     */
    record JsonLines() implements RecordFormat {}

    /** Partition, offset, timestamp in milliseconds, bytes of key and value (−1: none); by tabs. */
    record Offsets() implements RecordFormat {}

    /** Adds one record to what is to be printed. */
    interface RecordPrinter {
        void print(int partition, LogRecord record, OutputChunk out);
    }

    /** The format, ready for many records. */
    default RecordPrinter printer() {
        return switch (this) {
            case Value() ->
                    (_, record, out) -> {
                        addIfThere(record.value(), out);
                        out.add((byte) '\n');
                    };
            case KeyValue(var delimiter) -> {
                byte[] between = delimiter.getBytes(StandardCharsets.UTF_8);
                yield (_, record, out) -> {
                    addIfThere(record.key(), out);
                    out.add(between);
                    addIfThere(record.value(), out);
                    out.add((byte) '\n');
                };
            }
            case JsonLines() -> RecordFormat::printJson;
            case Offsets() -> RecordFormat::printOffsets;
        };
    }

    private static void printOffsets(int partition, LogRecord record, OutputChunk out) {
        out.add(partition);
        out.add((byte) '\t');
        out.add(record.offset());
        out.add((byte) '\t');
        out.add(record.timestampMs());
        out.add((byte) '\t');
        out.add(sizeOf(record.key()));
        out.add((byte) '\t');
        out.add(sizeOf(record.value()));
        out.add((byte) '\n');
    }

    private static void printJson(int partition, LogRecord record, OutputChunk out) {
        out.add("{\"partition\":");
        out.add(partition);
        out.add(",\"offset\":");
        out.add(record.offset());
        out.add(",\"timestamp\":");
        out.add(record.timestampMs());
        addBytes(",\"key", record.key(), out);
        addBytes(",\"value", record.value(), out);
        if (!record.headers().isEmpty()) {
            String before = ",\"headers\":{\"";
            for (LogRecord.Header header : record.headers()) {
                out.add(before);
                out.add(JsonStringEncoder.getInstance().quoteAsUTF8(header.name()));
                addBytes("", header.value(), out);
                before = ",\"";
            }
            out.add((byte) '}');
        }
        out.add("}\n");
    }

    /** Ends a field name, with its suffix if the bytes are no text, and adds the bytes. */
    private static void addBytes(String name, @Nullable ByteBuffer bytes, OutputChunk out) {
        out.add(name);
        if (bytes == null) {
            out.add("\":null");
            return;
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate()).toString();
            out.add("\":\"");
            out.add(JsonStringEncoder.getInstance().quoteAsUTF8(text));
        } catch (CharacterCodingException binary) {
            out.add("Base64\":\"");
            out.add(Base64.getEncoder().encode(bytes.duplicate()));
        }
        out.add((byte) '"');
    }

    private static void addIfThere(@Nullable ByteBuffer bytes, OutputChunk out) {
        if (bytes != null) {
            out.add(bytes);
        }
    }

    private static int sizeOf(@Nullable ByteBuffer bytes) {
        return bytes == null ? -1 : bytes.remaining();
    }
}
