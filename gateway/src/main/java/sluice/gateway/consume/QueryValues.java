package sluice.gateway.consume;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/** Values of a query, checked; what is not allowed is a {@code bad-parameter}. */
public final class QueryValues {

    private static final Pattern WAIT = Pattern.compile("([0-9]{1,6})(ms|s)?");

    private QueryValues() {}

    /**
     * @param text null if it was left out
     */
    public static long number(
            String name, @Nullable String text, long otherwise, long min, long max) {
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, as a number out of range is.
        }
        throw bad("%s=%s: expected %d to %d".formatted(name, text, min, max));
    }

    /**
     * @param text null for not at all
     */
    public static Duration wait(@Nullable String text, Duration waitMax) {
        if (text == null) {
            return Duration.ZERO;
        }
        Matcher form = WAIT.matcher(text);
        if (form.matches()) {
            long count = Long.parseLong(form.group(1));
            Duration wait =
                    "ms".equals(form.group(2))
                            ? Duration.ofMillis(count)
                            : Duration.ofSeconds(count);
            if (wait.compareTo(waitMax) <= 0) {
                return wait;
            }
        }
        throw bad(
                "wait=%s: expected up to %d ms, such as 5s or 500ms"
                        .formatted(text, waitMax.toMillis()));
    }

    public static ProblemException bad(String detail) {
        return new ProblemException(ProblemType.BAD_PARAMETER, detail);
    }
}
