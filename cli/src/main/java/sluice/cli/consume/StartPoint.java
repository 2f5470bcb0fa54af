package sluice.cli.consume;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Problem;

/** Where reading begins, in each partition. */
public sealed interface StartPoint {

    /** At the first record that is kept. */
    record Earliest() implements StartPoint {}

    /** After the last record there is now. */
    record Latest() implements StartPoint {}

    /** At an offset. */
    record AtOffset(long offset) implements StartPoint {}

    /** At the first record whose timestamp is at least that, in milliseconds since 1970 UTC. */
    record AtTime(long timestampMs) implements StartPoint {}

    /**
     * Reads {@code earliest}, {@code latest}, an offset, a point in time (ISO-8601; without an
     * offset from UTC it is in {@code zone}) or a span like {@code 2h ago} and {@code 1d12h ago}.
     *
     * @throws CommandFailure if it is none of these
     */
    static StartPoint parse(String text, Instant now, ZoneId zone) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (word.equals("earliest")) {
            return new Earliest();
        }
        if (word.equals("latest")) {
            return new Latest();
        }
        try {
            if (word.matches("[0-9]+")) {
                return new AtOffset(Long.parseLong(word));
            }
            if (word.endsWith("ago")) {
                Duration span = span(word.substring(0, word.length() - "ago".length()));
                return new AtTime(now.minus(span).toEpochMilli());
            }
            return new AtTime(instant(text.strip(), zone).toEpochMilli());
        } catch (IllegalArgumentException | DateTimeParseException | ArithmeticException no) {
            throw new CommandFailure(
                    Problem.local(
                            "Not a place to start from",
                            "expected earliest, latest, an offset, a time or a span, found '%s'"
                                    .formatted(text),
                            "for example --from 4711, --from 2026-03-01T12:00:00Z, --from"
                                    + " 2026-03-01, --from '2h ago'"));
        }
    }

    private static Instant instant(String text, ZoneId zone) {
        if (text.matches(".*T.*([zZ]|[+-][0-9]{2}(:?[0-9]{2})?)")) {
            return OffsetDateTime.parse(text).toInstant();
        }
        if (text.contains("T") || text.contains(" ")) {
            return LocalDateTime.parse(text.replace(' ', 'T')).atZone(zone).toInstant();
        }
        return LocalDate.parse(text).atStartOfDay(zone).toInstant();
    }

    private static Duration span(String text) {
        Matcher part = Pattern.compile("\\G\\s*([0-9]+)\\s*(ms|s|m|h|d|w)").matcher(text);
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find()) {
            long count = Long.parseLong(part.group(1));
            sum =
                    sum.plus(
                            switch (part.group(2)) {
                                case "ms" -> Duration.ofMillis(count);
                                case "s" -> Duration.ofSeconds(count);
                                case "m" -> Duration.ofMinutes(count);
                                case "h" -> Duration.ofHours(count);
                                case "d" -> Duration.ofDays(count);
                                default -> Duration.ofDays(Math.multiplyExact(count, 7));
                            });
            end = part.end();
        }
        if (end == 0 || !text.substring(end).isBlank()) {
            throw new IllegalArgumentException("not a span: " + text);
        }
        return sum;
    }
}
