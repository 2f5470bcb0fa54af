package sluice.gateway.produce;

import io.vertx.core.Vertx;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import sluice.engine.Engine;
import sluice.gateway.OnEventLoop;
import sluice.gateway.problem.Problems;

/** The ids that idempotent producers need. */
@Path("/v1/producers")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "produce")
public final class ProducersResource {

    private final Engine engine;
    private final Problems problems;

    ProducersResource(Engine engine, Problems problems) {
        this.engine = engine;
        this.problems = problems;
    }

    @PUT
    @Operation(
            operationId = "newProducer",
            summary = "Get a producer id",
            description =
                    "For the batches of an idempotent producer in the binary form. Never given twice.")
    @APIResponse(
            responseCode = "200",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            example = "{\"producerId\":1000,\"epoch\":0}"))
    public CompletionStage<Response> newProducer() {
        return OnEventLoop.of(Vertx.currentContext(), engine.newProducerId())
                .thenApply(ProducersResource::answer)
                .exceptionally(problems::answer);
    }

    private static Response answer(long producerId) {
        byte[] body =
                new JsonBytes(48)
                        .put(JsonBytes.ascii("{\"producerId\":"))
                        .put(producerId)
                        .put(JsonBytes.ascii(",\"epoch\":0}"))
                        .toArray();
        return Response.ok(body, MediaType.APPLICATION_JSON_TYPE).build();
    }
}
