package sluice.bench.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.bench.client.Acknowledged;

@Timeout(30)
class JsonWritersTest {

    private static final int WRITERS = 3;
    private static final int WANTED = 60;

    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger underWayMost = new AtomicInteger();
    private final CountDownLatch acknowledged = new CountDownLatch(WANTED);
    private final AtomicReference<String> failure = new AtomicReference<>("");
    private final CountDownLatch failed = new CountDownLatch(1);
    private volatile int status = 200;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/topics/t/records", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        underWayMost.accumulateAndGet(underWay.incrementAndGet(), Math::max);
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        boolean isOne = body.equals("{\"records\":[{\"value\":\"xxxxxxxxxx\"}]}");
        byte[] text = "{\"records\":[]}".getBytes(StandardCharsets.UTF_8);
        underWay.decrementAndGet();
        exchange.sendResponseHeaders(isOne ? status : 400, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    @Test
    void eachWriterSendsTheNextRecordWhenItHasItsAnswer() throws Exception {
        try (var writers = begin()) {
            assertTrue(acknowledged.await(20, TimeUnit.SECONDS), failure::get);
        }

        assertTrue(underWayMost.get() <= WRITERS, () -> "" + underWayMost.get());
        assertEquals("", failure.get());
    }

    @Test
    void anAnswerThatIsNo200IsAFailure() throws Exception {
        status = 503;
        try (var writers = begin()) {
            assertTrue(failed.await(20, TimeUnit.SECONDS));
        }

        var told = String.valueOf(failure.get());
        assertTrue(told.startsWith("HTTP/1.1 503"), told);
        assertEquals(WANTED, acknowledged.getCount());
    }

    private JsonWriters begin() throws IOException {
        return JsonWriters.begin(
                "t",
                List.of("127.0.0.1:" + server.getAddress().getPort()),
                WRITERS,
                10,
                new Acknowledged() {
                    @Override
                    public void acknowledged(long intendedNs, int valueBytes) {
                        acknowledged.countDown();
                    }

                    @Override
                    public void failed(String why) {
                        failure.compareAndSet("", why);
                        failed.countDown();
                    }
                });
    }
}
