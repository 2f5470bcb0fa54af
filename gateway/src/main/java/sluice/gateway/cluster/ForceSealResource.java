package sluice.gateway.cluster;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import sluice.engine.Engine;
import sluice.engine.Engine.ForcedEnd;
import sluice.gateway.admission.Body;
import sluice.gateway.admission.BodyReader;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.problem.Problems;

/** The operator's way out for a wal whose members do not come back. */
@Path("/v1/cluster/wals")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "cluster")
public final class ForceSealResource {

    private static final JsonFactory JSON = new JsonFactory();

    private final Engine engine;
    private final BodyReader bodies;
    private final Problems problems;

    ForceSealResource(Engine engine, BodyReader bodies, Problems problems) {
        this.engine = engine;
        this.bodies = bodies;
        this.problems = problems;
    }

    @POST
    @Path("/{wal}/force-seal")
    @Operation(
            operationId = "forceSealWal",
            summary = "Seal a dead wal whose members do not come back",
            description =
                    "What was acknowledged and is not left in objects or on members in reach is lost for ever. Without acceptLoss nothing is sealed, and the answer tells what would be lost.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = "{\"reason\":\"both disks are gone\",\"acceptLoss\":true}"))
    @APIResponse(responseCode = "200", description = "What was given up, or would be")
    @APIResponse(responseCode = "404", description = "unknown-wal")
    @APIResponse(
            responseCode = "409",
            description = "wal-alive, wal-sealed, wal-recoverable or wal-copies-differ")
    public CompletionStage<Response> forceSeal(
            @RestPath String wal, @Context HttpServerRequest request) {
        return bodies.read(request)
                .thenCompose(body -> sealed(wal, parsed(body)))
                .thenApply(end -> Response.ok(json(end)).build())
                .exceptionally(problems::answer);
    }

    private CompletionStage<ForcedEnd> sealed(String wal, ForceSealBody body) {
        try {
            return engine.forceSeal(UUID.fromString(wal), body.reason(), body.acceptLoss());
        } catch (IllegalArgumentException e) {
            throw new ProblemException(
                    ProblemType.BAD_PARAMETER, "wal=%s: expected the id of a wal".formatted(wal));
        }
    }

    private static ForceSealBody parsed(Body body) {
        try {
            return ForceSealBody.parse(body);
        } finally {
            body.release();
        }
    }

    private static byte[] json(ForcedEnd end) {
        var out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("wal", end.wal().toString());
            json.writeBooleanField("sealed", end.sealed());
            json.writeNumberField("end", end.end());
            json.writeNumberField("committedEnd", end.committedEnd());
            json.writeNumberField("batchesKnownLost", end.committedEnd() - end.end());
            json.writeArrayFieldStart("silentMembers");
            for (UUID member : end.silent()) {
                json.writeString(member.toString());
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an answer could not be written to memory", e);
        }
        return out.toByteArray();
    }
}
