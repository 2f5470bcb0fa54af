package sluice.log.peer.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import sluice.log.Eventually;
import sluice.log.lane.SystemClock;
import sluice.log.peer.PeerTransport;
import sluice.log.peer.PeerTransport.Link;
import sluice.log.peer.PeerTransportContract;
import sluice.log.peer.RecordingListener;

class TcpPeerTransportTest extends PeerTransportContract {

    /** Silence is so long that no test passes by it but those that mean to. */
    private static final TcpLimits LIMITS = limits(Duration.ofSeconds(5), Duration.ofMinutes(5));

    private final Map<UUID, TcpPeerTransport> opened = new HashMap<>();

    private static TcpLimits limits(Duration handshakeMax, Duration silenceMax) {
        return new TcpLimits(
                FRAME_BYTES_MAX,
                QUEUE_BYTES_MAX,
                QUEUE_BYTES_MAX,
                256 << 10,
                handshakeMax,
                8,
                32,
                Duration.ofMillis(100),
                silenceMax,
                Duration.ofMillis(5),
                Duration.ofMillis(50));
    }

    @Override
    protected PeerTransport open(UUID node) {
        return open(node, "cluster-1", LIMITS);
    }

    private TcpPeerTransport open(UUID node, String clusterId, TcpLimits limits) {
        try {
            var transport =
                    TcpPeerTransport.open(
                            node,
                            clusterId,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            limits,
                            new SystemClock(),
                            new SplittableRandom(node.getLeastSignificantBits()));
            opened.put(node, transport);
            return transport;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected String addressOf(UUID node) {
        return "127.0.0.1:" + port(node);
    }

    private int port(UUID node) {
        TcpPeerTransport transport = opened.get(node);
        assertTrue(transport != null);
        return transport.port();
    }

    @Override
    protected void await(BooleanSupplier condition) {
        Eventually.holds(condition);
    }

    /** Several times what a dialler waits, by a clock that the test does not control. */
    @Override
    protected void letTimePass() {
        var never = new CountDownLatch(1);
        try {
            assertFalse(never.await(300, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected Runnable hold(Node node) {
        return node.heard.hold();
    }

    private Socket dial(UUID node) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port(node));
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Dials as A would, by hand. */
    private Socket dialAsA(UUID to, Link link) throws IOException {
        Socket socket = dial(to);
        send(socket, new Hello(link, A, to, "cluster-1").encode());
        assertEquals(Answer.Verdict.ACCEPTED, answer(socket).verdict());
        return socket;
    }

    private static void send(Socket socket, ByteBuffer bytes) throws IOException {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        socket.getOutputStream().write(copy);
    }

    private static Answer answer(Socket socket) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(Answer.BYTES);
        return Answer.decode(ByteBuffer.wrap(bytes)).orElseThrow();
    }

    private static void assertClosed(Socket socket) throws IOException {
        try (socket) {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {}
        } catch (SocketException e) {
            assertTrue(String.valueOf(e.getMessage()).contains("reset"), e.toString());
        }
    }

    @Test
    void aPeerOfAnotherClusterIsRefused() throws IOException {
        Node b = start(B);
        try (Socket socket = dial(B)) {
            send(socket, new Hello(Link.WAL, A, B, "cluster-2").encode());
            assertEquals(Answer.Verdict.OTHER_CLUSTER, answer(socket).verdict());
            assertEquals(-1, socket.getInputStream().read());
        }
        try (TcpPeerTransport stranger = open(A, "cluster-2", LIMITS)) {
            var heard = new RecordingListener();
            stranger.start(heard);
            stranger.peers(Map.of(B, addressOf(B)));
            letTimePass();
            assertEquals(List.of(), heard.linkEvents("B", Link.WAL));
        }
        assertEquals(List.of(), b.heard.linkEvents("A", Link.WAL));
    }

    @Test
    void whoMeansAnotherDiskOrMustNotDialOrIsDamagedIsToldSo() throws IOException {
        start(B);
        try (Socket socket = dial(B)) {
            send(socket, new Hello(Link.WAL, A, C, "cluster-1").encode());
            assertEquals(Answer.Verdict.NOT_ME, answer(socket).verdict());
        }
        try (Socket socket = dial(B)) {
            send(socket, new Hello(Link.WAL, C, B, "cluster-1").encode());
            assertEquals(Answer.Verdict.NOT_YOURS_TO_DIAL, answer(socket).verdict());
        }
        try (Socket socket = dial(B)) {
            ByteBuffer hello = new Hello(Link.WAL, A, B, "cluster-1").encode();
            hello.put(20, (byte) (hello.get(20) ^ 1));
            send(socket, hello);
            assertEquals(Answer.Verdict.DAMAGED, answer(socket).verdict());
        }
        try (Socket socket = dial(B)) {
            ByteBuffer hello = new Hello(Link.WAL, A, B, "cluster-1").encode();
            hello.putShort(4, (short) 2);
            send(socket, hello);
            assertEquals(Answer.Verdict.OTHER_VERSION, answer(socket).verdict());
        }
    }

    @Test
    void garbageIsCutOffAndDisturbsNobody() throws IOException {
        Node a = start(A);
        Node b = start(B);
        introduce(a, b);
        awaitLinks(a, b);
        var random = new SplittableRandom(99);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[Hello.HEAD_BYTES + random.nextInt(1_000)];
            random.nextBytes(garbage);
            try (Socket socket = dial(B)) {
                send(socket, ByteBuffer.wrap(garbage));
                assertClosed(socket);
            } catch (SocketException e) {
                // Cut off while we were still sending.
                assertTrue(e.getMessage() != null);
            }
            assertTrue(a.transport.send(B, Link.WAL, ints(i)));
        }

        await(() -> b.heard.frames(A, Link.WAL).size() == 50);
        assertEquals(1, b.heard.linkEvents("A", Link.WAL).size());
    }

    @Test
    void whoDoesNotTellInTimeWhoTheyAreIsDropped() throws IOException {
        try (var b = open(B, "cluster-1", limits(Duration.ofMillis(500), Duration.ofMinutes(5)))) {
            b.start(new RecordingListener());
            Socket silent = dial(B);
            Socket slow = dial(B);
            send(slow, new Hello(Link.WAL, A, B, "cluster-1").encode().limit(20));

            assertClosed(silent);
            assertClosed(slow);
            await(() -> b.acceptedThreads().isEmpty());
        }
    }

    @Test
    void onlySoManyMayBeUnknownAtOneTimeAndTheirPlacesComeFreeAgain() throws IOException {
        try (var b = open(B, "cluster-1", limits(Duration.ofMinutes(5), Duration.ofMinutes(5)))) {
            b.start(new RecordingListener());
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                silent.add(dial(B));
            }
            for (Socket refused : silent.subList(8, 30)) {
                assertClosed(refused);
            }
            assertEquals(8, b.acceptedThreads().size());

            for (Socket known : silent.subList(0, 8)) {
                known.close();
            }
            await(() -> b.acceptedThreads().isEmpty());
            try (Socket next = dialAsA(B, Link.WAL)) {
                await(() -> b.isConnected(A, Link.WAL));
            }
        }
    }

    @Test
    void aPeerThatAnnouncesAnOversizeFrameIsCutOff() throws IOException {
        Node b = start(B);
        for (int length : new int[] {FRAME_BYTES_MAX + 1, Integer.MAX_VALUE, -2, 0x80000000}) {
            Socket socket = dialAsA(B, Link.WAL);
            send(socket, ints(4, 77, length));
            assertClosed(socket);
        }
        await(() -> b.heard.linkEvents("A", Link.WAL).size() == 8);
        assertEquals(4, b.heard.frames(A, Link.WAL).size());
    }

    @Test
    void aLinkFromWhichNothingComesIsGivenUp() throws IOException {
        var b = open(B, "cluster-1", limits(Duration.ofSeconds(5), Duration.ofMillis(300)));
        var node = new RecordingListener();
        try (b) {
            b.start(node);
            try (Socket socket = dial(B)) {
                send(socket, new Hello(Link.WAL, A, B, "cluster-1").encode());
                answer(socket);
                await(() -> node.linkEvents("A", Link.WAL).size() == 2);
                assertEquals(
                        List.of("connected A WAL", "disconnected A WAL"),
                        node.linkEvents("A", Link.WAL));
            }
        }
    }

    @Test
    void anIdleLinkStaysUpByItsPings() throws IOException {
        TcpLimits limits = limits(Duration.ofSeconds(5), Duration.ofMillis(500));
        var b = open(B, "cluster-1", limits);
        var a = open(A, "cluster-1", limits);
        var heard = new RecordingListener();
        try (a;
                b) {
            b.start(heard);
            a.start(new RecordingListener());
            a.peers(Map.of(B, addressOf(B)));
            await(() -> a.isConnected(B, Link.WAL));
            letTimePass();
            letTimePass();
            letTimePass();
            letTimePass();
            assertEquals(List.of("connected A WAL"), heard.linkEvents("A", Link.WAL));
            assertEquals(List.of(), heard.frames(A, Link.WAL), "a ping is no frame");
        }
    }

    @Test
    void aNewerConnectionTakesThePlaceOfADeadOne() throws IOException {
        Node b = start(B);
        try (Socket old = dialAsA(B, Link.WAL)) {
            await(() -> b.transport.isConnected(A, Link.WAL));
            try (Socket next = dialAsA(B, Link.WAL)) {
                assertClosed(old);
                send(next, ints(4, 1));
                await(() -> b.heard.frames(A, Link.WAL).size() == 1);
                assertEquals(
                        List.of("connected A WAL", "disconnected A WAL", "connected A WAL"),
                        b.heard.linkEvents("A", Link.WAL));
            }
        }
    }

    @Test
    void framesInDribsAndDrabsArriveWhole() throws IOException {
        Node b = start(B);
        try (Socket socket = dialAsA(B, Link.WAL)) {
            socket.setTcpNoDelay(true);
            ByteBuffer bytes = ints(8, 1, 2, FrameReader.PING, 0, FrameReader.PING, 4, 3);
            for (int i = 0; i < bytes.limit(); i++) {
                socket.getOutputStream().write(bytes.get(i));
            }
            await(() -> b.heard.frames(A, Link.WAL).size() == 3);
            assertEquals(List.of(ints(1, 2), ints(), ints(3)), b.heard.frames(A, Link.WAL));
        }
    }

    @Test
    void theBytesOfTheHandshakeArePinned() {
        assertEquals(
                "534c5052"
                        + "0001"
                        + "01"
                        + "02"
                        + "00000000000000000000000000000001"
                        + "00000000000000000000000000000002"
                        + "6331"
                        + "ac2152f8",
                HexFormat.of().formatHex(new Hello(Link.WAL, A, B, "c1").encode().array()));
        assertEquals(
                "534c5052" + "0001" + "03" + "00000000000000000000000000000002" + "3d019509",
                HexFormat.of().formatHex(new Answer(Answer.Verdict.NOT_ME, B).encode().array()));
    }

    @Test
    void addressesMayHaveNamesOrNumbers() throws IOException {
        assertEquals(new InetSocketAddress("127.0.0.1", 80), Dialler.parse("127.0.0.1:80"));
        assertEquals(new InetSocketAddress("::1", 81), Dialler.parse("[::1]:81"));
        for (String wrong : List.of("", "host", "host:", ":x", "h:99999")) {
            assertThrows(IOException.class, () -> Dialler.parse(wrong), wrong);
        }
    }
}
