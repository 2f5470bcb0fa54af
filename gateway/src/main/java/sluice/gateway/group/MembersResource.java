package sluice.gateway.group;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
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
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.TopicPartition;
import sluice.gateway.GatewayConfig;

/** Members that have no connection of their own: join, poll, heartbeat, leave. */
@Path("/v1/groups/{group}/members")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "groups")
public final class MembersResource {

    private static final String HOLDS_EXAMPLE =
            "{\"epoch\":7,\"assigned\":[{\"topic\":\"orders\",\"partitions\":[0,1]}],"
                    + "\"revoking\":[]}";

    private final GroupCalls calls;
    private final Polling polling;
    private final GatewayConfig.Limits limits;

    MembersResource(GroupCalls calls, Polling polling, GatewayConfig config) {
        this.calls = calls;
        this.polling = polling;
        this.limits = config.limits();
    }

    @POST
    @Operation(
            operationId = "joinGroup",
            summary = "Become a member of a group",
            description =
                    "A member with an instance name keeps its partitions over a restart within the"
                            + " session timeout. Whoever polls or sends heartbeats stays a member.")
    @RequestBody(
            required = false,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = "{\"instance\":\"worker-1\",\"client\":\"billing\"}"))
    @APIResponse(
            responseCode = "201",
            description = "A member now",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            example =
                                    "{\"member\":\"0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11\","
                                            + "\"sessionTimeoutMs\":8000,\"epoch\":7,"
                                            + "\"assigned\":[],\"revoking\":[]}"))
    @APIResponse(responseCode = "404", description = "unknown-group")
    @APIResponse(responseCode = "429", description = "too-many-members")
    public CompletionStage<Response> join(
            @RestPath String group, @Context HttpServerRequest request) {
        return calls.withBody(
                request,
                body -> {
                    GroupName name = GroupNames.of(group);
                    Optional<String> instance = MemberLabels.instance(body);
                    String client = MemberLabels.client(body);
                    body.end();
                    return calls.call(
                                    name,
                                    new GroupRequest.Join(
                                            instance,
                                            Optional.empty(),
                                            Optional.empty(),
                                            client,
                                            calls.gateway()),
                                    GroupReply.Joined.class)
                            .thenApply(joined -> GroupCalls.json(201, GroupJson.of(joined)));
                });
    }

    @GET
    @Path("/{member}/records")
    @Operation(
            operationId = "pollGroup",
            summary = "Take records for a member",
            description =
                    "The next poll goes on after these. It tells too that the member lives, and that"
                            + " it is done with what an answer before listed as revoking.")
    @APIResponse(
            responseCode = "200",
            description = "Records of the member's partitions",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            example =
                                    "{\"number\":1,\"epoch\":7,\"assigned\":[{\"topic\":\"orders\","
                                            + "\"partitions\":[0]}],\"revoking\":[],\"records\":["
                                            + "{\"topic\":\"orders\",\"partition\":0,\"offset\":41,"
                                            + "\"timestamp\":1767225600000,\"key\":\"k\","
                                            + "\"value\":\"text\"}],\"next\":[{\"topic\":\"orders\","
                                            + "\"partition\":0,\"offset\":42}]}"))
    @APIResponse(responseCode = "404", description = "unknown-group, unknown-member")
    @APIResponse(responseCode = "409", description = "member-fenced, poll-overtaken")
    @APIResponse(responseCode = "416", description = "offset-out-of-range")
    @APIResponse(responseCode = "429", description = "Too much load: see Retry-After")
    public CompletionStage<Response> poll(
            @RestPath String group,
            @RestPath String member,
            @BeanParam PollParameters parameters,
            @Context RoutingContext request) {
        return calls.answered(() ->
                polling.poll(
                        request,
                        GroupNames.of(group),
                        PollQuery.parse(member, parameters, limits)));
    }

    @POST
    @Path("/{member}/heartbeat")
    @Operation(
            operationId = "heartbeat",
            summary = "Tell that a member lives",
            description =
                    "For members that work longer on a poll's records than the session timeout."
                            + " Needs no body; released, with the epoch of the answer that told of"
                            + " it, says with which revoking partitions it is done.")
    @RequestBody(
            required = false,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example =
                                    "{\"epoch\":7,\"released\":[{\"topic\":\"orders\","
                                            + "\"partition\":1}]}"))
    @APIResponse(
            responseCode = "200",
            description = "What it holds",
            content = @Content(mediaType = MediaType.APPLICATION_JSON, example = HOLDS_EXAMPLE))
    @APIResponse(responseCode = "404", description = "unknown-group, unknown-member")
    @APIResponse(responseCode = "409", description = "member-fenced")
    public CompletionStage<Response> heartbeat(
            @RestPath String group, @RestPath String member, @Context HttpServerRequest request) {
        return calls.withBody(
                request,
                body -> {
                    GroupName name = GroupNames.of(group);
                    UUID id = GivenIds.member(member);
                    List<TopicPartition> released = OffsetsBody.partitions(body, "released");
                    // Who releases must have been told that it shall; else it need not say.
                    long epoch =
                            released.isEmpty()
                                    ? body.number("epoch", -1, Long.MAX_VALUE).orElse(-1L)
                                    : body.numberNeeded("epoch", 0, Long.MAX_VALUE);
                    body.end();
                    return calls.call(
                                    name,
                                    new GroupRequest.Heartbeat(
                                            id,
                                            Optional.empty(),
                                            epoch,
                                            released,
                                            Duration.ZERO,
                                            true),
                                    GroupReply.Holds.class)
                            .thenApply(holds -> GroupCalls.json(200, GroupJson.of(holds)));
                });
    }

    @DELETE
    @Path("/{member}")
    @Operation(
            operationId = "leaveGroup",
            summary = "End a member",
            description = "Its partitions go to others at once.")
    @APIResponse(responseCode = "204", description = "It is no member any more")
    @APIResponse(responseCode = "404", description = "unknown-group")
    public CompletionStage<Response> leave(@RestPath String group, @RestPath String member) {
        return calls.answered(() ->
                calls.done(
                        GroupNames.of(group),
                        new GroupRequest.Leave(
                                GivenIds.member(member),
                                Optional.empty(),
                                GroupRequest.Leave.Reason.LEFT)));
    }
}
