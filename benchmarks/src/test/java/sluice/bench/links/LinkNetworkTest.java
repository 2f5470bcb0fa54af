package sluice.bench.links;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Gateway 0 dials gateway 1 through the proxy; each side is a socket of the test's. */
@Timeout(60)
class LinkNetworkTest {

    private static final UUID DIALLER = new UUID(1, 1);
    private static final UUID MEANT = new UUID(2, 2);

    /** Long enough for what does come; what does not is waited for as long. */
    private static final int SILENCE_MS = 300;

    private final byte[] hello =
            ByteBuffer.allocate(44)
                    .putLong(0)
                    .putLong(DIALLER.getMostSignificantBits())
                    .putLong(DIALLER.getLeastSignificantBits())
                    .putLong(MEANT.getMostSignificantBits())
                    .putLong(MEANT.getLeastSignificantBits())
                    .putInt(4711)
                    .array();

    private ServerSocket gateway;
    private LinkNetwork network;
    private Socket dialler;
    private Socket acceptor;

    @BeforeEach
    void aConnection() throws Exception {
        gateway = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        var target = (InetSocketAddress) gateway.getLocalSocketAddress();
        network = LinkNetwork.of(List.of(target, target));
        network.name(0, DIALLER);
        network.name(1, MEANT);
        network.started(1, () -> true);
        // Its own trial, by which it learns that the gateway listens.
        gateway.accept().close();
        dialler = dial();
        acceptor = gateway.accept();
        acceptor.setSoTimeout(10_000);
        assertArrayEquals(hello, read(acceptor, hello.length), "the hello arrives whole");
    }

    @AfterEach
    void end() throws IOException {
        network.close();
        gateway.close();
        dialler.close();
        acceptor.close();
    }

    @Test
    void bytesPassBothWays() throws Exception {
        send(dialler, 7);
        send(acceptor, 8);

        assertEquals(7, acceptor.getInputStream().read());
        assertEquals(8, dialler.getInputStream().read());
    }

    @Test
    void aCutHoldsOneDirectionAndHealingLetsItArrive() throws Exception {
        network.cut(0, 1);
        send(dialler, 7);
        send(acceptor, 8);

        assertEquals(8, dialler.getInputStream().read(), "the other direction is whole");
        assertSilent(acceptor);
        network.heal();

        assertEquals(7, acceptor.getInputStream().read());
    }

    @Test
    void aCutHidesThatTheOtherSideEnded() throws Exception {
        network.isolate(0);
        dialler.close();

        assertSilent(acceptor);
        network.heal();

        assertEquals(-1, acceptor.getInputStream().read());
    }

    @Test
    void anEndIsSeenOnTheOtherSide() throws Exception {
        dialler.close();

        assertEquals(-1, acceptor.getInputStream().read());
    }

    @Test
    void aResetEndsBothSidesAndLetsOneDialAgain() throws Exception {
        network.reset(1, 0);

        assertEquals(-1, acceptor.getInputStream().read());
        assertEquals(-1, dialler.getInputStream().read());
        dialler = dial();
        acceptor = gateway.accept();
        assertArrayEquals(hello, read(acceptor, hello.length));
    }

    @Test
    void aDelayedByteComesLaterButNotNever() throws Exception {
        network.delay(0, 1, Duration.ofMillis(2 * SILENCE_MS));
        send(dialler, 7);

        assertSilent(acceptor);

        assertEquals(7, acceptor.getInputStream().read());
    }

    @Test
    void aThrottledWayTakesItsTime() throws Exception {
        network.throttle(0, 1, 20_000);
        long startNs = System.nanoTime();

        dialler.getOutputStream().write(new byte[10_000]);
        read(acceptor, 10_000);

        long tookMs = (System.nanoTime() - startNs) / 1_000_000;
        assertTrue(tookMs >= 400, "10,000 bytes at 20,000 a second took ms: " + tookMs);
    }

    @Test
    void whoCallsAtAGatewayThatEndedIsRefused() {
        network.ended(1);

        assertThrows(
                ConnectException.class,
                () -> new Socket(InetAddress.getLoopbackAddress(), network.port(1)).close());
    }

    private Socket dial() throws IOException {
        var socket = new Socket();
        // The proxy begins to listen on a thread of its own.
        for (int tries = 0; ; tries++) {
            try {
                socket.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), network.port(1)));
                break;
            } catch (ConnectException e) {
                if (tries == 100) {
                    throw e;
                }
                socket = new Socket();
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
            }
        }
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(hello);
        return socket;
    }

    private static void send(Socket socket, int value) throws IOException {
        socket.getOutputStream().write(value);
    }

    private static byte[] read(Socket socket, int length) throws IOException {
        var bytes = new byte[length];
        new DataInputStream(socket.getInputStream()).readFully(bytes);
        return bytes;
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MS);
        assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
        socket.setSoTimeout(10_000);
    }
}
