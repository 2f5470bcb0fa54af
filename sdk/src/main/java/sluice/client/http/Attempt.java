package sluice.client.http;

import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import sluice.client.error.Problem;

/** How one attempt of a call ended. */
public sealed interface Attempt {

    /** A longer wait is no gateway's: a proxy's maintenance page, or nonsense. */
    Duration RETRY_AFTER_MAX = Duration.ofMinutes(5);

    /** Done. */
    record Answered(Answer answer) implements Attempt {}

    /** Refused for good: the same call would be refused again. */
    record Refused(Problem problem) implements Attempt {}

    /**
     * To be repeated.
     *
     * @param reason what happened, for people
     * @param problem what the gateway said, if it said anything
     * @param retryAfter the least wait that the gateway asked for
     * @param isGatewayGone true if there was no answer, so that another gateway may do better at
     *     once
     * @param mayBeDone true if the gateway may have done it all the same
     */
    record Again(
            String reason,
            Optional<Problem> problem,
            Optional<Duration> retryAfter,
            boolean isGatewayGone,
            boolean mayBeDone)
            implements Attempt {}

    /** Judges what {@link HttpSender#send} completed with: exactly one of both is there. */
    static Attempt of(URI gateway, @Nullable Answer answer, @Nullable Throwable failure) {
        return answer != null ? of(gateway, answer) : of(gateway, failure);
    }

    private static Attempt of(URI gateway, Answer answer) {
        int status = answer.status();
        if (status >= 200 && status < 300) {
            return new Answered(answer);
        }
        Problem problem = Problems.of(answer, gateway.toString());
        boolean isUnknown = status == 502 || status == 504;
        if (isUnknown || status == 408 || status == 429 || status == 503) {
            return new Again(
                    gateway + " answered " + problem,
                    Optional.of(problem),
                    retryAfter(answer),
                    false,
                    isUnknown);
        }
        return new Refused(problem);
    }

    private static Attempt of(URI gateway, @Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        boolean neverSent = cause instanceof NotSentException;
        String what =
                neverSent
                        ? "cannot connect to " + gateway
                        : cause instanceof HttpTimeoutException
                                ? gateway + " did not answer in time"
                                : gateway + " closed the connection (" + cause + ")";
        return new Again(what, Optional.empty(), Optional.empty(), true, !neverSent);
    }

    /** Seconds, whole or not; a date is left to the back-off. */
    private static Optional<Duration> retryAfter(Answer answer) {
        try {
            return answer.header("retry-after")
                    .map(Double::parseDouble)
                    .filter(seconds -> seconds >= 0)
                    .map(seconds -> Duration.ofMillis((long) Math.min(seconds * 1000, 1e9)))
                    .map(wait -> wait.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : wait);
        } catch (NumberFormatException date) {
            return Optional.empty();
        }
    }
}
