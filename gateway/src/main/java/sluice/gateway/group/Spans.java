package sluice.gateway.group;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write them: {@code 500ms}, {@code 8s}, {@code 2h}, or {@code PT1H}. */
final class Spans {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");

    private Spans() {}

    /** The span that the field says. */
    static Duration parse(JsonFields from, String name, String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            long count = Long.parseLong(form.group(1));
            return switch (form.group(2)) {
                case "ms" -> Duration.ofMillis(count);
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
        }
        try {
            Duration span = Duration.parse(text);
            if (!span.isNegative()) {
                return span;
            }
        } catch (DateTimeParseException e) {
            // Told below, as a negative span is.
        }
        throw from.bad(name, "expected a span such as 500ms, 8s, 5m, 2h or PT1H");
    }

    /** In the largest unit that says it in a whole number. */
    static String format(Duration span) {
        long ms = span.toMillis();
        if (ms % 1_000 != 0) {
            return ms + "ms";
        }
        long s = ms / 1_000;
        if (s % 60 != 0 || s == 0) {
            return s + "s";
        }
        return s % 3_600 == 0 ? s / 3_600 + "h" : s / 60 + "m";
    }
}
