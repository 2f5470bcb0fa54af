package sluice.client.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A small JSON document as a tree: what answers of gateways need, and no more. Strict where a field
 * is asked for by type; fields that nobody asks for are passed over, so that a newer gateway may
 * say more.
 */
public final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();

    /** Deeper documents are no answers of ours. */
    private static final int DEPTH_MAX = 64;

    /** Map, List, String, Long, Double, Boolean or null. */
    private final @Nullable Object node;

    private Json(@Nullable Object node) {
        this.node = node;
    }

    /**
     * @throws JsonException if the bytes are not one JSON value
     */
    public static Json parse(byte[] source) {
        try (JsonParser parser = FACTORY.createParser(source)) {
            return read(parser);
        } catch (IOException broken) {
            throw new JsonException("not JSON: " + broken.getMessage());
        }
    }

    /**
     * @throws JsonException if the text is not one JSON value
     */
    public static Json parse(String source) {
        try (JsonParser parser = FACTORY.createParser(source)) {
            return read(parser);
        } catch (IOException broken) {
            throw new JsonException("not JSON: " + broken.getMessage());
        }
    }

    private static Json read(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw new JsonException("not JSON: nothing is there");
        }
        Json document = new Json(read(parser, 0));
        if (parser.nextToken() != null) {
            throw new JsonException("not JSON: something follows the document");
        }
        return document;
    }

    /** A field that is there and not null. */
    public Optional<Json> field(String name) {
        return node instanceof Map<?, ?> fields && fields.get(name) != null
                ? Optional.of(new Json(fields.get(name)))
                : Optional.empty();
    }

    /** The names of an object's fields, in order; none if this is no object. */
    public List<String> names() {
        return node instanceof Map<?, ?> fields
                ? fields.keySet().stream().map(String::valueOf).toList()
                : List.of();
    }

    /**
     * @throws JsonException if the field is missing or no text
     */
    public String text(String name) {
        return require(name, String.class, "a text");
    }

    /** A field that is a text; {@code otherwise} if it is missing, null or something else. */
    public String text(String name, String otherwise) {
        return field(name).map(Json::value).orElse(null) instanceof String text ? text : otherwise;
    }

    /**
     * @throws JsonException if the field is missing or no whole number of 64 bits
     */
    public long number(String name) {
        return require(name, Long.class, "a whole number");
    }

    /**
     * @throws JsonException if the field is missing or no whole number of 32 bits
     */
    public int integer(String name) {
        long value = number(name);
        if (value != (int) value) {
            throw new JsonException("expected a smaller number in the field " + name);
        }
        return (int) value;
    }

    /**
     * A field that is a whole number; {@code otherwise} if it is missing, null or something else.
     */
    public long number(String name, long otherwise) {
        return field(name).map(Json::value).orElse(null) instanceof Long value ? value : otherwise;
    }

    /** True if the field is there and true. */
    public boolean isTrue(String name) {
        return field(name).map(Json::value).orElse(null) instanceof Boolean value && value;
    }

    /** The elements of a field that is a list; none if it is missing or something else. */
    public List<Json> list(String name) {
        return field(name).map(Json::elements).orElse(List.of());
    }

    /** The elements of a list; none if this is not one. */
    public List<Json> elements() {
        return node instanceof List<?> elements
                ? elements.stream().map(element -> new Json((@Nullable Object) element)).toList()
                : List.of();
    }

    /** As a map, list, text, {@link Long}, {@link Double}, {@link Boolean}, or null. */
    public @Nullable Object value() {
        return node;
    }

    @Override
    public String toString() {
        return String.valueOf(node);
    }

    private <T> T require(String name, Class<T> type, String what) {
        Object value = field(name).map(Json::value).orElse(null);
        if (!type.isInstance(value)) {
            throw new JsonException("expected %s in the field %s".formatted(what, name));
        }
        return type.cast(value);
    }

    private static @Nullable Object read(JsonParser parser, int depth) throws IOException {
        if (depth > DEPTH_MAX) {
            throw new JsonException("JSON is nested too deep: depthMax=" + DEPTH_MAX);
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, read(parser, depth + 1));
                }
                yield Collections.unmodifiableMap(fields);
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(read(parser, depth + 1));
                }
                yield Collections.unmodifiableList(elements);
            }
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }
}
