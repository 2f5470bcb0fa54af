package sluice.gateway.consume;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/** How records are told. */
public enum ValueFormat {
    /** Values as text; a value that is not UTF-8 as base64. */
    TEXT,
    /** Values as the JSON they are; a value that is not JSON as base64. */
    JSON,
    /** Keys and values as base64. */
    BASE64,
    /** The batches as they are stored. */
    BINARY;

    /** The format of that name; text if none is named. */
    public static ValueFormat parse(@Nullable String text) {
        if (text == null) {
            return TEXT;
        }
        for (ValueFormat format : values()) {
            if (format.name().toLowerCase(Locale.ROOT).equals(text)) {
                return format;
            }
        }
        throw new ProblemException(
                ProblemType.BAD_PARAMETER,
                "format=%s: expected text, json, base64 or binary".formatted(text));
    }
}
