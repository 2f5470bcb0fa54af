package sluice.uploader.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/**
 * What the store's answers, and its silence, mean; against a server that says what a test wants.
 */
class S3FailuresTest {

    private static final S3Limits LIMITS = limits(Duration.ofSeconds(20));

    private static S3Limits limits(Duration silence) {
        return new S3Limits(Duration.ofSeconds(5), silence, Duration.ofSeconds(60), 4, 10);
    }

    private interface Reply {
        void to(HttpExchange exchange) throws IOException;
    }

    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private S3ObjectStore store;
    private volatile Reply reply = exchange -> exchange.sendResponseHeaders(200, -1);

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    requests.incrementAndGet();
                    exchange.getRequestBody().readAllBytes();
                    reply.to(exchange);
                    exchange.close();
                });
        server.start();
        store = new S3ObjectStore(config(server.getAddress().getPort()), LIMITS);
    }

    @AfterEach
    void stop() {
        store.close();
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource({
        "400, InvalidRequest,     INVALID,         INVALID",
        "400, RequestTimeout,     UNAVAILABLE,     UNAVAILABLE",
        "400, BadDigest,          UNAVAILABLE,     UNAVAILABLE",
        "403, AccessDenied,       INVALID,         INVALID",
        "404, NoSuchBucket,       INVALID,         INVALID",
        "409, OperationAborted,   UNAVAILABLE,     UNAVAILABLE",
        "429, TooManyRequests,    UNAVAILABLE,     UNAVAILABLE",
        "500, InternalError,      UNKNOWN_OUTCOME, UNAVAILABLE",
        "501, NotImplemented,     INVALID,         INVALID",
        "502, BadGateway,         UNKNOWN_OUTCOME, UNAVAILABLE",
        "503, SlowDown,           UNAVAILABLE,     UNAVAILABLE",
    })
    void anErrorSaysWhatToDoNext(int status, String code, Kind ofWrite, Kind ofRead) {
        reply = error(status, code);

        assertEquals(ofWrite, kindOf(() -> store.put("a", List.of(bytes()))));
        assertEquals(ofWrite, kindOf(() -> store.delete("a")));
        assertEquals(ofRead, kindOf(() -> store.read("a", 0, 1)));
        assertEquals(ofRead, kindOf(() -> store.list("a", "", 1)));
        assertEquals(4, requests.get(), "what the store answers is not asked again");
    }

    @Nested
    class AWrite {
        @Test
        void withoutAnAnswerIsSentOnce() {
            reply =
                    exchange -> {
                        throw new IOException("closed on purpose");
                    };

            assertEquals(Kind.UNKNOWN_OUTCOME, kindOf(() -> store.put("a", List.of(bytes()))));
            assertEquals(1, requests.get());
        }

        @Test
        void whoseChecksumComesBackOtherThanSentIsInDoubt() {
            reply =
                    exchange -> {
                        exchange.getResponseHeaders().add("x-amz-checksum-crc32c", "AAAAAA==");
                        exchange.sendResponseHeaders(200, -1);
                    };

            assertEquals("object-not-verified", codeOf(() -> store.put("a", List.of(bytes()))));
            assertEquals(1, requests.get());
        }

        @Test
        void ofWhichTheStoreCannotTellTheLengthIsInDoubt() {
            assertEquals("object-not-verified", codeOf(() -> store.put("a", List.of(bytes()))));
        }

        @Test
        void whoseLengthIsOtherThanSentIsInDoubt() {
            reply =
                    exchange -> {
                        if (exchange.getRequestMethod().equals("HEAD")) {
                            exchange.getResponseHeaders().add("Content-Length", "3");
                        }
                        exchange.sendResponseHeaders(200, -1);
                    };

            assertEquals("object-not-verified", codeOf(() -> store.put("a", List.of(bytes()))));
            assertEquals(2, requests.get());
        }
    }

    @Nested
    class ARead {
        @Test
        void thatBreaksOffIsSentASecondTime() {
            reply =
                    exchange -> {
                        if (requests.get() == 1) {
                            breakOff(exchange);
                        } else {
                            ranged(exchange, "bytes 0-4/5", bytes());
                        }
                    };

            assertEquals(bytes(), store.read("a", 0, 5));
            assertEquals(2, requests.get());
        }

        @Test
        void thatBreaksOffTwiceIsUnavailable() {
            reply = S3FailuresTest::breakOff;

            assertEquals(Kind.UNAVAILABLE, kindOf(() -> store.read("a", 0, 5)));
            assertEquals(2, requests.get());
        }

        @Test
        void answeredWithAnotherRangeIsRefused() {
            reply = exchange -> ranged(exchange, "bytes 1-5/9", bytes());

            assertEquals("short-object", codeOf(() -> store.read("a", 0, 5)));
        }

        @Test
        void ofARangeAnsweredWithTheWholeObjectIsRefused() {
            reply =
                    exchange -> {
                        exchange.sendResponseHeaders(200, 5);
                        exchange.getResponseBody().write(bytes().array());
                    };

            assertEquals("short-object", codeOf(() -> store.read("a", 1, 3)));
        }
    }

    @Test
    void silenceAfterSendingLeavesTheOutcomeOfAWriteUnknown() throws IOException {
        // The kernel accepts connections and takes bytes; nobody ever reads them.
        try (var deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var impatient =
                        new S3ObjectStore(
                                config(deaf.getLocalPort()), limits(Duration.ofMillis(300)))) {
            assertEquals(Kind.UNKNOWN_OUTCOME, kindOf(() -> impatient.put("a", List.of(bytes()))));
            assertEquals(Kind.UNKNOWN_OUTCOME, kindOf(() -> impatient.delete("a")));
            assertEquals(Kind.UNAVAILABLE, kindOf(() -> impatient.read("a", 0, 1)));
        }
    }

    @Test
    void aStoreThatCannotBeReachedIsUnavailableAlsoForWrites() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (var nobody = new S3ObjectStore(config(closed), LIMITS)) {
            assertEquals(
                    "object-store-unreachable", codeOf(() -> nobody.put("a", List.of(bytes()))));
            assertEquals(Kind.UNAVAILABLE, kindOf(() -> nobody.put("a", List.of(bytes()))));
        }
    }

    private static Reply error(int status, String code) {
        byte[] body =
                "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>no</Message></Error>"
                        .formatted(code)
                        .getBytes(StandardCharsets.US_ASCII);
        return exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        };
    }

    /** Announces more than it sends, then closes the connection. */
    private static void breakOff(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().add("Content-Range", "bytes 0-4/5");
        exchange.sendResponseHeaders(206, 5);
        exchange.getResponseBody().write('x');
        exchange.getResponseBody().flush();
        throw new IOException("broken off on purpose");
    }

    private static void ranged(HttpExchange exchange, String range, ByteBuffer body)
            throws IOException {
        exchange.getResponseHeaders().add("Content-Range", range);
        exchange.sendResponseHeaders(206, body.remaining());
        exchange.getResponseBody().write(body.array());
    }

    private static S3Config config(int port) {
        return new S3Config(
                Optional.of(URI.create("http://127.0.0.1:" + port)),
                "us-east-1",
                "bucket",
                true,
                Optional.of(new S3Config.Credentials("id", "secret")));
    }

    private static ByteBuffer bytes() {
        return ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII));
    }

    private static Kind kindOf(Executable call) {
        return assertThrows(SluiceException.class, call).kind();
    }

    private static String codeOf(Executable call) {
        return assertThrows(SluiceException.class, call).code();
    }
}
