package sluice.examples.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;

/** The application starts and stops without a cluster, and keeps what it is to tell. */
class OrdersTest {

    @Test
    void anOrderWaitsInTheOutboxUntilAClusterIsThere() throws Exception {
        try (var running =
                        SpringApplication.run(
                                OrdersApplication.class,
                                "--server.port=0",
                                "--sluice.gateways=http://localhost:1");
                var http = HttpClient.newHttpClient()) {
            var at =
                    URI.create(
                            "http://localhost:"
                                    + running.getEnvironment().getProperty("local.server.port"));
            var order =
                    HttpRequest.newBuilder(at.resolve("/orders/ann"))
                            .POST(HttpRequest.BodyPublishers.ofString("two apples"))
                            .build();
            assertEquals(200, http.send(order, BodyHandlers.discarding()).statusCode());
            var count = HttpRequest.newBuilder(at.resolve("/orders")).build();

            assertEquals(
                    "orders=1 waiting=1 billed=0",
                    http.send(count, BodyHandlers.ofString()).body());
        }
    }
}
