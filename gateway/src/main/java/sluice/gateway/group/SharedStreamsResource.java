package sluice.gateway.group;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/** Tells in the OpenAPI document of the connections that {@link StreamRoute} serves. */
@Path("/v1/streams")
@Tag(name = "groups")
public final class SharedStreamsResource {

    @GET
    @Operation(
            operationId = "shareStreams",
            summary = "Be several members or sessions by one WebSocket",
            description =
                    "One connection with a channel for each stream of any group, so that a client"
                            + " with many consumers needs no connection for each."
                            + " docs/formats/channels.md has its messages.")
    @APIResponse(responseCode = "101", description = "A WebSocket from now on")
    @APIResponse(responseCode = "426", description = "websocket-expected")
    @APIResponse(responseCode = "429", description = "too-many-streams")
    public Response streams() {
        throw new ProblemException(
                ProblemType.WEBSOCKET_EXPECTED, "The request does not ask for a WebSocket");
    }
}
