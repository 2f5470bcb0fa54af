package sluice.bench.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.ProducerShape;
import sluice.log.batch.RecordBatch;

/** Against a server that reads what a gateway would, and can say no. */
@Timeout(30)
class WireProducerTest {

    private static final int PARTITIONS = 5;

    private final List<ByteBuffer> bodies = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger refusals = new AtomicInteger();
    private final List<Long> acknowledged = Collections.synchronizedList(new ArrayList<>());
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private volatile int refusal = 503;
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
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean isRefused = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        if (!isRefused) {
            bodies.add(ByteBuffer.wrap(body));
        }
        byte[] text = (isRefused ? "no" : "{}").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(isRefused ? refusal : 200, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    @Test
    void everyRecordArrivesOnceInThePartitionsOrder() throws InterruptedException {
        try (var producer = producer()) {
            for (int i = 0; i < 1_000; i++) {
                producer.send(i % PARTITIONS, new byte[100], i);
            }
            producer.flush();
        }

        assertEquals(1_000, acknowledged.size());
        assertEquals(List.of(), failures);
        assertEquals(List.of(200, 200, 200, 200, 200), List.copyOf(received().values()));
    }

    @Test
    void whatIsRefusedForAWhileIsSentAgainWithTheSameSequence() throws InterruptedException {
        refusals.set(3);
        try (var producer = producer()) {
            for (int i = 0; i < 50; i++) {
                producer.send(i % PARTITIONS, new byte[100], i);
            }
            producer.flush();
        }

        assertEquals(50, acknowledged.size());
        assertEquals(50, received().values().stream().mapToInt(Integer::intValue).sum());
    }

    @Test
    void whatIsRefusedForGoodFails() throws InterruptedException {
        refusal = 400;
        refusals.set(1_000);
        try (var producer = producer()) {
            producer.send(0, new byte[100], 1);
            producer.flush();
        }

        assertEquals(List.of(), acknowledged);
        assertEquals(List.of("400 no"), failures);
    }

    private WireProducer producer() {
        var shape = new ProducerShape(PARTITIONS, 4_096, Duration.ofMillis(2), 64 << 10);
        String address = "127.0.0.1:" + server.getAddress().getPort();
        return new WireProducer(
                "t",
                shape,
                9,
                2,
                _ -> address,
                new Acknowledged() {
                    @Override
                    public void acknowledged(long intendedNs, int valueBytes) {
                        assertTrue(valueBytes == 100, () -> "" + valueBytes);
                        acknowledged.add(intendedNs);
                    }

                    @Override
                    public void failed(String why) {
                        failures.add(why);
                    }
                });
    }

    /** Records by partition, all of whose batches follow each other. */
    private TreeMap<Integer, Integer> received() {
        var counts = new TreeMap<Integer, Integer>();
        for (ByteBuffer body : bodies) {
            int at = 0;
            while (at < body.limit()) {
                int partition = body.getInt(at);
                int length = body.getInt(at + 4);
                at += 8;
                assertEquals(length, RecordBatch.check(body, at, at + length, 1 << 20));
                int before = counts.getOrDefault(partition, 0);
                assertEquals(before, RecordBatch.baseSequence(body, at), "partition " + partition);
                counts.put(partition, before + RecordBatch.recordCount(body, at));
                at += length;
            }
        }
        return counts;
    }
}
