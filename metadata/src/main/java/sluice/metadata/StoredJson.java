package sluice.metadata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/**
 * Part of an item's body while it is read. Fields that it does not know are passed over; what is
 * missing or of another kind is DATA with code {@code metadata-item-unreadable}.
 *
 * <p>Every body has the field {@code f}, the format: {@value #FORMAT}. It is raised only when an
 * older gateway must not touch the item at all; a reader refuses a higher one with code {@code
 * metadata-item-newer}.
 *
 * @param where table and key, for messages
 */
record StoredJson(String where, JsonNode node) {

    static final int FORMAT = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    static StoredJson read(ItemStore.Table table, String key, String body) {
        String where = table.tableName() + "/" + key;
        try {
            var read = new StoredJson(where, JSON.readTree(body));
            int format = read.integer("f");
            if (format > FORMAT) {
                throw new SluiceException(
                        Kind.DATA,
                        "metadata-item-newer",
                        "an item was written by a newer version: item=%s format=%d known=%d; upgrade this gateway"
                                .formatted(where, format, FORMAT));
            }
            return read;
        } catch (JsonProcessingException e) {
            throw unreadable(where, "not JSON", e);
        }
    }

    static ObjectNode write() {
        return JSON.createObjectNode().put("f", FORMAT);
    }

    String text(String name) {
        return textOf(field(name), name);
    }

    /** The text at {@code index} of an array. */
    String text(int index) {
        return textOf(element(index), "[" + index + "]");
    }

    long number(String name) {
        return numberOf(field(name), name);
    }

    long number(int index) {
        return numberOf(element(index), "[" + index + "]");
    }

    int integer(String name) {
        return integerOf(number(name), name);
    }

    int integer(int index) {
        return integerOf(number(index), "[" + index + "]");
    }

    boolean flag(String name) {
        JsonNode value = field(name);
        if (!value.isBoolean()) {
            throw unreadable(where, "not a boolean: field=" + name, null);
        }
        return value.booleanValue();
    }

    UUID uuid(String name) {
        return uuidOf(text(name));
    }

    UUID uuid(int index) {
        return uuidOf(text(index));
    }

    <E extends Enum<E>> E word(Class<E> type, String name) {
        return wordOf(type, text(name));
    }

    <E extends Enum<E>> E word(Class<E> type, int index) {
        return wordOf(type, text(index));
    }

    StoredJson at(int index) {
        return new StoredJson(where, element(index));
    }

    StoredJson object(String name) {
        return new StoredJson(where, field(name));
    }

    /** The field, if it is there and not null. */
    Optional<StoredJson> optional(String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull()
                ? Optional.empty()
                : Optional.of(new StoredJson(where, value));
    }

    <T> List<T> list(String name, Function<StoredJson, T> each) {
        return object(name).elements(each);
    }

    /** This array's elements; those of an absent array are none. */
    <T> List<T> elements(Function<StoredJson, T> each) {
        if (!node.isArray()) {
            throw unreadable(where, "not an array", null);
        }
        var list = new ArrayList<T>(node.size());
        for (JsonNode element : node) {
            list.add(each.apply(new StoredJson(where, element)));
        }
        return list;
    }

    SluiceException unreadable(String what) {
        return unreadable(where, what, null);
    }

    private JsonNode field(String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            throw unreadable(where, "missing: field=" + name, null);
        }
        return value;
    }

    private JsonNode element(int index) {
        JsonNode value = node.get(index);
        if (value == null) {
            throw unreadable(where, "too short an array: index=" + index, null);
        }
        return value;
    }

    /** The JSON that this value holds as {@link PackedText}. */
    StoredJson unpacked() {
        try {
            return new StoredJson(where, JSON.readTree(PackedText.unpack(asText())));
        } catch (IOException e) {
            throw unreadable(where, "not packed JSON", e);
        }
    }

    /** The bytes that this value holds as {@link PackedText}. */
    byte[] unpackedBytes() {
        try {
            return PackedText.unpackBytes(asText());
        } catch (IOException e) {
            throw unreadable(where, "not packed bytes", e);
        }
    }

    /** This value itself as text. */
    String asText() {
        return textOf(node, "element");
    }

    /** This value itself as a number. */
    long asNumber() {
        return numberOf(node, "element");
    }

    private String textOf(JsonNode value, String name) {
        if (!value.isTextual()) {
            throw unreadable(where, "not a text: field=" + name, null);
        }
        return value.textValue();
    }

    private long numberOf(JsonNode value, String name) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw unreadable(where, "not a whole number: field=" + name, null);
        }
        return value.longValue();
    }

    private int integerOf(long value, String name) {
        if (value != (int) value) {
            throw unreadable(where, "out of range: field=" + name + " value=" + value, null);
        }
        return (int) value;
    }

    UUID uuidOf(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw unreadable(where, "not a UUID: value=" + text, e);
        }
    }

    private <E extends Enum<E>> E wordOf(Class<E> type, String word) {
        try {
            return Enum.valueOf(type, word);
        } catch (IllegalArgumentException e) {
            throw unreadable(
                    where, "unknown word: type=" + type.getSimpleName() + " word=" + word, e);
        }
    }

    private static SluiceException unreadable(
            String where, String what, @Nullable Throwable cause) {
        return new SluiceException(
                Kind.DATA,
                "metadata-item-unreadable",
                "an item cannot be read: item=%s %s; it was changed by hand or by another version"
                        .formatted(where, what),
                cause);
    }
}
