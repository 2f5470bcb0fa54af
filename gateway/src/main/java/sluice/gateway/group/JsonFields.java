package sluice.gateway.group;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import sluice.gateway.admission.Body;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/**
 * One JSON object that a caller sent, small enough to be held as a tree. Fields are asked for by
 * name and kind; {@link #end} refuses those that nobody asked for, so that a misspelt one is not
 * taken for one left out.
 */
public final class JsonFields {

    /** Nothing of a group needs more, and a tree weighs many times its text. */
    static final int BYTES_MAX = 1 << 20;

    private static final JsonFactory JSON = new JsonFactory();
    private static final int DEPTH_MAX = 8;

    private final String where;
    private final Map<String, @Nullable Object> fields;
    private final TreeSet<String> asked = new TreeSet<>();

    /** A number that is no whole one, or does not fit. */
    private record OtherNumber() {}

    private JsonFields(String where, Map<String, @Nullable Object> fields) {
        this.where = where;
        this.fields = fields;
    }

    /** An empty body says nothing, as {@code {}} does. */
    public static JsonFields of(Body body) {
        if (body.length() > BYTES_MAX) {
            throw new ProblemException(
                    Problem.of(
                                    ProblemType.BODY_TOO_LARGE,
                                    "%,d bytes; at most %,d are taken here"
                                            .formatted(body.length(), BYTES_MAX))
                            .with("bodyBytesMax", BYTES_MAX));
        }
        return body.length() == 0
                ? new JsonFields("", Map.of())
                : of(body.array(), body.from(), body.length());
    }

    static JsonFields of(byte[] bytes, int from, int length) {
        try (JsonParser json = JSON.createParser(bytes, from, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("Expected an object");
            }
            var fields = object(json, 0);
            if (json.nextToken() != null) {
                throw malformed("There is more after the object");
            }
            return new JsonFields("", fields);
        } catch (JsonProcessingException e) {
            throw new ProblemException(Problem.of(e));
        } catch (IOException e) {
            throw new AssertionError("bytes in memory cannot fail to be read", e);
        }
    }

    private static Map<String, @Nullable Object> object(JsonParser json, int depth)
            throws IOException {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            fields.put(name, value(json, depth + 1));
        }
        return fields;
    }

    private static @Nullable Object value(JsonParser json, int depth) throws IOException {
        if (depth > DEPTH_MAX) {
            throw malformed("Objects and lists go deeper than " + DEPTH_MAX);
        }
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json, depth);
            case START_ARRAY -> {
                var elements = new ArrayList<@Nullable Object>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(json, depth + 1));
                }
                yield elements;
            }
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT ->
                    json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? new OtherNumber()
                            : Long.valueOf(json.getLongValue());
            case VALUE_NUMBER_FLOAT -> new OtherNumber();
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            default -> null;
        };
    }

    private @Nullable Object get(String name) {
        asked.add(name);
        return fields.get(name);
    }

    /** All of them, whatever is asked for. */
    List<String> names() {
        return List.copyOf(fields.keySet());
    }

    public boolean has(String name) {
        return get(name) != null;
    }

    /** True if the field is there and says null. */
    public boolean isNull(String name) {
        return get(name) == null && fields.containsKey(name);
    }

    public Optional<String> text(String name) {
        return switch (get(name)) {
            case null -> Optional.empty();
            case String text -> Optional.of(text);
            default -> throw bad(name, "expected text");
        };
    }

    public String textNeeded(String name) {
        return text(name).orElseThrow(() -> missing(name));
    }

    /** A whole number within these bounds. */
    Optional<Long> number(String name, long min, long max) {
        return switch (get(name)) {
            case null -> Optional.empty();
            case Long number when number >= min && number <= max -> Optional.of(number);
            default -> throw bad(name, "expected a whole number from %d to %d".formatted(min, max));
        };
    }

    long numberNeeded(String name, long min, long max) {
        return number(name, min, max).orElseThrow(() -> missing(name));
    }

    public boolean flag(String name, boolean otherwise) {
        return switch (get(name)) {
            case null -> otherwise;
            case Boolean flag -> flag;
            default -> throw bad(name, "expected true or false");
        };
    }

    /** Empty if the field is missing, or is something other than an object. */
    Optional<JsonFields> objectIfOne(String name) {
        return get(name) instanceof Map<?, ?>
                ? Optional.of(child(name, get(name)))
                : Optional.empty();
    }

    /** An object whose fields are texts, or null for those that say nothing. */
    public Optional<Map<String, Optional<String>>> textsByName(String name) {
        if (get(name) == null) {
            return Optional.empty();
        }
        JsonFields object = child(name, get(name));
        var texts = new LinkedHashMap<String, Optional<String>>();
        object.fields.keySet().forEach(each -> texts.put(each, object.text(each)));
        return Optional.of(texts);
    }

    public Optional<List<JsonFields>> objects(String name) {
        return list(name)
                .map(elements -> {
                    var objects = new ArrayList<JsonFields>(elements.size());
                    for (int i = 0; i < elements.size(); i++) {
                        objects.add(child(name + "[" + i + "]", elements.get(i)));
                    }
                    return objects;
                });
    }

    Optional<List<String>> texts(String name) {
        return list(name)
                .map(elements -> {
                    var texts = new ArrayList<String>(elements.size());
                    for (Object element : elements) {
                        if (!(element instanceof String text)) {
                            throw bad(name, "expected a list of texts");
                        }
                        texts.add(text);
                    }
                    return texts;
                });
    }

    Optional<List<Integer>> indexes(String name) {
        return list(name)
                .map(elements -> {
                    var indexes = new ArrayList<Integer>(elements.size());
                    for (Object element : elements) {
                        if (!(element instanceof Long index)
                                || index < 0
                                || index > Integer.MAX_VALUE) {
                            throw bad(name, "expected a list of whole numbers from 0");
                        }
                        indexes.add(index.intValue());
                    }
                    return indexes;
                });
    }

    private Optional<List<?>> list(String name) {
        return switch (get(name)) {
            case null -> Optional.empty();
            case List<?> elements -> Optional.of(elements);
            default -> throw bad(name, "expected a list");
        };
    }

    @SuppressWarnings("unchecked") // made by object(), whose keys are text
    private JsonFields child(String name, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw bad(name, "expected an object");
        }
        return new JsonFields(where + name + ".", (Map<String, @Nullable Object>) map);
    }

    /** Refuses fields that were not asked for. */
    public void end() {
        for (String name : fields.keySet()) {
            if (!asked.contains(name)) {
                throw malformed(
                        "There is no field %s%s; there are %s"
                                .formatted(where, shown(name), String.join(", ", asked)));
            }
        }
    }

    private static String shown(String name) {
        return name.length() <= 64 ? name : name.substring(0, 64) + "…";
    }

    public ProblemException bad(String name, String expected) {
        return new ProblemException(
                ProblemType.BAD_PARAMETER, "%s%s: %s".formatted(where, name, expected));
    }

    private ProblemException missing(String name) {
        return new ProblemException(
                ProblemType.MALFORMED_REQUEST, "The field %s%s is missing".formatted(where, name));
    }

    private static ProblemException malformed(String detail) {
        return new ProblemException(ProblemType.MALFORMED_REQUEST, detail);
    }
}
