package sluice.gateway.problem;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import sluice.log.SluiceException;

/**
 * One problem as the caller gets it, in the JSON of RFC 9457:
 *
 * <pre>
 *   type    https://sluice.dev/problems/ + code
 *   code    the same word, for programs
 *   title   what this kind of problem is; the same each time
 *   status  the HTTP status
 *   detail  what happened this time
 *   action  what to do next
 *   …       fields of this problem, such as logStart and highWatermark
 * </pre>
 *
 * @param fields values are {@link String}, {@link Number}, {@link Boolean} or {@link RawJson}
 */
public record Problem(
        String code,
        int status,
        String title,
        String detail,
        String action,
        Map<String, Object> fields) {

    public static final String MEDIA_TYPE = "application/problem+json";

    private static final String TYPE_PREFIX = "https://sluice.dev/problems/";

    private static final JsonFactory JSON = new JsonFactory();

    /** JSON that is written as it is. */
    public record RawJson(String json) {}

    public Problem {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    public static Problem of(KnownProblem type, String detail) {
        return new Problem(
                type.code(), type.status(), type.title(), detail, type.action(), Map.of());
    }

    /** What is not JSON, and from which byte on. */
    public static Problem of(JsonProcessingException notJson) {
        var at = notJson.getLocation();
        long place = at == null ? 0 : Math.max(0, at.getByteOffset());
        return of(
                        ProblemType.MALFORMED_JSON,
                        "byte %d: %s".formatted(place, notJson.getOriginalMessage()))
                .with("byte", place);
    }

    /** Statuses that depend on the code come first; all others follow from the kind. */
    public static Problem of(SluiceException failure) {
        String detail = Objects.requireNonNullElse(failure.getMessage(), failure.code());
        return KnownProblem.ofCode(failure.code())
                .map(type -> of(type, detail))
                .orElseGet(() -> ofKind(failure, detail));
    }

    private static Problem ofKind(SluiceException failure, String detail) {
        SluiceException.Kind kind = failure.kind();
        int status =
                switch (kind) {
                    case INVALID -> 400;
                    case NOT_FOUND -> 404;
                    case CONFLICT -> 409;
                    case FENCED, UNAVAILABLE -> 503;
                    case OVERLOADED -> 429;
                    case UNKNOWN_OUTCOME -> 504;
                    case DATA -> 500;
                };
        String title =
                switch (kind) {
                    case INVALID -> "The request is not valid";
                    case NOT_FOUND -> "What was named does not exist";
                    case CONFLICT -> "The request contradicts the present state";
                    case FENCED -> "The partition moves to another gateway";
                    case OVERLOADED -> "Too much load, or no space, now";
                    case UNAVAILABLE -> "Something that is needed is out of reach";
                    case UNKNOWN_OUTCOME -> "It is not known whether it was done";
                    case DATA -> "Stored bytes are wrong";
                };
        String action =
                switch (kind) {
                    case INVALID -> "Correct the request; repeated unchanged it fails again.";
                    case NOT_FOUND -> "Correct the name, or create what is missing.";
                    case CONFLICT -> "Look at the present state, then decide.";
                    case FENCED, OVERLOADED, UNAVAILABLE ->
                            "Nothing was done; repeat after the time in Retry-After.";
                    case UNKNOWN_OUTCOME ->
                            "Read the log to see, or repeat with the same Idempotency-Key or"
                                    + " producer id and sequence.";
                    case DATA -> "Tell the operator.";
                };
        return new Problem(failure.code(), status, title, detail, action, Map.of());
    }

    public Problem with(String name, Object value) {
        var more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return new Problem(code, status, title, detail, action, more);
    }

    public Problem withStatus(int otherStatus) {
        return new Problem(code, otherStatus, title, detail, action, fields);
    }

    /** True if the same request may succeed after a pause. */
    boolean isRetryable() {
        return status == 429 || status == 503;
    }

    /** As UTF-8 JSON. */
    public byte[] toJson() {
        var out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("type", TYPE_PREFIX + code);
            json.writeStringField("code", code);
            json.writeStringField("title", title);
            json.writeNumberField("status", status);
            json.writeStringField("detail", detail);
            json.writeStringField("action", action);
            for (Map.Entry<String, Object> field : fields.entrySet()) {
                json.writeFieldName(field.getKey());
                if (field.getValue() instanceof RawJson(String raw)) {
                    json.writeRawValue(raw);
                } else {
                    json.writePOJO(field.getValue());
                }
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a problem could not be written to memory", e);
        }
        return out.toByteArray();
    }
}
