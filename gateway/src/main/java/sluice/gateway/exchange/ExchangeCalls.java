package sluice.gateway.exchange;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import sluice.engine.Engine;
import sluice.gateway.admission.Body;
import sluice.gateway.admission.BodyReader;
import sluice.gateway.group.JsonFields;
import sluice.gateway.problem.Problems;

/** From a request of HTTP to a change of the metadata store, which blocks, and back. */
@Singleton
final class ExchangeCalls {

    private final Engine engine;
    private final Vertx vertx;
    private final BodyReader bodies;
    private final Problems problems;

    ExchangeCalls(Engine engine, Vertx vertx, BodyReader bodies, Problems problems) {
        this.engine = engine;
        this.vertx = vertx;
        this.bodies = bodies;
        this.problems = problems;
    }

    /**
     * Reads the body, then answers what comes of it off the event loop.
     *
     * @param parsing on the event loop
     */
    <T> CompletionStage<Response> withBody(
            HttpServerRequest request,
            Function<JsonFields, T> parsing,
            BiFunction<Engine.Exchanges, T, Response> then) {
        return bodies.read(request)
                .thenCompose(body -> {
                    T asked = parsed(body, parsing);
                    return blocking(() -> then.apply(engine.exchanges(), asked));
                })
                .exceptionally(problems::answer);
    }

    private static <T> T parsed(Body body, Function<JsonFields, T> parsing) {
        try {
            return parsing.apply(JsonFields.of(body));
        } finally {
            body.release();
        }
    }

    /**
     * Answers what comes of work that needs no body.
     *
     * @param checking on the event loop, before
     */
    CompletionStage<Response> answered(
            Runnable checking, Function<Engine.Exchanges, Response> work) {
        try {
            checking.run();
            return blocking(() -> work.apply(engine.exchanges())).exceptionally(problems::answer);
        } catch (RuntimeException e) {
            return CompletableFuture.completedStage(problems.answer(e));
        }
    }

    /** Its outcome comes back to the event loop. */
    private CompletionStage<Response> blocking(Callable<Response> work) {
        return vertx.executeBlocking(work, false).toCompletionStage();
    }

    static Response json(int status, byte[] body) {
        return Response.status(status).entity(body).type(MediaType.APPLICATION_JSON_TYPE).build();
    }
}
