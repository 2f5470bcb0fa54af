package sluice.bench.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.bench.client.Received;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.RecordBatch;

/** Against a server with ten records in one partition, a batch of two in each answer. */
@Timeout(30)
class WireConsumerTest {

    private static final long END = 10;

    private final BlockingQueue<Byte> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> failures = new LinkedBlockingQueue<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/topics/t/partitions/0/records", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String from = exchange.getRequestURI().getQuery().replaceAll(".*offset=([^&]*).*", "$1");
        long offset = from.equals("latest") ? END : Long.parseLong(from);
        byte[] body = offset < END ? batch(offset) : new byte[0];
        exchange.getResponseHeaders()
                .add("Sluice-Next-Offset", "" + (offset < END ? offset + 2 : offset));
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** Two records whose values are their offsets. */
    private static byte[] batch(long offset) {
        var builder = new BatchBuilder(256);
        builder.append(0, null, new byte[] {(byte) offset}, List.of());
        builder.append(0, null, new byte[] {(byte) (offset + 1)}, List.of());
        ByteBuffer built = builder.build();
        RecordBatch.setBaseOffset(built, 0, offset);
        var bytes = new byte[built.remaining()];
        built.get(0, bytes);
        return bytes;
    }

    @Test
    void fromTheStartEachRecordIsReadOnce() throws InterruptedException {
        try (var _ = WireConsumer.fromStart("t", 1, _ -> address(), told())) {
            for (byte offset = 0; offset < END; offset++) {
                assertEquals(offset, received.take());
            }
        }
        assertEquals(List.of(), List.copyOf(failures));
    }

    @Test
    void fromTheEndNothingIsReadThatWasThereBefore() throws InterruptedException {
        try (var _ = WireConsumer.fromEnd("t", 1, _ -> address(), told())) {
            assertEquals(List.of(), List.copyOf(received));
        }
        assertEquals(List.of(), List.copyOf(failures));
    }

    private String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private Received told() {
        return new Received() {
            @Override
            public void received(int partition, ByteBuffer value) {
                received.add(value.get(value.position()));
            }

            @Override
            public void failed(String why) {
                failures.add(why);
            }
        };
    }
}
