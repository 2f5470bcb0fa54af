package sluice.cli.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayClientTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Time that only passes when somebody waits. */
    private static final class PausingTime implements Time {
        private final List<Duration> pauses = new ArrayList<>();
        private long nowNs = 7;

        @Override
        public long nowNs() {
            return nowNs;
        }

        @Override
        public long wallMs() {
            return 0;
        }

        @Override
        public void pause(Duration duration) {
            pauses.add(duration);
            nowNs += duration.toNanos();
        }
    }

    private final PausingTime time = new PausingTime();
    private final List<HttpServer> servers = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    /**
     * A gateway that gives these answers one after the other, the last for ever.
     *
     * @param answers status, a blank, value of Retry-After or nothing
     */
    private URI gateway(String name, String... answers) throws IOException {
        var left = new LinkedBlockingDeque<>(Arrays.asList(answers));
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        asked.add(name);
                        String answer = left.size() > 1 ? left.removeFirst() : left.getFirst();
                        String[] parts = answer.split(" ");
                        if (parts[0].equals("lost")) {
                            return;
                        }
                        if (parts.length > 1) {
                            exchange.getResponseHeaders().add("Retry-After", parts[1]);
                        }
                        exchange.sendResponseHeaders(Integer.parseInt(parts[0]), -1);
                    }
                });
        server.start();
        servers.add(server);
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    private GatewayClient client(URI... gateways) {
        var backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2), new Random(1));
        return new GatewayClient(List.of(gateways), time, backoff, RetryListener.SILENT);
    }

    @Test
    void aPauseIsNeverShorterThanTheGatewayAskedFor() throws Exception {
        try (var client = client(gateway("a", "429 3", "503 5", "200"))) {
            assertEquals(200, client.send(Call.get("/x"), MINUTE).status());
        }
        assertEquals(List.of(Duration.ofSeconds(3), Duration.ofSeconds(5)), time.pauses);
    }

    @Test
    void anUnavailableGatewayIsLeftAtOnceForTheNext() throws Exception {
        URI first = gateway("a", "503 5");
        URI second = gateway("b", "200");
        try (var client = client(first, second)) {
            client.send(Call.get("/x"), MINUTE);
            client.send(Call.get("/x"), MINUTE);
        }
        assertEquals(List.of("a", "b", "b"), asked);
        assertEquals(List.of(), time.pauses);
    }

    @Test
    void anOverloadedGatewayIsNotLeft() throws Exception {
        URI first = gateway("a", "429", "200");
        try (var client = client(first, gateway("b", "200"))) {
            client.send(Call.get("/x"), MINUTE);
        }
        assertEquals(List.of("a", "a"), asked);
    }

    @Test
    void pausesGrowWhenAllGatewaysFailed() throws Exception {
        try (var client = client(gateway("a", "503"), gateway("b", "503", "503", "503", "200"))) {
            client.send(Call.get("/x"), MINUTE);
        }
        assertEquals(3, time.pauses.size());
        assertTrue(time.pauses.get(2).compareTo(time.pauses.get(0)) > 0, time.pauses.toString());
    }

    @Test
    void givingUpAfterRefusalsAloneMeansNotDone() throws Exception {
        try (var client = client(gateway("a", "503"))) {
            var failure =
                    assertThrows(CommandFailure.class, () -> client.send(Call.get("/x"), MINUTE));
            assertEquals(CommandFailure.Outcome.NOT_DONE, failure.outcome());
        }
        assertTrue(time.nowNs() <= MINUTE.toNanos() + 7, "it stops in time: " + time.pauses);
        assertTrue(time.nowNs() > MINUTE.toNanos() / 2, "it does not stop early: " + time.pauses);
    }

    @Test
    void oneLostAnswerMakesTheOutcomeUnknownToTheEnd() throws Exception {
        try (var client = client(gateway("a", "lost", "503"))) {
            var failure =
                    assertThrows(
                            CommandFailure.class, () -> client.send(Call.put("/x", "{}"), MINUTE));
            assertEquals(CommandFailure.Outcome.UNKNOWN, failure.outcome());
        }
    }

    @Test
    void aRefusalIsNotRepeated() throws Exception {
        try (var client = client(gateway("a", "404", "200"))) {
            var failure =
                    assertThrows(CommandFailure.class, () -> client.send(Call.get("/x"), MINUTE));
            assertEquals(404, failure.problem().status());
        }
        assertEquals(List.of("a"), asked);
    }
}
