package sluice.gateway.problem;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Objects;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** What the framework refuses before or after our own code is told in our words too. */
@Singleton
final class FrameworkProblems {

    private final Problems problems;

    FrameworkProblems(Problems problems) {
        this.problems = problems;
    }

    @ServerExceptionMapper
    Response everythingElse(Throwable failure) {
        return problems.answer(failure);
    }

    @ServerExceptionMapper
    Response refusedByFramework(WebApplicationException failure, @Context UriInfo uri) {
        Response original = failure.getResponse();
        Problem problem = ofStatus(original.getStatus(), failure, uri.getPath());
        Response response = problems.answer(problem);
        String allow = original.getHeaderString("Allow");
        return allow == null
                ? response
                : Response.fromResponse(response).header("Allow", allow).build();
    }

    private Problem ofStatus(int status, WebApplicationException failure, String path) {
        return switch (failure) {
            case NotFoundException _ -> Problem.of(ProblemType.UNKNOWN_PATH, "No path " + path);
            case NotAllowedException _ ->
                    Problem.of(ProblemType.METHOD_NOT_ALLOWED, "Not a method of " + path);
            case NotAcceptableException _ ->
                    Problem.of(ProblemType.NOT_ACCEPTABLE, "Nothing to accept at " + path);
            case NotSupportedException _ ->
                    Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Not a body for " + path);
            default -> {
                if (status >= 400 && status < 500) {
                    yield Problem.of(
                                    ProblemType.MALFORMED_REQUEST,
                                    Objects.requireNonNullElse(
                                            failure.getMessage(), "HTTP " + status))
                            .withStatus(status);
                }
                yield problems.of(failure);
            }
        };
    }

    /**
     * The last route of all, for paths that no resource knows, and for failures outside of REST.
     */
    void register(@Observes Router router) {
        router.route()
                .order(Integer.MAX_VALUE)
                .handler(context ->
                        send(
                                context,
                                Problem.of(
                                        ProblemType.UNKNOWN_PATH,
                                        "No path " + context.normalizedPath())));
        router.route()
                .order(Integer.MIN_VALUE)
                .failureHandler(context -> send(context, ofFailure(context)));
    }

    private Problem ofFailure(RoutingContext context) {
        int status = context.statusCode();
        Throwable failure = context.failure();
        if (failure != null && (status == 500 || status < 400)) {
            return problems.of(failure);
        }
        return switch (status) {
            case 404 -> Problem.of(ProblemType.UNKNOWN_PATH, "No path " + context.normalizedPath());
            case 405 ->
                    Problem.of(
                            ProblemType.METHOD_NOT_ALLOWED,
                            "Not a method of " + context.normalizedPath());
            case 413 ->
                    Problem.of(ProblemType.BODY_TOO_LARGE, "Larger than any body that is taken");
            default ->
                    Problem.of(ProblemType.MALFORMED_REQUEST, "HTTP " + status).withStatus(status);
        };
    }

    private void send(RoutingContext context, Problem problem) {
        var response = context.response();
        if (response.ended()) {
            return;
        }
        if (response.headWritten()) {
            // Half an answer is out: only a cut connection tells the caller that it is not whole.
            response.reset();
            return;
        }
        problems.count(problem);
        response.setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE);
        if (problem.isRetryable()) {
            response.putHeader(HttpHeaders.RETRY_AFTER, Problems.RETRY_AFTER_SECONDS);
        }
        response.end(io.vertx.core.buffer.Buffer.buffer(problem.toJson()));
    }
}
