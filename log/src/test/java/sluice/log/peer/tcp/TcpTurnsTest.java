package sluice.log.peer.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.log.Eventually;
import sluice.log.lane.SystemClock;
import sluice.log.lane.Turn;
import sluice.log.peer.PeerTransport;
import sluice.log.peer.PeerTransport.Link;

/** Two nodes, and what one sends the other in one turn. */
class TcpTurnsTest {

    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);

    private TcpPeerTransport one;
    private TcpPeerTransport other;

    /** Frames that the other received on its link of calls, by their first number. */
    private final List<Integer> received = new CopyOnWriteArrayList<>();

    /** Whether the last frame of each link was received in a turn. */
    private final Map<Link, Boolean> inTurns = new EnumMap<>(Link.class);

    private final class Receiver implements PeerTransport.Listener {
        @Override
        public void connected(UUID peer, Link link) {}

        @Override
        public void disconnected(UUID peer, Link link) {}

        @Override
        public void received(UUID peer, Link link, ByteBuffer frame) {
            synchronized (inTurns) {
                inTurns.put(link, Turn.atEnd(() -> {}));
            }
            if (link == Link.CALL) {
                received.add(frame.getInt(0));
            }
        }
    }

    private TcpPeerTransport open(UUID node) throws IOException {
        var transport =
                TcpPeerTransport.open(
                        node,
                        "cluster-1",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        TcpLimits.DEFAULT,
                        new SystemClock(),
                        new SplittableRandom(node.getLeastSignificantBits()));
        transport.start(new Receiver());
        return transport;
    }

    @BeforeEach
    void connect() throws IOException {
        one = open(A);
        other = open(B);
        var addresses = Map.of(A, "127.0.0.1:" + one.port(), B, "127.0.0.1:" + other.port());
        one.peers(addresses);
        other.peers(addresses);
        for (Link link : Link.values()) {
            Eventually.holds(() -> one.isConnected(B, link) && other.isConnected(A, link));
        }
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
    }

    private void send(Link link, int number, int bytes) {
        assertTrue(one.send(B, link, ByteBuffer.allocate(bytes).putInt(0, number)));
    }

    /** Long enough for what should not happen. */
    private static void letTimePass() {
        try {
            assertFalse(new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Now and then the writer's thread is awake and takes them before, which it may. */
    @Test
    void framesOfATurnGoOutAtItsEndInTheirOrder() {
        Eventually.holds(this::isSentAtTheEnd);

        for (int i = 0; i < received.size(); i++) {
            assertEquals(i, received.get(i));
        }
    }

    /** Sends a hundred frames more, and is true if none of them came before the turn's end. */
    private boolean isSentAtTheEnd() {
        int before = received.size();
        int come;
        try (Turn _ = Turn.open()) {
            for (int i = 0; i < 100; i++) {
                send(Link.CALL, before + i, 8);
            }
            letTimePass();
            come = received.size() - before;
        }
        Eventually.holds(() -> received.size() == before + 100);
        return come == 0;
    }

    @Test
    void aTurnThatSendsMuchDoesNotWaitForItsEnd() {
        try (Turn _ = Turn.open()) {
            for (int i = 0; i < 3; i++) {
                send(Link.CALL, i, 30 << 10);
            }

            Eventually.holds(() -> received.size() == 3);
        }
    }

    @Test
    void whatAnotherThreadSendsMeanwhileTakesTheFramesAlong() throws Exception {
        try (Turn _ = Turn.open()) {
            send(Link.CALL, 1, 8);
            Thread.ofPlatform().start(() -> send(Link.CALL, 2, 8)).join();

            Eventually.holds(() -> received.size() == 2);
        }
        assertEquals(List.of(1, 2), received);
    }

    /** Who is given frames of a wal may have to wait for a disk. */
    @Test
    void callsOfOneReadAreOneTurnAndFramesOfAWalAreNone() {
        send(Link.CALL, 1, 8);
        send(Link.WAL, 1, 8);

        Eventually.holds(() -> {
            synchronized (inTurns) {
                return inTurns.size() == 2;
            }
        });
        assertEquals(Map.of(Link.CALL, true, Link.WAL, false), inTurns);
    }
}
