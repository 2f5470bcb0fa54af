package sluice.gateway.consume;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sluice.gateway.GatewayConfig;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/**
 * What a fetch asks for, checked.
 *
 * @param recordsMax most records in the answer
 * @param maxBytes rough size of the answer
 * @param pollWait for the first record, if there is none yet
 */
record FetchQuery(
        Position position, int recordsMax, int maxBytes, Duration pollWait, ValueFormat format) {

    private static final int RECORDS_DEFAULT = 500;
    private static final int RECORDS_MAX = 100_000;
    private static final int BYTES_DEFAULT = 1024 * 1024;
    private static final Pattern WAIT = Pattern.compile("([0-9]{1,6})(ms|s)?");

    /** Where to begin. */
    sealed interface Position {
        record Earliest() implements Position {}

        record Latest() implements Position {}

        record AtOffset(long offset) implements Position {}

        /** The first record with at least that timestamp. */
        record AtTime(long timestampMs) implements Position {}
    }

    static FetchQuery parse(FetchParameters asked, GatewayConfig.Limits limits) {
        int fetchBytesMax = Math.toIntExact(limits.fetchBytesMax().asLongValue());
        return new FetchQuery(
                position(asked.offset, asked.timestamp),
                number("max", asked.max, RECORDS_DEFAULT, RECORDS_MAX),
                number(
                        "maxBytes",
                        asked.maxBytes,
                        Math.min(BYTES_DEFAULT, fetchBytesMax),
                        fetchBytesMax),
                wait(asked.wait, limits.pollWaitMax()),
                ValueFormat.parse(asked.format));
    }

    private static Position position(@Nullable String offset, @Nullable String timestamp) {
        if (offset != null && timestamp != null) {
            throw bad("offset and timestamp: expected one of them");
        }
        if (timestamp != null) {
            return new Position.AtTime(notNegative("timestamp", timestamp));
        }
        if (offset == null || offset.equals("earliest")) {
            return new Position.Earliest();
        }
        return offset.equals("latest")
                ? new Position.Latest()
                : new Position.AtOffset(notNegative("offset", offset));
    }

    private static long notNegative(String name, String text) {
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, as a negative number is.
        }
        String words =
                name.equals("offset") ? " or earliest or latest" : ", milliseconds since 1970";
        throw bad("%s=%s: expected a number from 0%s".formatted(name, text, words));
    }

    private static int number(String name, @Nullable String text, int otherwise, int max) {
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, as a number out of range is.
        }
        throw bad("%s=%s: expected 1 to %d".formatted(name, text, max));
    }

    private static Duration wait(@Nullable String text, Duration waitMax) {
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

    private static ProblemException bad(String detail) {
        return new ProblemException(ProblemType.BAD_PARAMETER, detail);
    }
}
