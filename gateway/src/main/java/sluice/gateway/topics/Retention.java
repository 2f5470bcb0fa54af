package sluice.gateway.topics;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/**
 * How retention is written: {@code forever}, or a whole number with {@code s}, {@code m}, {@code h}
 * or {@code d}, such as {@code 30m}, {@code 12h}, {@code 7d}. Inside, empty means for ever.
 */
final class Retention {

    private static final String FOREVER = "forever";
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

    private Retention() {}

    /**
     * @throws ProblemException {@code bad-parameter}
     */
    static Optional<Duration> parse(String text) {
        if (text.equals(FOREVER)) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new ProblemException(
                    ProblemType.BAD_PARAMETER,
                    "retention=%s: expected forever, or a whole number with s, m, h or d, such as 7d"
                            .formatted(text));
        }
        long count = Long.parseLong(form.group(1));
        return Optional.of(
                switch (form.group(2)) {
                    case "s" -> Duration.ofSeconds(count);
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    default -> Duration.ofDays(count);
                });
    }

    /** In the largest unit that divides it. */
    static String format(Optional<Duration> retention) {
        return retention.map(Retention::format).orElse(FOREVER);
    }

    private static String format(Duration retention) {
        long seconds = retention.toSeconds();
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
}
