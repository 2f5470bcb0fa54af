package sluice.gateway.group;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
import sluice.engine.Engine;
import sluice.gateway.GatewayConfig;
import sluice.gateway.OnEventLoop;
import sluice.metadata.QueueConfig;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;

/** The short way to a queue: a topic and its queue group of the same name. */
@Path("/v1/queues")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "queues")
public final class QueuesResource {

    private static final int PARTITIONS = 6;
    private static final Duration RETENTION = Duration.ofDays(7);

    private final GroupCalls calls;
    private final Engine engine;
    private final Vertx vertx;
    private final int recordBytesMax;

    QueuesResource(GroupCalls calls, Engine engine, Vertx vertx, GatewayConfig config) {
        this.calls = calls;
        this.engine = engine;
        this.vertx = vertx;
        this.recordBytesMax = Math.toIntExact(config.limits().recordBytesDefault().asLongValue());
    }

    @PUT
    @Path("/{queue}")
    @Operation(
            operationId = "putQueue",
            summary = "Make a queue, or change its settings",
            description =
                    "A topic and a queue group of that name. A topic that is there is taken as it"
                            + " is. Produce to the topic, receive from the group.")
    @RequestBody(
            required = false,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = "{\"deliveryLimit\":5}"))
    @APIResponse(responseCode = "201", description = "Made")
    @APIResponse(responseCode = "200", description = "It was there; it has these settings now")
    @APIResponse(responseCode = "400", description = "bad-group, dead-letter-cycle")
    @APIResponse(responseCode = "409", description = "group-exists, with another type")
    public CompletionStage<Response> put(
            @RestPath String queue, @jakarta.ws.rs.core.Context HttpServerRequest request) {
        return calls.withBody(
                request,
                body -> {
                    GroupName name = GroupNames.of(queue);
                    QueueConfig config = QueueBody.parse(body, queue, List.of(queue));
                    body.end();
                    return topic(name)
                            .thenCompose(_ ->
                                    calls.call(
                                            name,
                                            new GroupRequest.Put(config, false),
                                            GroupReply.Stored.class))
                            .thenApply(stored ->
                                    GroupCalls.json(
                                            stored.isNew() ? 201 : 200,
                                            GroupJson.of(queue, stored.config())));
                });
    }

    private CompletionStage<TopicRecord> topic(GroupName name) {
        Context context = Vertx.currentContext();
        return OnEventLoop.of(context, engine.topics().find(name.namespace(), name.name()))
                .thenCompose(found ->
                        found.isPresent()
                                ? CompletableFuture.completedStage(found.get())
                                : made(name));
    }

    private CompletionStage<TopicRecord> made(GroupName name) {
        var config =
                new TopicConfig(
                        Optional.of(RETENTION), TopicConfig.Profile.LATENCY, recordBytesMax);
        return vertx.executeBlocking(
                        () ->
                                engine.topics()
                                        .create(name.namespace(), name.name(), PARTITIONS, config)
                                        .topic(),
                        false)
                .toCompletionStage();
    }
}
