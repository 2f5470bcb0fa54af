package sluice.client.http;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.UnknownOutcomeException;
import sluice.client.time.Clock;
import sluice.client.time.Timer;

/**
 * Sends calls to one of the gateways and repeats them until they are answered, refused for good, or
 * out of time: at once at the next gateway if one is gone, and after a pause, never shorter than
 * {@code Retry-After}, once all of them failed in turn. Used by any thread.
 */
public final class ApiClient {

    private final HttpSender http;
    private final Gateways gateways;
    private final Clock clock;
    private final Timer timer;
    private final RandomGenerator random;
    private final Backoff backoff;
    private final Duration attemptTimeout;

    /**
     * @param attemptTimeout a gateway that takes longer for one attempt, beside what the call lets
     *     it hold, is taken for hung
     */
    public ApiClient(
            HttpSender http,
            Gateways gateways,
            Clock clock,
            Timer timer,
            RandomGenerator random,
            Backoff backoff,
            Duration attemptTimeout) {
        this.http = http;
        this.gateways = gateways;
        this.clock = clock;
        this.timer = timer;
        this.random = random;
        this.backoff = backoff;
        this.attemptTimeout = attemptTimeout;
    }

    /**
     * Completes with a 2xx answer.
     *
     * <p>Fails with {@link SluiceApiException} if it was refused; when the time is over, with
     * {@link UnknownOutcomeException} if any attempt may have been carried out, else with {@link
     * RetriableException}. A call that is not repeatable fails with {@link UnknownOutcomeException}
     * as soon as an attempt may have been carried out.
     *
     * @param timeout how long to go on repeating; the last attempt is cut short by it too
     */
    public CompletableFuture<Answer> send(Call call, Duration timeout) {
        var run = new Run(call, clock.nowNs() + timeout.toNanos());
        run.attempt();
        return run.end;
    }

    /** One call with its attempts, one after another. */
    private final class Run {

        private final Call call;
        private final long deadlineNs;
        private final CompletableFuture<Answer> end = new CompletableFuture<>();
        private int attempts;
        private boolean mayBeDone;

        Run(Call call, long deadlineNs) {
            this.call = call;
            this.deadlineNs = deadlineNs;
        }

        void attempt() {
            if (end.isDone()) {
                return; // Somebody has cancelled it.
            }
            attempts++;
            URI gateway = gateways.current();
            http.send(gateway, call, attemptTimeout())
                    .whenComplete((answer, failure) -> ended(gateway, answer, failure));
        }

        private Duration attemptTimeout() {
            long leftNs = Math.max(deadlineNs - clock.nowNs(), 1_000_000);
            long wantedNs = attemptTimeout.plus(call.holdMax()).toNanos();
            return Duration.ofNanos(Math.min(leftNs, wantedNs));
        }

        private void ended(URI gateway, @Nullable Answer answer, @Nullable Throwable failure) {
            try {
                Attempt attempt = Attempt.of(gateway, answer, failure);
                if (attempt instanceof Attempt.Answered answered) {
                    end.complete(answered.answer());
                } else if (attempt instanceof Attempt.Refused refused) {
                    end.completeExceptionally(
                            mayBeDone
                                    ? new UnknownOutcomeException(
                                            "%s may have been done before it was refused: %s"
                                                    .formatted(call, refused.problem()))
                                    : new SluiceApiException(
                                            call + " was refused", refused.problem()));
                } else {
                    again(gateway, (Attempt.Again) attempt);
                }
            } catch (RuntimeException unexpected) {
                end.completeExceptionally(unexpected);
            }
        }

        private void again(URI gateway, Attempt.Again again) {
            mayBeDone |= again.mayBeDone();
            gateways.leave(gateway);
            Duration pause = pauseAfter(again);
            if (mayBeDone && !call.isRepeatable()) {
                end.completeExceptionally(
                        new UnknownOutcomeException(
                                "%s may have been done: %s".formatted(call, again.reason())));
            } else if (clock.nowNs() + pause.toNanos() >= deadlineNs) {
                String message =
                        "%s: gave up after attempts=%d, the last: %s"
                                .formatted(call, attempts, again.reason());
                end.completeExceptionally(
                        mayBeDone
                                ? new UnknownOutcomeException(message)
                                : new RetriableException(message));
            } else if (pause.isZero()) {
                attempt();
            } else {
                timer.after(pause, this::attempt);
            }
        }

        /** The first round goes through the gateways without a pause, unless one asked for it. */
        private Duration pauseAfter(Attempt.Again again) {
            int rounds = attempts / gateways.all().size();
            Duration asked = again.retryAfter().orElse(Duration.ZERO);
            if (rounds == 0) {
                return again.isGatewayGone() || isElsewhereBetter(again) ? Duration.ZERO : asked;
            }
            Duration own = backoff.delayAfter(rounds - 1, random);
            return own.compareTo(asked) > 0 ? own : asked;
        }

        /** 503 speaks of one gateway or partition, 429 of load, from which one keeps away. */
        private boolean isElsewhereBetter(Attempt.Again again) {
            return again.problem().map(problem -> problem.status() != 429).orElse(true);
        }
    }
}
