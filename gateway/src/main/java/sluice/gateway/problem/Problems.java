package sluice.gateway.problem;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.Chance;
import sluice.gateway.EdgeClock;
import sluice.log.SluiceException;

/**
 * Turns what was thrown into what the caller is told, and writes down, once, what the operator must
 * know. Every error answer of the gateway is made here.
 */
@Singleton
public final class Problems {

    /** The pause asked of callers whose request may succeed later, in seconds. */
    static final String RETRY_AFTER_SECONDS = "1";

    private static final Logger LOGGER = LoggerFactory.getLogger(Problems.class);

    private final MeterRegistry metrics;
    private final RefusalLog refusals = new RefusalLog();
    private final EdgeClock clock;
    private final Chance chance;
    private final Map<String, Counter> countersByCode = new ConcurrentHashMap<>();

    Problems(MeterRegistry metrics, EdgeClock clock, Chance chance) {
        this.chance = chance;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** The answer to a request that ended with {@code failure}. */
    public Response answer(Throwable failure) {
        return answer(of(failure));
    }

    public Response answer(Problem problem) {
        count(problem);
        Response.ResponseBuilder response =
                Response.status(problem.status())
                        .header(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                        .entity(problem.toJson());
        if (problem.isRetryable()) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        return response.build();
    }

    /**
     * What to tell about {@code failure}; a defect is logged here with its stack, and nowhere else.
     */
    public Problem of(Throwable failure) {
        Throwable cause = unwrapped(failure);
        if (cause instanceof ProblemException known) {
            return known.problem();
        }
        if (cause instanceof SluiceException known) {
            if (known.kind() == SluiceException.Kind.DATA) {
                LOGGER.atError().addKeyValue("code", known.code()).setCause(known).log("bad data");
            }
            return Problem.of(known);
        }
        String logId = chance.word();
        LOGGER.atError().addKeyValue("logId", logId).setCause(cause).log("request failed");
        return Problem.of(ProblemType.INTERNAL, "Something went wrong that should not.")
                .with("logId", logId);
    }

    /** To be called once for each problem that is sent. */
    public void count(Problem problem) {
        countersByCode
                .computeIfAbsent(
                        problem.code(),
                        code ->
                                Counter.builder("sluice.http.problems")
                                        .description("Requests answered with a problem, by code")
                                        .tag("code", code)
                                        .register(metrics))
                .increment();
        refusals.refused(problem, clock.nowNs());
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
