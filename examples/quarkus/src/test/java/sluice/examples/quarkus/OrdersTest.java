package sluice.examples.quarkus;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The application starts and stops without a cluster, and keeps what it is to tell. */
@QuarkusTest
class OrdersTest {

    @TestHTTPResource @Nullable URI address;

    @Test
    void anOrderWaitsInTheOutboxUntilAClusterIsThere() throws Exception {
        URI at = Objects.requireNonNull(address, "injected");
        try (var http = HttpClient.newHttpClient()) {
            var order =
                    HttpRequest.newBuilder(at.resolve("/orders/ann"))
                            .POST(HttpRequest.BodyPublishers.ofString("two apples"))
                            .build();
            assertEquals(204, http.send(order, BodyHandlers.discarding()).statusCode());
            var count = HttpRequest.newBuilder(at.resolve("/orders")).build();

            assertEquals(
                    "orders=1 waiting=1 billed=0",
                    http.send(count, BodyHandlers.ofString()).body());
        }
    }
}
