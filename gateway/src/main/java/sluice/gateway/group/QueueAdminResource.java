package sluice.gateway.group;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;

/** What operators ask of a queue group: numbers, pause, resume, purge. */
@Path("/v1/groups/{group}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "queues")
public final class QueueAdminResource {

    private final GroupCalls calls;

    QueueAdminResource(GroupCalls calls) {
        this.calls = calls;
    }

    @GET
    @Path("/stats")
    @Operation(
            operationId = "queueStats",
            summary = "Numbers of a queue group",
            description =
                    "complete is false if the owner of a partition does not answer now: then the"
                            + " sums leave it out.")
    @APIResponse(responseCode = "200", description = "Sums, sessions, partitions")
    @APIResponse(responseCode = "404", description = "unknown-group")
    @APIResponse(responseCode = "409", description = "wrong-group-type")
    public CompletionStage<Response> stats(@RestPath String group) {
        return calls.answered(() ->
                calls.call(GroupNames.of(group), new QueueRequest.Count(), QueueReply.Counted.class)
                        .thenApply(counted -> GroupCalls.json(200, QueueJson.of(group, counted))));
    }

    @POST
    @Path("/pause")
    @Operation(
            operationId = "pauseQueue",
            summary = "Give nothing out any more",
            description = "What is out may be settled.")
    @APIResponse(responseCode = "200", description = "The group's settings now")
    @APIResponse(responseCode = "404", description = "unknown-group")
    public CompletionStage<Response> pause(@RestPath String group) {
        return pause(group, true);
    }

    @POST
    @Path("/resume")
    @Operation(operationId = "resumeQueue", summary = "Give messages out again")
    @APIResponse(responseCode = "200", description = "The group's settings now")
    @APIResponse(responseCode = "404", description = "unknown-group")
    public CompletionStage<Response> resume(@RestPath String group) {
        return pause(group, false);
    }

    private CompletionStage<Response> pause(String group, boolean isPaused) {
        return calls.answered(() ->
                calls.call(
                                GroupNames.of(group),
                                new QueueRequest.Pause(isPaused),
                                GroupReply.Stored.class)
                        .thenApply(stored ->
                                GroupCalls.json(200, GroupJson.of(group, stored.config()))));
    }

    @POST
    @Path("/purge")
    @Operation(
            operationId = "purgeQueue",
            summary = "Done with all that is ready or delayed",
            description = "What is out stays with its sessions.")
    @APIResponse(responseCode = "200", description = "How many messages that were")
    @APIResponse(responseCode = "404", description = "unknown-group")
    public CompletionStage<Response> purge(@RestPath String group) {
        return calls.answered(() ->
                calls.call(GroupNames.of(group), new QueueRequest.Purge(), QueueReply.Purged.class)
                        .thenApply(purged ->
                                GroupCalls.json(
                                        200,
                                        GroupJson.object(json ->
                                                json.writeNumberField(
                                                        "purged", purged.messages())))));
    }
}
