package sluice.gateway.consume;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import sluice.gateway.GatewayConfig;

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
                (int) QueryValues.number("max", asked.max, RECORDS_DEFAULT, 1, RECORDS_MAX),
                (int)
                        QueryValues.number(
                                "maxBytes",
                                asked.maxBytes,
                                Math.min(BYTES_DEFAULT, fetchBytesMax),
                                1,
                                fetchBytesMax),
                QueryValues.wait(asked.wait, limits.pollWaitMax()),
                ValueFormat.parse(asked.format));
    }

    private static Position position(@Nullable String offset, @Nullable String timestamp) {
        if (offset != null && timestamp != null) {
            throw QueryValues.bad("offset and timestamp: expected one of them");
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
        throw QueryValues.bad("%s=%s: expected a number from 0%s".formatted(name, text, words));
    }
}
