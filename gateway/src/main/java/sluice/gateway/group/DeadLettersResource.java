package sluice.gateway.group;

import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
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
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.RedriveOrder;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.gateway.consume.QueryValues;
import sluice.gateway.consume.ValueFormat;

/** What a queue group gave up: shown, sent back, thrown away. */
@Path("/v1/groups/{group}/dead-letters")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "queues")
public final class DeadLettersResource {

    private static final Set<MessageState> THERE =
            EnumSet.of(MessageState.READY, MessageState.DELAYED, MessageState.LEASED);

    private final GroupCalls calls;
    private final DeadLetterQueue queue;

    DeadLettersResource(GroupCalls calls, DeadLetterQueue queue) {
        this.calls = calls;
        this.queue = queue;
    }

    @GET
    @Operation(
            operationId = "listDeadLetters",
            summary = "Show dead letters",
            description =
                    "Those of this group that were not redriven or purged, with why and after what"
                            + " attempts they were given up.")
    @APIResponse(responseCode = "200", description = "Dead letters, newest first by default")
    @APIResponse(responseCode = "400", description = "bad-parameter")
    @APIResponse(responseCode = "404", description = "unknown-group")
    @APIResponse(responseCode = "409", description = "no-dead-letter-topic, wrong-group-type")
    public CompletionStage<Response> list(
            @RestPath String group,
            @RestQuery @Nullable String order,
            @RestQuery @Nullable String reason,
            @BeanParam MessageParameters parameters) {
        return calls.answered(() -> {
            GroupName name = GroupNames.of(group);
            boolean isNewestFirst = isNewestFirst(order);
            ValueFormat format = QueueLookResource.format(parameters);
            MessageSearch.Query asked = QueueLookResource.query(THERE, parameters);
            var query =
                    new MessageSearch.Query(
                            THERE,
                            RedriveBody.ofGroup(asked.filter(), name, Optional.ofNullable(reason)),
                            asked.max(),
                            asked.after());
            return queue.nameFor(name)
                    .thenCompose(topic ->
                            queue.find(topic)
                                    .thenCompose(found -> page(found, query, isNewestFirst))
                                    .thenApply(page ->
                                            GroupCalls.json(
                                                    200,
                                                    LookJson.deadLetters(
                                                            topic.name(), page, format))));
        });
    }

    private static boolean isNewestFirst(@Nullable String order) {
        return switch (order) {
            case null -> true;
            case "newest" -> true;
            case "oldest" -> false;
            default ->
                    throw QueryValues.bad("order=%s: expected newest or oldest".formatted(order));
        };
    }

    private CompletionStage<MessageSearch.Page> page(
            Optional<DeadLetterQueue.Found> found,
            MessageSearch.Query query,
            boolean isNewestFirst) {
        if (found.isEmpty()) {
            return CompletableFuture.completedStage(
                    new MessageSearch.Page(List.of(), 0, Optional.empty()));
        }
        DeadLetterQueue.Found there = found.get();
        List<QueueReply.Partition> partitions = there.counted().partitions();
        return isNewestFirst
                ? MessageSearch.backward(calls, there.name(), partitions, query)
                : MessageSearch.forward(calls, there.name(), partitions, query);
    }

    @POST
    @Path("/redrive")
    @Operation(
            operationId = "redriveDeadLetters",
            summary = "Send dead letters back",
            description =
                    "To the topic that each came from, or to another. By ids, by filter, or all;"
                            + " answers at once, and GET shows how it goes.")
    @RequestBody(
            required = false,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = "{\"filter\":{\"reason\":\"no order\"},\"rate\":100}"))
    @APIResponse(responseCode = "202", description = "It runs")
    @APIResponse(responseCode = "400", description = "bad-parameter, redrive-cycle")
    @APIResponse(responseCode = "404", description = "unknown-group")
    @APIResponse(responseCode = "409", description = "redrive-running, no-dead-letter-topic")
    public CompletionStage<Response> redrive(
            @RestPath String group, @Context HttpServerRequest request) {
        return begin(group, request, RedriveBody::redrive);
    }

    @POST
    @Path("/purge")
    @Operation(
            operationId = "purgeDeadLetters",
            summary = "Throw dead letters away",
            description = "By ids, by filter, or all; as a redrive that goes nowhere.")
    @RequestBody(
            required = false,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = "{\"ids\":[\"0/17\"]}"))
    @APIResponse(responseCode = "202", description = "It runs")
    @APIResponse(responseCode = "400", description = "bad-parameter")
    @APIResponse(responseCode = "404", description = "unknown-group")
    @APIResponse(responseCode = "409", description = "redrive-running, no-dead-letter-topic")
    public CompletionStage<Response> purge(
            @RestPath String group, @Context HttpServerRequest request) {
        return begin(group, request, RedriveBody::purge);
    }

    private CompletionStage<Response> begin(
            String group,
            HttpServerRequest request,
            BiFunction<JsonFields, GroupName, RedriveOrder> parse) {
        return calls.withBody(
                request,
                body -> {
                    GroupName name = GroupNames.of(group);
                    var redrive = new QueueRequest.Redrive(parse.apply(body, name));
                    return queue.nameFor(name)
                            .thenCompose(queue::find)
                            .thenCompose(found -> asked(found, redrive))
                            .thenApply(status -> GroupCalls.json(202, LookJson.redrive(status)));
                });
    }

    @GET
    @Path("/redrive")
    @Operation(
            operationId = "redriveStatus",
            summary = "How the last redrive or purge goes",
            description = "none if there was none, or the coordinator of the queue changed since.")
    @APIResponse(responseCode = "200", description = "State, and how many were moved and kept")
    @APIResponse(responseCode = "404", description = "unknown-group")
    public CompletionStage<Response> status(@RestPath String group) {
        return status(group, false);
    }

    @DELETE
    @Path("/redrive")
    @Operation(
            operationId = "stopRedrive",
            summary = "Stop a redrive or purge",
            description = "What was moved stays moved.")
    @APIResponse(responseCode = "200", description = "How far it got")
    @APIResponse(responseCode = "404", description = "unknown-group")
    public CompletionStage<Response> stop(@RestPath String group) {
        return status(group, true);
    }

    private CompletionStage<Response> status(String group, boolean stop) {
        return calls.answered(() ->
                queue.nameFor(GroupNames.of(group))
                        .thenCompose(queue::find)
                        .thenCompose(found -> asked(found, new QueueRequest.RedriveStatus(stop)))
                        .thenApply(status -> GroupCalls.json(200, LookJson.redrive(status))));
    }

    private CompletionStage<QueueReply.Redriving> asked(
            Optional<DeadLetterQueue.Found> found, QueueRequest request) {
        return found.isPresent()
                ? calls.call(found.get().name(), request, QueueReply.Redriving.class)
                : CompletableFuture.completedStage(QueueReply.Redriving.NONE);
    }
}
