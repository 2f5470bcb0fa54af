package sluice.gateway.group;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
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
import sluice.consumer.group.GroupName;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;

/**
 * Consumers of a queue group that have no connection of their own: open, receive, settle, close.
 */
@Path("/v1/groups/{group}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "queues")
public final class QueueSessionsResource {

    private final GroupCalls calls;
    private final QueueReceiving receiving;

    QueueSessionsResource(GroupCalls calls, QueueReceiving receiving) {
        this.calls = calls;
        this.receiving = receiving;
    }

    @POST
    @Path("/sessions")
    @Operation(
            operationId = "openSession",
            summary = "Open a session of a queue group, or resume one",
            description =
                    "What a session receives is its own until it settles it, closes, or is silent"
                            + " for the session timeout. Each of its calls keeps it. With resume it"
                            + " goes on, and held names the deliveries that it still works on.")
    @RequestBody(
            required = false,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = "{\"client\":\"billing\"}"))
    @APIResponse(
            responseCode = "201",
            description = "A session now",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            example =
                                    "{\"session\":\"0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11\","
                                            + "\"sessionTimeoutMs\":8000,\"lost\":[]}"))
    @APIResponse(responseCode = "404", description = "unknown-group, unknown-session")
    @APIResponse(responseCode = "409", description = "wrong-group-type")
    @APIResponse(responseCode = "429", description = "too-many-sessions")
    public CompletionStage<Response> open(
            @RestPath String group, @Context HttpServerRequest request) {
        return calls.withBody(
                request,
                body -> {
                    GroupName name = GroupNames.of(group);
                    Optional<QueueRequest.Resume> resume =
                            body.text("resume")
                                    .map(id ->
                                            new QueueRequest.Resume(
                                                    GivenIds.session(id),
                                                    SettleBody.ids(body, "held")));
                    String client = MemberLabels.client(body);
                    body.end();
                    return calls.call(
                                    name,
                                    new QueueRequest.Open(
                                            resume,
                                            Optional.empty(),
                                            0,
                                            client,
                                            calls.node(),
                                            calls.gateway()),
                                    QueueReply.Opened.class)
                            .thenApply(opened -> GroupCalls.json(201, QueueJson.of(opened)));
                });
    }

    @POST
    @Path("/sessions/{session}/heartbeat")
    @Operation(
            operationId = "heartbeatSession",
            summary = "Tell that a session lives",
            description = "For consumers that work longer than the session timeout.")
    @APIResponse(responseCode = "204", description = "It lives")
    @APIResponse(responseCode = "404", description = "unknown-group, unknown-session")
    public CompletionStage<Response> heartbeat(@RestPath String group, @RestPath String session) {
        return calls.answered(() -> {
            UUID id = GivenIds.session(session);
            return calls.call(
                            GroupNames.of(group),
                            new QueueRequest.Beat(
                                    List.of(new QueueRequest.Sign(id, Optional.empty(), -1))),
                            QueueReply.Beaten.class)
                    .thenApply(beaten -> {
                        if (!beaten.unknown().isEmpty()) {
                            throw GivenIds.unknownSession(session);
                        }
                        return Response.noContent().build();
                    });
        });
    }

    @DELETE
    @Path("/sessions/{session}")
    @Operation(
            operationId = "closeSession",
            summary = "End a session",
            description = "What it has and did not settle goes to others at once.")
    @APIResponse(responseCode = "204", description = "It is over")
    @APIResponse(responseCode = "404", description = "unknown-group")
    public CompletionStage<Response> close(@RestPath String group, @RestPath String session) {
        return calls.answered(() ->
                calls.done(
                        GroupNames.of(group),
                        new QueueRequest.Close(GivenIds.session(session), Optional.empty())));
    }

    @POST
    @Path("/receive")
    @Operation(
            operationId = "receive",
            summary = "Take messages of a queue group",
            description =
                    "Waits up to wait for the first. With session they are the session's until it"
                            + " settles them; with visibility instead they go back after that time.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example =
                                    "{\"session\":\"0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11\","
                                            + "\"max\":10,\"wait\":\"20s\"}"))
    @APIResponse(
            responseCode = "200",
            description = "Messages, or none if none came in time",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            example =
                                    "{\"number\":1,\"messages\":[{\"delivery\":"
                                            + "\"AAAAAAAAAAUABykxcw\",\"topic\":\"jobs\","
                                            + "\"partition\":0,\"deliveries\":1,\"offset\":41,"
                                            + "\"timestamp\":1767225600000,\"key\":null,"
                                            + "\"value\":\"text\"}]}"))
    @APIResponse(responseCode = "404", description = "unknown-group, unknown-session")
    @APIResponse(responseCode = "409", description = "session-moved, session-fenced")
    @APIResponse(responseCode = "429", description = "Too much load: see Retry-After")
    public CompletionStage<Response> receive(
            @RestPath String group, @Context RoutingContext request) {
        return calls.withBody(
                request.request(),
                body -> receiving.receive(request, GroupNames.of(group), ReceiveBody.parse(body)));
    }

    @POST
    @Path("/settle")
    @Operation(
            operationId = "settle",
            summary = "Say what becomes of messages",
            description =
                    "Each on its own: acknowledge ends it, release gives it back, now or after a"
                            + " delay, reject makes it a dead letter, extend keeps it for longer."
                            + " Repeating it is safe.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example =
                                    "{\"session\":\"0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11\","
                                            + "\"acknowledge\":[\"AAAAAAAAAAUABykxcw\"]}"))
    @APIResponse(
            responseCode = "200",
            description = "What became of each; those in failed were not settled",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            example = "{\"settled\":1,\"failed\":[]}"))
    @APIResponse(responseCode = "400", description = "malformed-delivery")
    @APIResponse(responseCode = "404", description = "unknown-group, unknown-session")
    public CompletionStage<Response> settle(
            @RestPath String group, @Context HttpServerRequest request) {
        return calls.withBody(
                request,
                body -> {
                    GroupName name = GroupNames.of(group);
                    QueueRequest.Settle settle = SettleBody.parse(body);
                    return calls.call(name, settle, QueueReply.Settled.class)
                            .thenApply(
                                    settled -> GroupCalls.json(200, QueueJson.of(settle, settled)));
                });
    }
}
