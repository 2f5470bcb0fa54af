package sluice.cli.produce;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where a record's key comes from. */
public sealed interface KeyRule {

    /** Records have no key and are spread over the partitions. */
    record NoKey() implements KeyRule {}

    /** All records have the same key. */
    record FixedKey(String key) implements KeyRule {}

    /** The key is the path of the file, or of the entry in its archive. */
    record PathKey() implements KeyRule {}

    /**
     * The key is one field of the line, as its bytes stand there.
     *
     * @param number from 1
     */
    record FieldKey(int number, String delimiter) implements KeyRule {
        public FieldKey {
            if (number < 1 || delimiter.isEmpty()) {
                throw new IllegalArgumentException(
                        "not a field: number=%d delimiter='%s'".formatted(number, delimiter));
            }
        }
    }

    /** The key is a property of the JSON object in the line: the text of a string or a number. */
    record JsonKey(String property) implements KeyRule {}

    /** Finds the key of one line; null if the line has none. */
    interface LineKeys {
        byte @Nullable [] keyOf(byte[] line);
    }

    /**
     * The rule, ready for the lines of one file. A key that is the same for all of them is the same
     * array each time.
     *
     * @param path of the file or entry
     */
    default LineKeys forFile(String path) {
        return switch (this) {
            case NoKey() -> _ -> null;
            case FixedKey(var key) -> always(key);
            case PathKey() -> always(path);
            case FieldKey(var number, var delimiter) -> {
                byte[] delimiterBytes = delimiter.getBytes(StandardCharsets.UTF_8);
                yield line -> fieldOf(line, number, delimiterBytes);
            }
            case JsonKey(var property) -> {
                var json = new JsonFactory();
                yield line -> propertyOf(line, property, json);
            }
        };
    }

    /** What a line without a key lacks, for messages. */
    default String expectation() {
        return switch (this) {
            case FieldKey(var number, var delimiter) ->
                    "a field number %d, fields parted by '%s'"
                            .formatted(number, delimiter.equals("\t") ? "\\t" : delimiter);
            case JsonKey(var property) ->
                    "a JSON object with a text or number in \"" + property + "\"";
            case NoKey(), FixedKey(_), PathKey() -> "nothing";
        };
    }

    private static LineKeys always(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return _ -> bytes;
    }

    private static byte @Nullable [] fieldOf(byte[] line, int number, byte[] delimiter) {
        int start = 0;
        for (int field = 1; ; field++) {
            int end = indexOf(line, delimiter, start);
            if (field == number) {
                return Arrays.copyOfRange(line, start, end < 0 ? line.length : end);
            }
            if (end < 0) {
                return null;
            }
            start = end + delimiter.length;
        }
    }

    private static int indexOf(byte[] line, byte[] wanted, int from) {
        for (int at = from; at <= line.length - wanted.length; at++) {
            if (Arrays.equals(line, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }

    private static byte @Nullable [] propertyOf(byte[] line, String property, JsonFactory json) {
        try (JsonParser parser = json.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = parser.currentName().equals(property);
                JsonToken value = parser.nextToken();
                if (found) {
                    return value.isScalarValue() && value != JsonToken.VALUE_NULL
                            ? parser.getText().getBytes(StandardCharsets.UTF_8)
                            : null;
                }
                parser.skipChildren();
            }
            return null;
        } catch (IOException notJson) {
            return null;
        }
    }
}
