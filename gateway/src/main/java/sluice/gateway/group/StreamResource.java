package sluice.gateway.group;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/** Tells in the OpenAPI document of the streams that {@link StreamRoute} serves. */
@Path("/v1/groups/{group}/stream")
@Tag(name = "groups")
public final class StreamResource {

    @GET
    @Operation(
            operationId = "streamGroup",
            summary = "Be a member, or a session of a queue group, by a WebSocket",
            description =
                    "One connection a member or session: records or messages are pushed as far as the"
                            + " client gives credit; commits, settlements and heartbeats go the"
                            + " other way. docs/http-api.md has the frames.")
    @APIResponse(responseCode = "101", description = "A WebSocket from now on")
    @APIResponse(responseCode = "426", description = "websocket-expected")
    @APIResponse(responseCode = "429", description = "too-many-streams")
    public Response stream(@RestPath String group) {
        throw new ProblemException(
                ProblemType.WEBSOCKET_EXPECTED, "The request does not ask for a WebSocket");
    }
}
