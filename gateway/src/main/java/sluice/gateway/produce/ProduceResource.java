package sluice.gateway.produce;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;
import sluice.engine.Engine.Acks;
import sluice.gateway.OnEventLoop;
import sluice.gateway.admission.Body;
import sluice.gateway.admission.BodyReader;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.problem.Problems;
import sluice.gateway.topics.TopicLookup;
import sluice.metadata.TopicRecord;

/** Records in: {@code POST /v1/topics/{topic}/records}. */
@Path("/v1/topics")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "produce")
public final class ProduceResource {

    private final BodyReader bodies;
    private final TopicLookup topics;
    private final Producing producing;
    private final Problems problems;

    ProduceResource(BodyReader bodies, TopicLookup topics, Producing producing, Problems problems) {
        this.bodies = bodies;
        this.topics = topics;
        this.producing = producing;
        this.problems = problems;
    }

    @POST
    @Path("/{topic}/records")
    @Operation(
            operationId = "produce",
            summary = "Append records to a topic",
            description =
                    "The body is JSON, or RecordBatch v2 batches one behind the other (then the"
                            + " partition is a query parameter), or groups of them, each with its"
                            + " partition. With acks=all, the answer comes when"
                            + " all members' disks hold the records; with acks=1, when the owner's"
                            + " does; with acks=0, at once and without offsets. If only some of the"
                            + " records could be appended, the answer is a problem that lists what"
                            + " became of each.")
    @RequestBody(
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON,
                        schema = @Schema(type = SchemaType.OBJECT),
                        example =
                                "{\"records\":[{\"key\":\"k\",\"value\":\"text\"},"
                                        + "{\"valueJson\":{\"n\":1}},{\"valueBase64\":\"AAE=\","
                                        + "\"partition\":0,\"headers\":{\"h\":\"v\"}}]}"),
                @Content(
                        mediaType = BinaryBatches.MEDIA_TYPE,
                        schema = @Schema(type = SchemaType.STRING, format = "binary")),
                @Content(
                        mediaType = BinaryBatches.GROUPED_MEDIA_TYPE,
                        schema = @Schema(type = SchemaType.STRING, format = "binary"))
            })
    @APIResponse(
            responseCode = "200",
            description = "Partition and offset of each record, in the order of the request",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            example = "{\"records\":[{\"partition\":3,\"offset\":17}]}"))
    @APIResponse(
            responseCode = "202",
            description = "acks=0: taken, and no word of what becomes of it")
    @APIResponse(responseCode = "400", description = "Not a valid body; nothing was appended")
    @APIResponse(responseCode = "404", description = "unknown-topic")
    @APIResponse(responseCode = "413", description = "record-too-large, body-too-large")
    @APIResponse(responseCode = "422", description = "idempotency-key-reused")
    @APIResponse(responseCode = "429", description = "Too much load: see Retry-After")
    @APIResponse(responseCode = "503", description = "Not appended: see Retry-After")
    @APIResponse(responseCode = "504", description = "It is not known whether it was appended")
    public CompletionStage<Response> produce(
            @RestPath String topic,
            @Parameter(
                            schema =
                                    @Schema(
                                            enumeration = {"all", "1", "0"},
                                            defaultValue = "all"))
                    @RestQuery
                    @Nullable String acks,
            @Parameter(description = "For a binary body only, and required with it") @RestQuery
                    @Nullable String partition,
            @Parameter(
                            description =
                                    "Makes the request safe to repeat: 1 to 255 visible characters."
                                            + " JSON only")
                    @RestHeader("Idempotency-Key")
                    @Nullable String idempotencyKey,
            @jakarta.ws.rs.core.Context HttpServerRequest request) {
        Context context = Vertx.currentContext();
        return bodies.read(request)
                .thenCompose(body ->
                        OnEventLoop.of(context, topics.find(topic))
                                .thenCompose(found ->
                                        appendAll(
                                                new Target(context, found, acks(acks)),
                                                request,
                                                partition,
                                                idempotencyKey,
                                                body))
                                .whenComplete((_, _) -> body.release()))
                .exceptionally(problems::answer);
    }

    private record Target(Context context, TopicRecord topic, Acks acks) {}

    private CompletionStage<Response> appendAll(
            Target target,
            HttpServerRequest request,
            @Nullable String partition,
            @Nullable String idempotencyKey,
            Body body) {
        String mediaType = mediaTypeOf(request);
        return switch (mediaType) {
            case MediaType.APPLICATION_JSON -> {
                refuse(partition, "partition", "in JSON, each record names its own");
                yield producing.json(
                        target.context(),
                        target.topic(),
                        target.acks(),
                        Optional.ofNullable(idempotencyKey),
                        body);
            }
            case BinaryBatches.MEDIA_TYPE -> {
                refuse(idempotencyKey, "Idempotency-Key", "batches have producer id and sequence");
                yield producing.ofPartition(
                        target.context(), target.topic(), target.acks(), index(partition), body);
            }
            case BinaryBatches.GROUPED_MEDIA_TYPE -> {
                refuse(idempotencyKey, "Idempotency-Key", "batches have producer id and sequence");
                refuse(partition, "partition", "each group names its own");
                yield producing.ofGroups(target.context(), target.topic(), target.acks(), body);
            }
            default ->
                    throw new ProblemException(
                            ProblemType.UNSUPPORTED_MEDIA_TYPE,
                            "Content-Type is %s; expected %s, %s or %s"
                                    .formatted(
                                            mediaType.isEmpty() ? "missing" : mediaType,
                                            MediaType.APPLICATION_JSON,
                                            BinaryBatches.MEDIA_TYPE,
                                            BinaryBatches.GROUPED_MEDIA_TYPE));
        };
    }

    static Acks acks(@Nullable String acks) {
        if (acks == null) {
            return Acks.ALL;
        }
        return switch (acks) {
            case "all" -> Acks.ALL;
            case "1" -> Acks.OWNER;
            case "0" -> Acks.NONE;
            default ->
                    throw new ProblemException(
                            ProblemType.UNSUPPORTED_ACKS, "acks=%s".formatted(acks));
        };
    }

    /** In lower case and without parameters such as charset; empty if there is none. */
    static String mediaTypeOf(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (header == null) {
            return "";
        }
        int end = header.indexOf(';');
        return (end < 0 ? header : header.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private static void refuse(@Nullable String given, String name, String why) {
        if (given != null) {
            throw new ProblemException(
                    ProblemType.BAD_PARAMETER,
                    "%s does not go with this body: %s".formatted(name, why));
        }
    }

    private static int index(@Nullable String partition) {
        try {
            return Integer.parseInt(String.valueOf(partition));
        } catch (NumberFormatException e) {
            throw new ProblemException(
                    ProblemType.BAD_PARAMETER,
                    "partition=%s: a binary body needs ?partition= and a number"
                            .formatted(partition));
        }
    }
}
