package sluice.gateway.consume;

import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import sluice.gateway.GatewayConfig;
import sluice.gateway.OnEventLoop;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.problem.Problems;
import sluice.gateway.topics.TopicLookup;
import sluice.metadata.TopicRecord;

/** Records out: {@code GET /v1/topics/{topic}/partitions/{p}/records}. */
@Path("/v1/topics")
@Tag(name = "consume")
public final class FetchResource {

    private final TopicLookup topics;
    private final Fetching fetching;
    private final Problems problems;
    private final GatewayConfig.Limits limits;

    FetchResource(TopicLookup topics, Fetching fetching, Problems problems, GatewayConfig config) {
        this.topics = topics;
        this.fetching = fetching;
        this.problems = problems;
        this.limits = config.limits();
    }

    @GET
    @Path("/{topic}/partitions/{partition}/records")
    @Operation(
            operationId = "fetch",
            summary = "Read records of a partition",
            description =
                    "Go on from nextOffset. With wait, the answer comes as soon as there is a record,"
                            + " or without one when the wait is over.")
    @APIResponse(
            responseCode = "200",
            description =
                    "Records; with format=binary, record batches with the headers"
                            + " Sluice-Next-Offset, Sluice-High-Watermark and Sluice-Log-Start",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(type = SchemaType.OBJECT),
                        example =
                                "{\"records\":[{\"offset\":0,\"timestamp\":1767225600000,"
                                        + "\"key\":\"k\",\"value\":\"text\"}],\"nextOffset\":1,"
                                        + "\"highWatermark\":1,\"logStart\":0}"),
                @Content(
                        mediaType = Fetching.BATCHES_MEDIA_TYPE,
                        schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    @APIResponse(responseCode = "404", description = "unknown-topic")
    @APIResponse(
            responseCode = "416",
            description = "offset-out-of-range, with logStart and highWatermark")
    @APIResponse(responseCode = "429", description = "Too much load: see Retry-After")
    @APIResponse(responseCode = "500", description = "corrupt-batch, with nextOffset to go on from")
    public CompletionStage<Response> fetch(
            @RestPath String topic,
            @RestPath String partition,
            @BeanParam FetchParameters parameters,
            @Context RoutingContext request) {
        return start(topic, partition, parameters, request).exceptionally(problems::answer);
    }

    private CompletionStage<Response> start(
            String topic, String partition, FetchParameters parameters, RoutingContext request) {
        try {
            FetchQuery query = FetchQuery.parse(parameters, limits);
            return OnEventLoop.of(Vertx.currentContext(), topics.find(topic))
                    .thenCompose(
                            found -> fetching.fetch(request, sourceOf(found, partition), query));
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static Fetching.Source sourceOf(TopicRecord topic, String partition) {
        int index;
        try {
            index = Integer.parseInt(partition);
        } catch (NumberFormatException e) {
            index = -1;
        }
        if (index < 0 || index >= topic.partitions()) {
            throw new ProblemException(
                    Problem.of(
                            ProblemType.PARTITION_OUT_OF_RANGE,
                            "partition=%s partitions=%d".formatted(partition, topic.partitions())));
        }
        return new Fetching.Source(topic, index);
    }
}
