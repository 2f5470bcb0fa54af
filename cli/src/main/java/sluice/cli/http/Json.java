package sluice.cli.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A small JSON document as a tree: what the answers of gateways need, and no more. */
public final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();

    /** Map, List, String, Long, Double, Boolean or null. */
    private final @Nullable Object node;

    private Json(@Nullable Object node) {
        this.node = node;
    }

    /**
     * @throws CommandFailure if the bytes are not one JSON value
     */
    public static Json parse(ByteBuffer source) {
        try (JsonParser parser =
                FACTORY.createParser(
                        source.array(),
                        source.arrayOffset() + source.position(),
                        source.remaining())) {
            if (parser.nextToken() == null) {
                throw notUnderstood("the body is empty");
            }
            return new Json(read(parser));
        } catch (IOException broken) {
            throw notUnderstood(broken.getMessage());
        }
    }

    /** The text with quotes and escapes, as it stands in a document. */
    public static String quote(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }

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

    /** True for a list, even an empty one. */
    public boolean isList() {
        return node instanceof List<?>;
    }

    public boolean isNumber() {
        return node instanceof Number;
    }

    /** A field as text, numbers included; {@code otherwise} if it is missing or null. */
    public String text(String name, String otherwise) {
        return field(name).map(Json::toString).orElse(otherwise);
    }

    /**
     * @throws CommandFailure if the field is missing or no whole number
     */
    public long longField(String name) {
        if (field(name).map(found -> found.node).orElse(null) instanceof Long value) {
            return value;
        }
        throw notUnderstood("expected a number in the field " + name);
    }

    /** The elements of a field that is a list; none if it is missing. */
    public List<Json> list(String name) {
        return field(name).map(Json::elements).orElse(List.of());
    }

    /** The elements of a list; none if this is not one. */
    public List<Json> elements() {
        return node instanceof List<?> elements
                ? elements.stream().map(element -> new Json((Object) element)).toList()
                : List.of();
    }

    @Override
    public String toString() {
        return String.valueOf(node);
    }

    private static @Nullable Object read(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    fields.put(name, read(parser));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(read(parser));
                }
                yield elements;
            }
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }

    private static CommandFailure notUnderstood(@Nullable String what) {
        return new CommandFailure(
                Problem.local(
                        "Answer not understood",
                        "the gateway's answer is not the JSON that was expected: " + what,
                        "check that --gateway names a Sluice gateway of this version"));
    }
}
