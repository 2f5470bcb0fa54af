package sluice.gateway.topics;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
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
import sluice.engine.Engine;
import sluice.engine.Engine.PartitionStatus;
import sluice.gateway.GatewayConfig;
import sluice.gateway.OnEventLoop;
import sluice.gateway.admission.Body;
import sluice.gateway.admission.BodyReader;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.problem.Problems;
import sluice.metadata.TopicRecord;

/** Topics: create, describe, change, delete, list. */
@Path("/v1/topics")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "topics")
public final class TopicsResource {

    private static final String EXAMPLE =
            "{\"partitions\":6,\"retention\":\"7d\",\"profile\":\"latency\"}";

    private final Engine engine;
    private final Vertx vertx;
    private final BodyReader bodies;
    private final TopicLookup lookup;
    private final Problems problems;
    private final GatewayConfig.Limits limits;

    TopicsResource(
            Engine engine,
            Vertx vertx,
            BodyReader bodies,
            TopicLookup lookup,
            Problems problems,
            GatewayConfig config) {
        this.engine = engine;
        this.vertx = vertx;
        this.bodies = bodies;
        this.lookup = lookup;
        this.problems = problems;
        this.limits = config.limits();
    }

    @PUT
    @Path("/{topic}")
    @Operation(
            operationId = "createTopic",
            summary = "Create a topic",
            description = "Every field may be left out: 6 partitions, 7d, latency, 1 MiB.")
    @RequestBody(
            required = false,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = EXAMPLE))
    @APIResponse(responseCode = "201", description = "Created")
    @APIResponse(responseCode = "200", description = "It was there, with the same configuration")
    @APIResponse(responseCode = "409", description = "topic-exists, with another configuration")
    public CompletionStage<Response> create(
            @RestPath String topic, @jakarta.ws.rs.core.Context HttpServerRequest request) {
        return withBody(
                request,
                body -> {
                    checkName(topic);
                    checkPartitions(body);
                    int recordBytesDefault =
                            Math.toIntExact(limits.recordBytesDefault().asLongValue());
                    var config = body.toNewConfig(recordBytesDefault);
                    checkRecordBytes(config.recordBytesMax());
                    return blocking(() -> {
                        var created =
                                engine.topics()
                                        .create(
                                                Namespaces.ofRequest(),
                                                topic,
                                                body.partitionsOrDefault(),
                                                config);
                        return json(created.isNew() ? 201 : 200, TopicJson.of(created.topic()));
                    });
                });
    }

    @PATCH
    @Path("/{topic}")
    @Operation(
            operationId = "changeTopic",
            summary = "Change a topic",
            description = "Partitions can only grow; what is left out stays as it is.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = "{\"retention\":\"30d\"}"))
    @APIResponse(responseCode = "200", description = "The topic as it is now")
    @APIResponse(responseCode = "404", description = "unknown-topic")
    public CompletionStage<Response> change(
            @RestPath String topic, @jakarta.ws.rs.core.Context HttpServerRequest request) {
        Context context = Vertx.currentContext();
        return withBody(
                request,
                body -> {
                    checkPartitions(body);
                    body.recordBytesMax().ifPresent(this::checkRecordBytes);
                    return OnEventLoop.of(context, lookup.find(topic))
                            .thenCompose(present -> blocking(() -> change(present, body)));
                });
    }

    private Response change(TopicRecord present, TopicBody body) {
        var changed =
                engine.topics()
                        .update(
                                present.namespace(),
                                present.name(),
                                body.partitions(),
                                body.changing(present.config()));
        return json(200, TopicJson.of(changed));
    }

    @DELETE
    @Path("/{topic}")
    @Operation(operationId = "deleteTopic", summary = "Delete a topic and all its records")
    @APIResponse(responseCode = "204", description = "Deleted; the name is free")
    @APIResponse(responseCode = "404", description = "unknown-topic")
    public CompletionStage<Response> delete(@RestPath String topic) {
        return answered(() -> {
            checkName(topic);
            return blocking(() -> {
                engine.topics().delete(Namespaces.ofRequest(), topic);
                return Response.noContent().build();
            });
        });
    }

    @GET
    @Path("/{topic}")
    @Operation(
            operationId = "describeTopic",
            summary = "Show a topic",
            description = "With the log start, high watermark, slot and owner of each partition.")
    @APIResponse(responseCode = "200", description = "The topic")
    @APIResponse(responseCode = "404", description = "unknown-topic")
    public CompletionStage<Response> describe(@RestPath String topic) {
        Context context = Vertx.currentContext();
        return answered(() ->
                lookup.find(topic)
                        .thenCompose(found ->
                                OnEventLoop.of(context, statusOf(found))
                                        .thenApply(partitions ->
                                                json(200, TopicJson.of(found, partitions)))));
    }

    private CompletionStage<List<PartitionStatus>> statusOf(TopicRecord topic) {
        var waiting = new ArrayList<CompletableFuture<PartitionStatus>>(topic.partitions());
        for (int i = 0; i < topic.partitions(); i++) {
            waiting.add(engine.status(topic, i).toCompletableFuture());
        }
        return CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new))
                .thenApply(_ -> waiting.stream().map(CompletableFuture::join).toList());
    }

    @GET
    @Operation(
            operationId = "listTopics",
            summary = "List topics by name",
            description =
                    "If the answer has nextAfter, there are more: ask again with it as after.")
    @APIResponse(responseCode = "200", description = "Topics in the order of their names")
    public CompletionStage<Response> list(
            @RestQuery @Nullable String after, @RestQuery @Nullable String max) {
        return answered(() -> {
            var size = ListPage.Size.parse(max);
            return blocking(() -> {
                List<TopicRecord> found =
                        engine.topics()
                                .list(
                                        Namespaces.ofRequest(),
                                        after == null ? "" : after,
                                        size.wanted());
                return json(200, TopicJson.of(size.of(found)));
            });
        });
    }

    private CompletionStage<Response> withBody(
            HttpServerRequest request, Function<TopicBody, CompletionStage<Response>> then) {
        return bodies.read(request)
                .thenCompose(body -> then.apply(parsed(body)))
                .exceptionally(problems::answer);
    }

    private static TopicBody parsed(Body body) {
        try {
            return TopicBody.parse(body);
        } finally {
            body.release();
        }
    }

    private CompletionStage<Response> answered(Callable<CompletionStage<Response>> work) {
        try {
            return work.call().exceptionally(problems::answer);
        } catch (Exception e) {
            return CompletableFuture.completedStage(problems.answer(e));
        }
    }

    /** Off the event loop, because the metadata store blocks; its outcome comes back to it. */
    private CompletionStage<Response> blocking(Callable<Response> work) {
        return vertx.executeBlocking(work, false).toCompletionStage();
    }

    private static void checkName(String topic) {
        if (!TopicName.isValid(topic)) {
            throw new ProblemException(ProblemType.BAD_TOPIC_NAME, TopicName.whyNot(topic));
        }
    }

    private void checkPartitions(TopicBody body) {
        if (body.partitions().orElse(1) > limits.partitionsMax()) {
            throw new ProblemException(
                    ProblemType.BAD_PARAMETER,
                    "partitions=%d partitionsMax=%d"
                            .formatted(body.partitions().orElse(1), limits.partitionsMax()));
        }
    }

    private void checkRecordBytes(int recordBytesMax) {
        if (recordBytesMax > limits.bodyBytesMax().asLongValue()) {
            throw new ProblemException(
                    ProblemType.BAD_PARAMETER,
                    "recordBytesMax=%,d is more than a body may have: bodyBytesMax=%,d"
                            .formatted(recordBytesMax, limits.bodyBytesMax().asLongValue()));
        }
    }

    private static Response json(int status, byte[] body) {
        return Response.status(status).entity(body).type(MediaType.APPLICATION_JSON_TYPE).build();
    }
}
