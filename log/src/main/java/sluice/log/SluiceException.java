package sluice.log;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A failure, sorted by what the caller does next.
 *
 * <p>The {@code code} is a stable word for programs and documentation ({@code unknown-topic}); the
 * message says what happened, what was expected, and what to do.
 */
public final class SluiceException extends RuntimeException {

    /** What the caller does next. A new kind needs a decision record. */
    public enum Kind {
        /** Correct the request; repeating it unchanged fails again. Nothing was done. */
        INVALID,
        /** What was named does not exist. Nothing was done. */
        NOT_FOUND,
        /** The request contradicts the present state. Nothing was done; look, then decide. */
        CONFLICT,
        /** This process may no longer do that: find the new owner. Nothing was done. */
        FENCED,
        /** Too much load or no space now. Nothing was done; retry after a pause. */
        OVERLOADED,
        /** Something needed is out of reach. Nothing was done; retry after a pause. */
        UNAVAILABLE,
        /** It may have been done: ask, or retry with the same identity. */
        UNKNOWN_OUTCOME,
        /** Stored or received bytes are wrong; a person must look. */
        DATA
    }

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String code;

    public SluiceException(Kind kind, String code, String message) {
        this(kind, code, message, null);
    }

    public SluiceException(Kind kind, String code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind);
        this.code = Objects.requireNonNull(code);
    }

    public Kind kind() {
        return kind;
    }

    /** Lower-case words joined by hyphens, the last part of the problem type in HTTP answers. */
    public String code() {
        return code;
    }
}
