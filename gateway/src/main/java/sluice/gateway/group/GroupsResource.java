package sluice.gateway.group;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupSummary;
import sluice.consumer.group.QueueReply;
import sluice.gateway.OnEventLoop;
import sluice.gateway.problem.FlagText;
import sluice.gateway.topics.ListPage;
import sluice.gateway.topics.Namespaces;

/** Consumer groups: make, change, describe, list, delete. */
@Path("/v1/groups")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "groups")
public final class GroupsResource {

    private final GroupCalls calls;

    GroupsResource(GroupCalls calls) {
        this.calls = calls;
    }

    @PUT
    @Path("/{group}")
    @Operation(
            operationId = "putGroup",
            summary = "Make a group, or change its settings",
            description =
                    "type and topics are needed. In topics, * stands for any characters and ? for"
                            + " one. A change of topics moves only the partitions that must move.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example =
                                    "{\"type\":\"stream\",\"topics\":[\"orders\",\"audit-*\"],"
                                            + "\"start\":\"earliest\"}"))
    @APIResponse(responseCode = "201", description = "Made")
    @APIResponse(responseCode = "200", description = "It was there; it has these settings now")
    @APIResponse(responseCode = "404", description = "unknown-topic, pattern-matches-nothing")
    @APIResponse(responseCode = "409", description = "group-exists, with another type")
    public CompletionStage<Response> put(
            @RestPath String group, @Context HttpServerRequest request) {
        return calls.withBody(
                request,
                body -> {
                    GroupName name = GroupNames.of(group);
                    return calls.call(name, GroupBody.parse(group, body), GroupReply.Stored.class)
                            .thenApply(stored ->
                                    GroupCalls.json(
                                            stored.isNew() ? 201 : 200,
                                            GroupJson.of(group, stored.config())));
                });
    }

    @GET
    @Path("/{group}")
    @Operation(
            operationId = "describeGroup",
            summary = "Show a group",
            description = "With its members, and offset, lag and member of each partition.")
    @APIResponse(responseCode = "200", description = "The group")
    @APIResponse(responseCode = "404", description = "unknown-group")
    public CompletionStage<Response> describe(@RestPath String group) {
        return calls.answered(() ->
                calls.call(GroupNames.of(group), new GroupRequest.Describe(true), GroupReply.class)
                        .thenApply(reply -> GroupCalls.json(200, described(group, reply))));
    }

    private static byte[] described(String group, GroupReply reply) {
        return reply instanceof QueueReply.Counted queue
                ? QueueJson.of(group, queue)
                : GroupJson.of(group, ((GroupReply.Described) reply).group());
    }

    @DELETE
    @Path("/{group}")
    @Operation(
            operationId = "deleteGroup",
            summary = "Delete a group and its offsets",
            description = "With force=true also while it has members, which end.")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "unknown-group")
    @APIResponse(responseCode = "409", description = "group-has-members")
    public CompletionStage<Response> delete(
            @RestPath String group, @RestQuery @Nullable String force) {
        return calls.answered(() ->
                calls.done(
                        GroupNames.of(group),
                        new GroupRequest.Delete(FlagText.parse("force", force))));
    }

    @GET
    @Operation(
            operationId = "listGroups",
            summary = "List groups by name",
            description =
                    "If the answer has nextAfter, there are more: ask again with it as after.")
    @APIResponse(responseCode = "200", description = "Groups in the order of their names")
    public CompletionStage<Response> list(
            @RestQuery @Nullable String prefix,
            @RestQuery @Nullable String after,
            @RestQuery @Nullable String max) {
        return calls.answered(() -> {
            var size = ListPage.Size.parse(max);
            CompletionStage<List<GroupSummary>> found =
                    calls.coordinator()
                            .list(
                                    Namespaces.ofRequest(),
                                    Objects.requireNonNullElse(prefix, ""),
                                    Objects.requireNonNullElse(after, ""),
                                    size.wanted());
            return OnEventLoop.of(Vertx.currentContext(), found)
                    .thenApply(groups -> GroupCalls.json(200, GroupJson.of(size.of(groups))));
        });
    }
}
