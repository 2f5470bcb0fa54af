package sluice.gateway.produce;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
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
import sluice.gateway.admission.BodyReader;
import sluice.gateway.exchange.ExchangeLookup;
import sluice.gateway.problem.FlagText;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.problem.Problems;

/** Records to an exchange: {@code POST /v1/exchanges/{exchange}/records}. */
@Path("/v1/exchanges")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "exchanges")
public final class PublishResource {

    private final BodyReader bodies;
    private final ExchangeLookup exchanges;
    private final Publishing publishing;
    private final Problems problems;

    PublishResource(
            BodyReader bodies, ExchangeLookup exchanges, Publishing publishing, Problems problems) {
        this.bodies = bodies;
        this.exchanges = exchanges;
        this.publishing = publishing;
        this.problems = problems;
    }

    @POST
    @Path("/{exchange}/records")
    @Operation(
            operationId = "publish",
            summary = "Publish records to all topics that are bound to match them",
            description =
                    "All topics get all of their records, or the answer is an error; then the same"
                            + " request can be repeated with the idempotencyKey that the answer"
                            + " names. What no binding matches goes to the exchange's alternate,"
                            + " or else nowhere, and the answer says so.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example =
                                    "{\"records\":[{\"routingKey\":\"eu.order.created\","
                                            + "\"key\":\"ann\",\"value\":\"text\","
                                            + "\"headers\":{\"format\":\"pdf\"}}]}"))
    @APIResponse(
            responseCode = "200",
            description = "Topics, partitions and offsets of each record",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            example =
                                    "{\"records\":[{\"topics\":[{\"topic\":\"orders\","
                                            + "\"partition\":3,\"offset\":17}]},"
                                            + "{\"topics\":[],\"unroutable\":true}]}"))
    @APIResponse(
            responseCode = "202",
            description = "acks=0: taken, and no word of what becomes of it")
    @APIResponse(responseCode = "400", description = "Not a valid body; nothing was appended")
    @APIResponse(responseCode = "404", description = "unknown-exchange")
    @APIResponse(responseCode = "413", description = "record-too-large, fan-out-too-large")
    @APIResponse(responseCode = "422", description = "unroutable, idempotency-key-reused")
    @APIResponse(responseCode = "429", description = "Too much load: see Retry-After")
    @APIResponse(responseCode = "503", description = "partly-published, or nothing was appended")
    @APIResponse(responseCode = "504", description = "It is not known what was appended")
    public CompletionStage<Response> publish(
            @RestPath String exchange,
            @Parameter(
                            schema =
                                    @Schema(
                                            enumeration = {"all", "1", "0"},
                                            defaultValue = "all"))
                    @RestQuery
                    @Nullable String acks,
            @Parameter(description = "true: a record that goes nowhere is an error") @RestQuery
                    @Nullable String mandatory,
            @Parameter(
                            description =
                                    "Makes the request safe to repeat: 1 to 255 visible characters")
                    @RestHeader("Idempotency-Key")
                    @Nullable String idempotencyKey,
            @jakarta.ws.rs.core.Context HttpServerRequest request) {
        Context context = Vertx.currentContext();
        return bodies.read(request)
                .thenCompose(body ->
                        OnEventLoop.of(context, exchanges.find(exchange))
                                .thenCompose(table -> {
                                    checkIsJson(request);
                                    Acks kind = ProduceResource.acks(acks);
                                    var asked =
                                            new Publishing.Asked(
                                                    context,
                                                    table,
                                                    kind,
                                                    FlagText.parse("mandatory", mandatory),
                                                    Optional.ofNullable(idempotencyKey));
                                    return publishing.publish(asked, body);
                                })
                                .whenComplete((_, _) -> body.release()))
                .exceptionally(problems::answer);
    }

    private static void checkIsJson(HttpServerRequest request) {
        String mediaType = ProduceResource.mediaTypeOf(request);
        if (!mediaType.equals(MediaType.APPLICATION_JSON)) {
            throw new ProblemException(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE,
                    "Content-Type is %s; expected %s"
                            .formatted(
                                    mediaType.isEmpty() ? "missing" : mediaType,
                                    MediaType.APPLICATION_JSON));
        }
    }
}
