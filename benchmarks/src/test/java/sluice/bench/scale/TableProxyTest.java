package sluice.bench.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls to tables, counted on their way. */
@Timeout(30)
class TableProxyTest {

    private final TableCalls calls = new TableCalls();

    @Test
    void callsAreCountedByWhatTheyDo() {
        TableCalls.Stream stream = calls.stream();
        read(stream, request("PutItem") + request("GetItem") + request("UpdateItem"));

        assertEquals(2, calls.writes());
        assertEquals(1, calls.reads());
    }

    @Test
    void aCallIsCountedOnceHoweverItIsCut() {
        String request = request("PutItem");
        for (int cut = 0; cut <= request.length(); cut++) {
            TableCalls.Stream stream = calls.stream();
            read(stream, request.substring(0, cut));
            read(stream, request.substring(cut));
        }

        assertEquals(request.length() + 1, calls.writes());
    }

    @Test
    void connectionsDoNotMixTheirCalls() {
        TableCalls.Stream one = calls.stream();
        TableCalls.Stream other = calls.stream();
        read(one, "X-Amz-Target: DynamoDB_20120810.Put");
        read(other, request("Query"));
        read(one, "Item\r\n");

        assertEquals(1, calls.writes());
        assertEquals(1, calls.reads());
    }

    @Test
    void whatIsAskedAndAnsweredPassesUnchanged() throws Exception {
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    byte[] body = exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        try (var proxy = TableProxy.open();
                var http = HttpClient.newHttpClient()) {
            proxy.leadTo(server.getAddress());
            String text = "item ".repeat(20_000);

            var answer =
                    http.send(
                            HttpRequest.newBuilder(URI.create(proxy.url()))
                                    .header("X-Amz-Target", "DynamoDB_20120810.DeleteItem")
                                    .POST(BodyPublishers.ofString(text))
                                    .build(),
                            BodyHandlers.ofString());

            assertEquals(text, answer.body());
            assertEquals(1, proxy.calls().writes());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whileNobodyListensThereCallersAreSentAway() throws IOException {
        try (var proxy = TableProxy.open();
                var caller =
                        new java.net.Socket(
                                InetAddress.getLoopbackAddress(),
                                URI.create(proxy.url()).getPort())) {
            assertEquals(-1, caller.getInputStream().read());
        }
    }

    private static String request(String operation) {
        return "POST / HTTP/1.1\r\nX-Amz-Target: DynamoDB_20120810." + operation + "\r\n\r\n{}";
    }

    private static void read(TableCalls.Stream stream, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        stream.read(bytes, bytes.length);
    }
}
