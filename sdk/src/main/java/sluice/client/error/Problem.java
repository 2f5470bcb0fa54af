package sluice.client.error;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway said went wrong: the members of an {@code application/problem+json} document.
 *
 * @param code the word for it, for programs; {@code docs/problems.md} lists them. Empty if the
 *     answer was none of Sluice's
 * @param status HTTP status
 * @param title what this kind of problem is; the same each time
 * @param detail what happened this time
 * @param action what to do next; empty if nobody knows
 * @param fields members of this problem alone, such as {@code logStart}: strings, numbers,
 *     booleans, lists and maps of them
 */
public record Problem(
        String code,
        int status,
        String title,
        String detail,
        String action,
        Map<String, @Nullable Object> fields) {

    public Problem {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** A whole number among {@link #fields}. */
    public Optional<Long> number(String field) {
        return fields.get(field) instanceof Long value ? Optional.of(value) : Optional.empty();
    }

    @Override
    public String toString() {
        return "%s (%d): %s%s"
                .formatted(
                        code.isEmpty() ? title : code,
                        status,
                        detail,
                        action.isEmpty() ? "" : " — " + action);
    }
}
