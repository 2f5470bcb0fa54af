package sluice.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import sluice.log.batch.BatchBuilder.Header;

/** When, and before which others, messages are given out: the headers that say so. */
final class WaitOptions {

    private static final Duration SPAN_MAX = Duration.ofDays(365);
    private static final int PRIORITY_MAX = 9;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--priority",
            paramLabel = "0-9",
            description = "The highest first, in a queue with --priority. Default: 4")
    private @Nullable Integer priority;

    @Option(
            names = "--delay",
            paramLabel = "SPAN",
            converter = Units.Span.class,
            description = "Given out after that time at the earliest: 10s, 5m, 2h, 7d.")
    private @Nullable Duration delay;

    @Option(
            names = "--expires-in",
            paramLabel = "SPAN",
            converter = Units.Span.class,
            description = "Not given out any more from then on.")
    private @Nullable Duration expiresIn;

    /**
     * @param nowMs from when spans count: this machine's clock
     */
    List<Header> headers(long nowMs) {
        var headers = new ArrayList<Header>();
        if (priority != null) {
            if (priority < 0 || priority > PRIORITY_MAX) {
                throw usage("--priority: expected 0 to 9, found " + priority);
            }
            headers.add(header("sluice-priority", priority));
        }
        if (delay != null) {
            headers.add(header("sluice-deliver-at", nowMs + checked("--delay", delay)));
        }
        if (expiresIn != null) {
            long expires = checked("--expires-in", expiresIn);
            if (delay != null && expires <= delay.toMillis()) {
                throw usage("--expires-in: expected more than --delay, or nobody ever has it");
            }
            headers.add(header("sluice-expires-at", nowMs + expires));
        }
        return headers;
    }

    private static Header header(String name, long value) {
        return new Header(name, Long.toString(value).getBytes(US_ASCII));
    }

    private long checked(String option, Duration span) {
        if (span.isNegative() || span.compareTo(SPAN_MAX) > 0) {
            throw usage(option + ": expected at most 365 days, found " + span);
        }
        return span.toMillis();
    }

    private ParameterException usage(String message) {
        if (spec == null) {
            throw new IllegalStateException("not part of a command");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
