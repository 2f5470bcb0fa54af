package sluice.gateway.group;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
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

/** Committed offsets of a group: show, commit, reset. */
@Path("/v1/groups/{group}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "groups")
public final class OffsetsResource {

    private final GroupCalls calls;
    private final GroupMetrics metrics;

    OffsetsResource(GroupCalls calls, GroupMetrics metrics) {
        this.calls = calls;
        this.metrics = metrics;
    }

    @GET
    @Path("/offsets")
    @Operation(operationId = "groupOffsets", summary = "Show the committed offsets of a group")
    @APIResponse(
            responseCode = "200",
            description = "The offset of the next record to read, for each partition with one",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            example =
                                    "{\"offsets\":[{\"topic\":\"orders\",\"partition\":0,"
                                            + "\"offset\":42}]}"))
    @APIResponse(responseCode = "404", description = "unknown-group")
    public CompletionStage<Response> offsets(@RestPath String group) {
        return calls.answered(() ->
                calls.call(
                                GroupNames.of(group),
                                new GroupRequest.Offsets(),
                                GroupReply.Offsets.class)
                        .thenApply(found -> GroupCalls.json(200, GroupJson.of(found.offsets()))));
    }

    @POST
    @Path("/offsets")
    @Operation(
            operationId = "commitOffsets",
            summary = "Commit offsets",
            description =
                    "All of the request or nothing. A member names itself and the epoch it knows;"
                            + " without a member, the group must have none.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example =
                                    "{\"member\":\"0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11\","
                                            + "\"epoch\":7,\"offsets\":[{\"topic\":\"orders\","
                                            + "\"partition\":0,\"offset\":42}]}"))
    @APIResponse(responseCode = "200", description = "Committed, and durable")
    @APIResponse(responseCode = "404", description = "unknown-group, unknown-member")
    @APIResponse(
            responseCode = "409",
            description = "stale-epoch, not-assigned, member-fenced, group-has-members")
    @APIResponse(responseCode = "416", description = "offset-out-of-range")
    public CompletionStage<Response> commit(
            @RestPath String group, @Context HttpServerRequest request) {
        return calls.withBody(
                request,
                body -> {
                    GroupName name = GroupNames.of(group);
                    GroupRequest.Commit commit = OffsetsBody.parse(body);
                    return calls.call(name, commit, GroupReply.Committed.class)
                            .thenApply(done -> {
                                metrics.committed();
                                return GroupCalls.json(
                                        200,
                                        GroupJson.object(json ->
                                                json.writeNumberField("epoch", done.epoch())));
                            });
                });
    }

    @POST
    @Path("/reset")
    @Operation(
            operationId = "resetOffsets",
            summary = "Move the committed offsets of a group",
            description =
                    "Offsets outside of the log are clamped to it. Members go on from there at"
                            + " once. With dryRun nothing is moved, only told.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = "{\"to\":{\"back\":\"1h\"},\"dryRun\":true}"))
    @APIResponse(
            responseCode = "200",
            description = "From where to where, and what is skipped or repeated",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            example =
                                    "{\"dryRun\":true,\"partitions\":[{\"topic\":\"orders\","
                                            + "\"partition\":0,\"from\":42,\"to\":7,\"skipped\":0,"
                                            + "\"repeated\":35,\"clamped\":false}]}"))
    @APIResponse(
            responseCode = "404",
            description = "unknown-group, unknown-topic, unknown-partition")
    public CompletionStage<Response> reset(
            @RestPath String group, @Context HttpServerRequest request) {
        return calls.withBody(
                request,
                body -> {
                    GroupName name = GroupNames.of(group);
                    return calls.call(name, OffsetsBody.reset(body), GroupReply.Moved.class)
                            .thenApply(moved -> GroupCalls.json(200, GroupJson.of(moved)));
                });
    }
}
