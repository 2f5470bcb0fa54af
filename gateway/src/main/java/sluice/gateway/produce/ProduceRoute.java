package sluice.gateway.produce;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;

/**
 * Takes produce requests before the REST layer would, which costs as much as all else that a small
 * one needs. {@link ProduceResource} still says what they are, here and in the OpenAPI document.
 */
@Singleton
final class ProduceRoute {

    private final ProduceResource resource;

    ProduceRoute(ProduceResource resource) {
        this.resource = resource;
    }

    void register(@Observes Router router) {
        router.post("/v1/topics/:topic/records").handler(this::handle);
    }

    private void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        resource.produce(
                        context.pathParam("topic"),
                        request.getParam("acks"),
                        request.getParam("partition"),
                        request.getHeader("Idempotency-Key"),
                        request)
                .whenComplete((answer, failure) -> {
                    if (failure == null) {
                        send(context.response(), answer);
                    } else {
                        context.fail(failure);
                    }
                });
    }

    private static void send(HttpServerResponse response, Response answer) {
        if (response.closed() || response.ended()) {
            return;
        }
        response.setStatusCode(answer.getStatus());
        answer.getStringHeaders()
                .forEach((name, values) -> response.putHeader(name, values.getFirst()));
        byte[] body = (byte[]) answer.getEntity();
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
        response.end(Buffer.buffer(Unpooled.wrappedBuffer(body)));
    }
}
