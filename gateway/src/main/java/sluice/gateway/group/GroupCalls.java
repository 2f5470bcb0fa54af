package sluice.gateway.group;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.engine.Engine;
import sluice.gateway.OnEventLoop;
import sluice.gateway.admission.Body;
import sluice.gateway.admission.BodyReader;
import sluice.gateway.problem.Problems;

/** From a request of HTTP to one of a group, and back. */
@Singleton
final class GroupCalls {

    private final Engine engine;
    private final BodyReader bodies;
    private final Problems problems;

    GroupCalls(Engine engine, BodyReader bodies, Problems problems) {
        this.engine = engine;
        this.bodies = bodies;
        this.problems = problems;
    }

    GroupCoordinator coordinator() {
        return engine.groups();
    }

    /** The node of this gateway. */
    UUID node() {
        return engine.cluster().self();
    }

    /** How people find this gateway. */
    String gateway() {
        Engine.ClusterView cluster = engine.cluster();
        return cluster.gateways().stream()
                .filter(gateway -> gateway.node().equals(cluster.self()))
                .map(Engine.Member::httpAddress)
                .findFirst()
                .orElseGet(() -> cluster.self().toString());
    }

    /** Reads the body, as far as there is one, and answers what comes of it. */
    CompletionStage<Response> withBody(
            HttpServerRequest request, Function<JsonFields, CompletionStage<Response>> then) {
        return bodies.read(request)
                .thenCompose(body -> then.apply(parsed(body)))
                .exceptionally(problems::answer);
    }

    private static JsonFields parsed(Body body) {
        try {
            return JsonFields.of(body);
        } finally {
            body.release();
        }
    }

    /** Answers what comes of work that needs no body. */
    CompletionStage<Response> answered(Supplier<CompletionStage<Response>> work) {
        try {
            return work.get().exceptionally(problems::answer);
        } catch (RuntimeException e) {
            return CompletableFuture.completedStage(problems.answer(e));
        }
    }

    /** Asks the coordinator; the reply comes on the request's event loop. */
    <T extends GroupReply> CompletionStage<T> call(
            GroupName group, GroupRequest request, Class<T> kind) {
        return OnEventLoop.of(Vertx.currentContext(), coordinator().call(group, request))
                .thenApply(kind::cast);
    }

    /** Asks for what has no answer but that it is done. */
    CompletionStage<Response> done(GroupName group, GroupRequest request) {
        return call(group, request, GroupReply.Done.class)
                .thenApply(_ -> Response.noContent().build());
    }

    static Response json(int status, byte[] body) {
        return Response.status(status).entity(body).type(MediaType.APPLICATION_JSON_TYPE).build();
    }
}
