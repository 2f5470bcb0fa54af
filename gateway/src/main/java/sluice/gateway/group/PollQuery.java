package sluice.gateway.group;

import java.time.Duration;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupRequest;
import sluice.gateway.GatewayConfig;
import sluice.gateway.consume.ValueFormat;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/** What a poll asks for, checked. */
record PollQuery(GroupRequest.Poll request, ValueFormat format) {

    private static final int RECORDS_DEFAULT = 500;
    private static final int RECORDS_MAX = 100_000;
    private static final int BYTES_DEFAULT = 1 << 20;
    private static final Pattern WAIT = Pattern.compile("([0-9]{1,6})(ms|s)?");

    static PollQuery parse(String member, PollParameters asked, GatewayConfig.Limits limits) {
        int bytesMax = Math.toIntExact(limits.fetchBytesMax().asLongValue());
        var request =
                new GroupRequest.Poll(
                        member(member),
                        number("epoch", asked.epoch, -1, 0, Long.MAX_VALUE),
                        number("received", asked.received, -1, 0, Long.MAX_VALUE),
                        (int) number("max", asked.max, RECORDS_DEFAULT, 1, RECORDS_MAX),
                        (int)
                                number(
                                        "maxBytes",
                                        asked.maxBytes,
                                        Math.min(BYTES_DEFAULT, bytesMax),
                                        1,
                                        bytesMax),
                        wait(asked.wait, limits.pollWaitMax()));
        ValueFormat format = ValueFormat.parse(asked.format);
        if (format == ValueFormat.BINARY) {
            throw bad("format=binary: batches go by the stream of a group, not by polls");
        }
        return new PollQuery(request, format);
    }

    static UUID member(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(
                    ProblemType.UNKNOWN_MEMBER,
                    "There is no member %s"
                            .formatted(text.length() <= 64 ? text : text.substring(0, 64) + "…"));
        }
    }

    private static long number(
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
