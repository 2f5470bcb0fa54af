package sluice.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes and spans as people write them. */
final class Units {

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]+)\\s*([a-z]*)");

    private Units() {}

    /** Bytes: {@code 65536}, {@code 256k}, {@code 1m}, {@code 1MiB}; units are powers of 1024. */
    static final class Bytes implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip().toLowerCase(Locale.ROOT));
            if (!matcher.matches()) {
                throw notSize(text);
            }
            long unit =
                    switch (matcher.group(2)) {
                        case "", "b" -> 1;
                        case "k", "kb", "kib" -> 1024;
                        case "m", "mb", "mib" -> 1024 * 1024;
                        default -> throw notSize(text);
                    };
            try {
                return Math.toIntExact(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
            } catch (ArithmeticException | NumberFormatException tooLarge) {
                throw notSize(text);
            }
        }

        private static TypeConversionException notSize(String text) {
            return new TypeConversionException(
                    "expected a size such as 65536, 256k or 1m, found '" + text + "'");
        }
    }

    /** A span: {@code 50ms}, {@code 5s}, {@code 2m}, {@code 1h}, {@code 7d}, or ISO-8601. */
    static final class Span implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip().toLowerCase(Locale.ROOT));
            try {
                if (!matcher.matches()) {
                    return Duration.parse(text.strip());
                }
                long count = Long.parseLong(matcher.group(1));
                return switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(count);
                    case "s" -> Duration.ofSeconds(count);
                    case "m", "min" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    case "d" -> Duration.ofDays(count);
                    default -> throw notSpan(text);
                };
            } catch (DateTimeParseException | NumberFormatException | ArithmeticException no) {
                throw notSpan(text);
            }
        }

        private static TypeConversionException notSpan(String text) {
            return new TypeConversionException(
                    "expected a span such as 50ms, 5s, 2m or 1h, found '" + text + "'");
        }
    }

    /** Mebibytes with one decimal, for people. */
    static String mebibytes(double bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (1024 * 1024));
    }

    /** A whole number with its thousands parted, for people. */
    static String count(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    /** A delimiter in which {@code \t}, {@code \n}, {@code \0} and {@code \\} are escapes. */
    static String delimiter(String text) {
        return text.translateEscapes();
    }
}
