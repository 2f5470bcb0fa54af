package sluice.cli.http;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How one attempt of a call ended. */
sealed interface Attempt {

    /** Done. */
    record Answered(Answer answer) implements Attempt {}

    /** Refused for good: the same call would be refused again. */
    record Refused(Problem problem) implements Attempt {}

    /**
     * To be repeated.
     *
     * @param reason what happened, for people
     * @param retryAfter the least wait that the gateway asked for
     * @param elsewhere true if another gateway may do better at once
     * @param maybeDone true if the gateway may have done it all the same
     */
    record Again(String reason, Optional<Duration> retryAfter, boolean elsewhere, boolean maybeDone)
            implements Attempt {}

    static Attempt of(Answer answer, HttpHeaders headers, String where) {
        int status = answer.status();
        if (status >= 200 && status < 300) {
            return new Answered(answer);
        }
        return switch (status) {
            case 429 -> again(answer, headers, where, false, false);
            case 503 -> again(answer, headers, where, true, false);
            case 408, 502, 504 -> again(answer, headers, where, true, true);
            default -> new Refused(Problem.of(answer, where));
        };
    }

    static Attempt of(Exception failure, String where) {
        boolean neverSent = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            neverSent |=
                    cause instanceof ConnectException
                            || cause instanceof HttpConnectTimeoutException
                            || cause instanceof UnresolvedAddressException;
        }
        String what =
                neverSent
                        ? "cannot connect to " + where
                        : failure instanceof HttpTimeoutException
                                ? where + " did not answer in time"
                                : where + " closed the connection (" + message(failure) + ")";
        return new Again(what, Optional.empty(), true, !neverSent);
    }

    private static Again again(
            Answer answer,
            HttpHeaders headers,
            String where,
            boolean elsewhere,
            boolean maybeDone) {
        Problem problem = Problem.of(answer, where);
        String reason =
                "%s answered %d (%s: %s)"
                        .formatted(where, answer.status(), problem.title(), problem.detail());
        return new Again(reason, retryAfter(headers), elsewhere, maybeDone);
    }

    /** Seconds, whole or not; a date is left to the back-off. */
    private static Optional<Duration> retryAfter(HttpHeaders headers) {
        try {
            return headers.firstValue("Retry-After")
                    .map(Double::parseDouble)
                    .filter(seconds -> seconds >= 0 && seconds < 3600)
                    .map(seconds -> Duration.ofMillis((long) (seconds * 1000)));
        } catch (NumberFormatException date) {
            return Optional.empty();
        }
    }

    private static String message(Exception failure) {
        @Nullable String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
