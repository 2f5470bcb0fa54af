package sluice.client.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.client.link.RawStreamServer.Frame;

/** The JDK's WebSocket, as the session needs it. */
class JdkSocketDialerTest {

    private static final int FRAME_BYTES_MAX = 1_000;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final RawStreamServer server = new RawStreamServer();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private volatile @Nullable StreamConnection opened;

    private final class Listener implements StreamDialer.Listener {
        @Override
        public void opened(StreamConnection opened) {
            JdkSocketDialerTest.this.opened = opened;
            told.add("opened");
        }

        @Override
        public void text(String frame) {
            told.add("text " + frame);
        }

        @Override
        public void binary(ByteBuffer frame) {
            told.add("binary " + StandardCharsets.UTF_8.decode(frame));
        }

        @Override
        public void refused(int status, String reason) {
            told.add("refused " + status);
        }

        @Override
        public void closed(int code, String reason) {
            told.add("closed " + code);
        }
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private String told() throws InterruptedException {
        return Objects.requireNonNullElse(told.poll(20, TimeUnit.SECONDS), "nothing");
    }

    private StreamConnection connection() {
        return Objects.requireNonNull(opened);
    }

    private void dial(String group, Duration timeout) {
        dial(server.address(), group, timeout);
    }

    private void dial(URI to, String group, Duration timeout) {
        new OwnDialer(new JdkSocketDialer(HTTP, "an application", timeout, FRAME_BYTES_MAX))
                .dial(to, group, new Listener());
    }

    private void open() throws Exception {
        dial("billing", Duration.ofSeconds(20));
        server.accept().upgrade();
        assertEquals("opened", told());
    }

    @Test
    void theStreamOfTheGroupIsAskedForUnderTheApplicationsName() throws Exception {
        dial("eu billing/1", Duration.ofSeconds(20));
        server.accept().upgrade();

        assertEquals(
                "GET /v1/groups/eu%20billing%2F1/stream HTTP/1.1",
                server.head.lines().findFirst().orElse(""));
        assertEquals("an application", server.header("user-agent"));
        assertEquals("opened", told());
    }

    @Test
    void framesComeInOrderAndWhole() throws Exception {
        open();
        server.text("{\"type\":", false);
        server.frame(
                RawStreamServer.CONTINUATION, true, "\"joined\"}".getBytes(StandardCharsets.UTF_8));
        server.frame(RawStreamServer.BINARY, false, "rec".getBytes(StandardCharsets.UTF_8));
        server.frame(RawStreamServer.CONTINUATION, false, "or".getBytes(StandardCharsets.UTF_8));
        server.frame(RawStreamServer.CONTINUATION, true, "ds".getBytes(StandardCharsets.UTF_8));
        server.frame(RawStreamServer.BINARY, true, "more".getBytes(StandardCharsets.UTF_8));
        server.text("last", true);

        assertEquals("text {\"type\":\"joined\"}", told());
        assertEquals("binary records", told());
        assertEquals("binary more", told());
        assertEquals("text last", told());
    }

    @Test
    void whatIsSentLeavesInItsOrder() throws Exception {
        open();
        for (int i = 0; i < 50; i++) {
            connection().send("frame " + i);
        }
        connection().close(1000, "leave");

        for (int i = 0; i < 50; i++) {
            assertEquals(new Frame(RawStreamServer.TEXT, "frame " + i), server.read());
        }
        assertEquals(new Frame(RawStreamServer.CLOSE, "1000 leave"), server.read());
        server.close(1000);
        assertEquals("closed 1000", told());
    }

    @Test
    void streamsThatShareAConnectionSendBytes() throws Exception {
        new ChannelDialer(new JdkSocketDialer(HTTP, "an application", Duration.ofSeconds(20)))
                .dial(server.address(), "jobs", new Listener());
        server.accept().upgrade();
        assertEquals("GET /v1/streams HTTP/1.1", server.head.lines().findFirst().orElse(""));
        assertEquals("opened", told());
        connection().send("hello");

        assertEquals(new Frame(RawStreamServer.BINARY, "\0\0\0\1\1\0\0\0\4jobs"), server.read());
        assertEquals(new Frame(RawStreamServer.BINARY, "\0\0\0\1\2\0\0\0\5hello"), server.read());
        server.frame(
                RawStreamServer.BINARY,
                true,
                Chunks.of(1, Chunks.TEXT, "back".getBytes(StandardCharsets.UTF_8)).array());
        assertEquals("text back", told());
    }

    @Test
    void whyTheGatewayClosedIsTold() throws Exception {
        open();
        server.close(1012);

        assertEquals("closed 1012", told());
    }

    @Test
    void aConnectionThatIsCutIsTold() throws Exception {
        open();
        server.cut();

        assertEquals("closed 1006", told());
    }

    @Test
    void afterTheEndCallsHaveNoEffect() throws Exception {
        open();
        server.close(1000);
        assertEquals("closed 1000", told());
        server.cut();

        connection().send("too late");
        connection().close(1000, "too late");
        connection().abort();

        assertNull(told.poll(50, TimeUnit.MILLISECONDS));
    }

    @Test
    void anAbortCutsTheConnection() throws Exception {
        open();
        connection().abort();

        assertTrue(server.isCut());
    }

    @Test
    void aTextThatIsTooLargeEndsTheConnection() throws Exception {
        open();
        server.text("x".repeat(FRAME_BYTES_MAX), true);
        assertEquals("text " + "x".repeat(FRAME_BYTES_MAX), told());
        server.text("x".repeat(600), false);
        server.frame(
                RawStreamServer.CONTINUATION,
                true,
                "x".repeat(600).getBytes(StandardCharsets.UTF_8));

        assertEquals("closed 1009", told());
        assertTrue(server.isCut());
    }

    @Test
    void soDoBytesThatAreTooMany() throws Exception {
        open();
        server.frame(RawStreamServer.BINARY, false, new byte[600]);
        server.frame(RawStreamServer.CONTINUATION, true, new byte[600]);

        assertEquals("closed 1009", told());
        assertTrue(server.isCut());
    }

    @Test
    void aRefusalIsToldWithItsStatus() throws Exception {
        dial("billing", Duration.ofSeconds(20));
        server.accept().answer("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0");

        assertEquals("refused 429", told());
    }

    @Test
    void aGatewayThatIsNotThereIsTold() throws Exception {
        URI nobody = server.address();
        server.close();
        dial(nobody, "billing", Duration.ofSeconds(20));

        assertEquals("refused 0", told());
    }

    @Test
    void aGatewayThatDoesNotAnswerIsGivenUp() throws Exception {
        dial("billing", Duration.ofMillis(200));
        server.accept();

        assertEquals("refused 0", told());
    }
}
