package sluice.gateway.exchange;

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
import sluice.gateway.problem.FlagText;
import sluice.gateway.topics.ListPage;
import sluice.gateway.topics.Namespaces;
import sluice.metadata.ExchangeRecord;

/** Exchanges: make, change, show, list, delete. */
@Path("/v1/exchanges")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "exchanges")
public final class ExchangesResource {

    private final ExchangeCalls calls;

    ExchangesResource(ExchangeCalls calls) {
        this.calls = calls;
    }

    @PUT
    @Path("/{exchange}")
    @Operation(
            operationId = "putExchange",
            summary = "Make an exchange, or give it another alternate",
            description = "What no binding matches goes to the alternate, if there is one.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = "{\"type\":\"topic\",\"alternate\":\"unrouted\"}"))
    @APIResponse(responseCode = "201", description = "Made")
    @APIResponse(responseCode = "200", description = "It was there; it has this alternate now")
    @APIResponse(responseCode = "404", description = "unknown-exchange: the alternate")
    @APIResponse(responseCode = "409", description = "exchange-exists, alternate-cycle")
    public CompletionStage<Response> put(
            @RestPath String exchange, @Context HttpServerRequest request) {
        return calls.withBody(
                request,
                body -> {
                    ExchangeLookup.checkName(exchange);
                    return ExchangeBody.parse(body);
                },
                (exchanges, asked) -> {
                    var stored =
                            exchanges.put(
                                    Namespaces.ofRequest(),
                                    exchange,
                                    asked.type(),
                                    asked.alternate());
                    return ExchangeCalls.json(
                            stored.isNew() ? 201 : 200, ExchangeJson.of(stored.exchange()));
                });
    }

    @GET
    @Path("/{exchange}")
    @Operation(operationId = "describeExchange", summary = "Show an exchange")
    @APIResponse(responseCode = "200", description = "The exchange")
    @APIResponse(responseCode = "404", description = "unknown-exchange")
    public CompletionStage<Response> describe(@RestPath String exchange) {
        return calls.answered(
                () -> ExchangeLookup.checkName(exchange),
                exchanges ->
                        ExchangeCalls.json(
                                200,
                                ExchangeJson.of(exchanges.get(Namespaces.ofRequest(), exchange))));
    }

    @DELETE
    @Path("/{exchange}")
    @Operation(
            operationId = "deleteExchange",
            summary = "Delete an exchange and its bindings",
            description = "With force=true also while it is another's alternate.")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "unknown-exchange")
    @APIResponse(responseCode = "409", description = "exchange-in-use")
    public CompletionStage<Response> delete(
            @RestPath String exchange, @RestQuery @Nullable String force) {
        return calls.answered(
                () -> {
                    ExchangeLookup.checkName(exchange);
                    FlagText.parse("force", force);
                },
                exchanges -> {
                    exchanges.delete(
                            Namespaces.ofRequest(), exchange, FlagText.parse("force", force));
                    return Response.noContent().build();
                });
    }

    @GET
    @Operation(
            operationId = "listExchanges",
            summary = "List exchanges by name",
            description =
                    "If the answer has nextAfter, there are more: ask again with it as after.")
    @APIResponse(responseCode = "200", description = "Exchanges in the order of their names")
    public CompletionStage<Response> list(
            @RestQuery @Nullable String after, @RestQuery @Nullable String max) {
        return calls.answered(
                () -> ListPage.Size.parse(max),
                exchanges -> {
                    var size = ListPage.Size.parse(max);
                    List<ExchangeRecord> found =
                            exchanges.list(
                                    Namespaces.ofRequest(),
                                    Objects.requireNonNullElse(after, ""),
                                    size.wanted());
                    return ExchangeCalls.json(200, ExchangeJson.of(size.of(found)));
                });
    }
}
