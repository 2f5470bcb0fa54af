package sluice.gateway;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write them: {@code 500ms}, {@code 8s}, {@code 2h}, or {@code PT1H}. */
public final class SpanText {

    /** To be told to who wrote something else. */
    public static final String EXPECTED = "expected a span such as 500ms, 8s, 5m, 2h or PT1H";

    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");

    private SpanText() {}

    /** Empty if the text is no span, or a negative one. */
    public static Optional<Duration> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            long count = Long.parseLong(form.group(1));
            return Optional.of(
                    switch (form.group(2)) {
                        case "ms" -> Duration.ofMillis(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "h" -> Duration.ofHours(count);
                        default -> Duration.ofDays(count);
                    });
        }
        try {
            return Optional.of(Duration.parse(text)).filter(span -> !span.isNegative());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
