package sluice.cli.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Sends calls to one of several gateways and stays with it while it serves.
 *
 * <p>A call is repeated until it is answered or refused for good, or its time is over: at once at
 * the next gateway after a lost connection or 503, and after a pause, never shorter than {@code
 * Retry-After}, once all of them failed in turn. Callable from many threads.
 */
public final class GatewayClient implements AutoCloseable {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(3);

    private final HttpClient http;
    private final List<URI> gateways;
    private final Time time;
    private final Backoff backoff;
    private final RetryListener retries;

    /** Counts up at each move; the gateway in use is this modulo their number. */
    private final AtomicInteger current = new AtomicInteger();

    public GatewayClient(List<URI> gateways, Time time, Backoff backoff, RetryListener retries) {
        if (gateways.isEmpty()) {
            throw new IllegalArgumentException("a client needs at least one gateway");
        }
        this.gateways = List.copyOf(gateways);
        this.time = time;
        this.backoff = backoff;
        this.retries = retries;
        var builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_MAX);
        if (gateways.stream().noneMatch(gateway -> "https".equals(gateway.getScheme()))) {
            builder.sslContext(trustingNobody());
        }
        this.http = builder.build();
    }

    /**
     * Blocks until the call has its answer.
     *
     * @param timeout how long to go on repeating; the attempt under way is not cut short
     * @throws CommandFailure if it was refused, or the time is over; its outcome is UNKNOWN if any
     *     attempt may have been carried out
     */
    public Answer send(Call call, Duration timeout) throws InterruptedException {
        long startNs = time.nowNs();
        boolean maybeDone = false;
        for (int attempt = 1; ; attempt++) {
            int turn = current.get();
            switch (attempt(call, gateways.get(Math.floorMod(turn, gateways.size())))) {
                case Attempt.Answered(var answer) -> {
                    return answer;
                }
                case Attempt.Refused(var problem) ->
                        throw new CommandFailure(problem, outcome(maybeDone));
                case Attempt.Again again -> {
                    if (again.maybeDone() && call.unanswered() == Call.Unanswered.COUNT_AS_SENT) {
                        return Answer.NONE;
                    }
                    maybeDone |= again.maybeDone();
                    if (again.elsewhere()) {
                        current.compareAndSet(turn, turn + 1);
                    }
                    Duration trying = Duration.ofNanos(time.nowNs() - startNs);
                    Duration pause = pauseAfter(again, attempt);
                    if (trying.plus(pause).compareTo(timeout) > 0) {
                        throw gaveUp(call, again.reason(), trying, maybeDone);
                    }
                    retries.retrying(again.reason(), trying);
                    if (pause.isPositive()) {
                        time.pause(pause);
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** For clients that never speak TLS: the default context reads all the root certificates. */
    private static SSLContext trustingNobody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java has TLS", missing);
        }
    }

    private Attempt attempt(Call call, URI gateway) throws InterruptedException {
        try {
            HttpResponse<byte[]> response = http.send(call.to(gateway), BodyHandlers.ofByteArray());
            var answer = new Answer(response.statusCode(), response.headers(), response.body());
            return Attempt.of(answer, response.headers(), gateway.toString());
        } catch (IOException lost) {
            return Attempt.of(lost, gateway.toString());
        }
    }

    private Duration pauseAfter(Attempt.Again again, int attempt) {
        if (again.elsewhere() && attempt % gateways.size() != 0) {
            return Duration.ZERO;
        }
        Duration delay = backoff.delayAfter((attempt - 1) / gateways.size());
        Duration asked = again.retryAfter().orElse(Duration.ZERO);
        return delay.compareTo(asked) < 0 ? asked : delay;
    }

    private static CommandFailure gaveUp(
            Call call, String reason, Duration trying, boolean maybeDone) {
        String detail =
                "%s: no answer in %.1f s; the last attempt: %s"
                        .formatted(call, trying.toMillis() / 1e3, reason);
        return new CommandFailure(
                Problem.local(
                        "No gateway could serve the call",
                        detail,
                        "start a cluster with ./sluice dev, name a running gateway with --gateway"
                                + " URL, or allow more time with --timeout"),
                outcome(maybeDone));
    }

    private static CommandFailure.Outcome outcome(boolean maybeDone) {
        return maybeDone ? CommandFailure.Outcome.UNKNOWN : CommandFailure.Outcome.NOT_DONE;
    }
}
