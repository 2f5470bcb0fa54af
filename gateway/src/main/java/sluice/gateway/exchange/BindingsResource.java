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
import sluice.gateway.topics.Namespaces;
import sluice.metadata.Binding;

/** Bindings of an exchange: add, take away, list. */
@Path("/v1/exchanges/{exchange}/bindings")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "exchanges")
public final class BindingsResource {

    private static final String EXAMPLE =
            "{\"bindings\":[{\"topic\":\"orders\",\"routingKey\":\"eu.*.created\"}]}";

    private final ExchangeCalls calls;

    BindingsResource(ExchangeCalls calls) {
        this.calls = calls;
    }

    @PUT
    @Operation(
            operationId = "bind",
            summary = "Add bindings to an exchange",
            description = "All of them or none; one that is there already stays as it is.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = EXAMPLE))
    @APIResponse(responseCode = "200", description = "How many were added")
    @APIResponse(responseCode = "400", description = "bad-binding")
    @APIResponse(responseCode = "404", description = "unknown-exchange, unknown-topic")
    @APIResponse(responseCode = "409", description = "too-many-bindings")
    public CompletionStage<Response> bind(
            @RestPath String exchange, @Context HttpServerRequest request) {
        return calls.withBody(
                request,
                body -> {
                    ExchangeLookup.checkName(exchange);
                    return BindingsBody.parse(body);
                },
                (exchanges, bindings) -> {
                    var changed = exchanges.bind(Namespaces.ofRequest(), exchange, bindings);
                    return ExchangeCalls.json(
                            200,
                            ExchangeJson.changed("added", changed.count(), changed.exchange()));
                });
    }

    @DELETE
    @Operation(
            operationId = "unbind",
            summary = "Take bindings away from an exchange",
            description =
                    "Each as it was added; a topic named alone loses all of its bindings. What is"
                            + " not there is no error.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(type = SchemaType.OBJECT),
                            example = EXAMPLE))
    @APIResponse(responseCode = "200", description = "How many were removed")
    @APIResponse(responseCode = "404", description = "unknown-exchange")
    public CompletionStage<Response> unbind(
            @RestPath String exchange, @Context HttpServerRequest request) {
        return calls.withBody(
                request,
                body -> {
                    ExchangeLookup.checkName(exchange);
                    return BindingsBody.parse(body);
                },
                (exchanges, bindings) -> {
                    var changed = exchanges.unbind(Namespaces.ofRequest(), exchange, bindings);
                    return ExchangeCalls.json(
                            200,
                            ExchangeJson.changed("removed", changed.count(), changed.exchange()));
                });
    }

    @GET
    @Operation(
            operationId = "listBindings",
            summary = "List the bindings of an exchange",
            description = "All of them, by topic; with ?topic= those of one.")
    @APIResponse(responseCode = "200", description = "The bindings")
    @APIResponse(responseCode = "404", description = "unknown-exchange")
    public CompletionStage<Response> list(
            @RestPath String exchange, @RestQuery @Nullable String topic) {
        return calls.answered(
                () -> ExchangeLookup.checkName(exchange),
                exchanges -> {
                    List<Binding> bindings =
                            exchanges.get(Namespaces.ofRequest(), exchange).bindings().stream()
                                    .filter(each -> topic == null || each.topic().equals(topic))
                                    .toList();
                    return ExchangeCalls.json(200, ExchangeJson.bindings(bindings));
                });
    }
}
