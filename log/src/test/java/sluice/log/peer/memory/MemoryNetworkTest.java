package sluice.log.peer.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import sluice.log.lane.Delay;
import sluice.log.lane.VirtualTime;
import sluice.log.peer.PeerTransport;
import sluice.log.peer.PeerTransport.Link;
import sluice.log.peer.PeerTransportContract;
import sluice.log.peer.RecordingListener;

class MemoryNetworkTest extends PeerTransportContract {

    private static final NetworkLimits LIMITS =
            new NetworkLimits(
                    FRAME_BYTES_MAX,
                    QUEUE_BYTES_MAX,
                    Duration.ofSeconds(4),
                    Delay.ofMicros(25_000, 1_000_000));

    private final VirtualTime time = new VirtualTime(4711);
    private final MemoryNetwork network = networkOf(time);
    private final Map<UUID, VirtualTime.Scope> scopes = new HashMap<>();

    private static MemoryNetwork networkOf(VirtualTime time) {
        return new MemoryNetwork(time.random(), Delay.ofMicros(50, 5_000), LIMITS);
    }

    @Override
    protected PeerTransport open(UUID node) {
        VirtualTime.Scope scope = time.scope("node-" + node.getLeastSignificantBits());
        scopes.put(node, scope);
        return network.transport(node, scope);
    }

    @Override
    protected String addressOf(UUID node) {
        return "memory:1";
    }

    @Override
    protected void await(BooleanSupplier condition) {
        assertTrue(time.runUntil(condition, Duration.ofMinutes(1)));
    }

    @Override
    protected void letTimePass() {
        time.runFor(Duration.ofSeconds(10));
    }

    @Override
    protected Runnable hold(Node node) {
        return () -> {};
    }

    @Test
    void f10ACutOneWayIsNoticedBySilenceAndTheLinkComesBackAfterItHeals() {
        Node a = start(A);
        Node b = start(B);
        introduce(a, b);
        awaitLinks(a, b);

        network.cut(A, B);
        assertTrue(a.transport.send(B, Link.WAL, ints(1)));
        assertTrue(b.transport.send(A, Link.WAL, ints(2)));
        time.runFor(Duration.ofSeconds(3));
        assertEquals(1, a.heard.frames(B, Link.WAL).size(), "the other way is open");
        assertEquals(0, b.heard.frames(A, Link.WAL).size());
        assertTrue(b.transport.isConnected(A, Link.WAL));
        time.runFor(Duration.ofSeconds(2));
        assertFalse(b.transport.isConnected(A, Link.WAL));
        assertFalse(a.transport.isConnected(B, Link.WAL), "the reset got through");
        time.runFor(Duration.ofSeconds(30));
        assertFalse(a.transport.isConnected(B, Link.WAL));

        network.heal(A, B);
        awaitLinks(a, b);
        assertEquals(0, b.heard.frames(A, Link.WAL).size(), "lost with its connection");
    }

    @Test
    void aShortCutDelaysAndLosesNothing() {
        Node a = start(A);
        Node b = start(B);
        introduce(a, b);
        awaitLinks(a, b);

        network.cutOff(B);
        for (int i = 0; i < 100; i++) {
            assertTrue(a.transport.send(B, Link.WAL, ints(i)));
        }
        time.runFor(Duration.ofSeconds(2));
        assertEquals(0, b.heard.frames(A, Link.WAL).size());
        network.healAll();
        await(() -> b.heard.frames(A, Link.WAL).size() == 100);

        for (int i = 0; i < 100; i++) {
            assertEquals(ints(i), b.heard.frames(A, Link.WAL).get(i));
        }
        time.runFor(Duration.ofSeconds(30));
        assertEquals(1, a.heard.linkEvents("B", Link.WAL).size(), "the link stayed up");
    }

    @Test
    void aResetLosesWhatIsInFlightOnItsLinkAlone() {
        Node a = start(A);
        Node b = start(B);
        introduce(a, b);
        awaitLinks(a, b);
        a.transport.send(B, Link.WAL, ints(1));
        a.transport.send(B, Link.CALL, ints(2));

        network.reset(A, B, Link.WAL);
        await(() -> a.heard.linkEvents("B", Link.WAL).size() == 3);
        await(() -> b.heard.linkEvents("A", Link.WAL).size() == 3);
        awaitLinks(a, b);

        assertEquals(0, b.heard.frames(A, Link.WAL).size());
        assertEquals(1, b.heard.frames(A, Link.CALL).size());
        assertEquals(1, a.heard.linkEvents("B", Link.CALL).size());
    }

    @Test
    void aCrashedProcessHearsNothingAndItsPeersLoseTheirLinks() {
        Node a = start(A);
        Node b = start(B);
        introduce(a, b);
        awaitLinks(a, b);
        a.transport.send(B, Link.WAL, ints(1));
        List<String> before = b.heard.events();

        VirtualTime.Scope scope = scopes.get(B);
        assertTrue(scope != null);
        scope.kill();
        network.crash(B);

        await(() -> !a.transport.isConnected(B, Link.WAL));
        time.runFor(Duration.ofSeconds(10));
        assertEquals(before, b.heard.events());
        Node next = start(B);
        next.transport.peers(Map.of(A, ""));
        await(() -> a.transport.isConnected(B, Link.WAL));
    }

    @Test
    void aSlowWayIsSlowAlone() {
        Node a = start(A);
        Node b = start(B);
        introduce(a, b);
        awaitLinks(a, b);

        network.slow(A, B, Delay.ofMicros(900_000, 1_000_000));
        a.transport.send(B, Link.WAL, ints(1));
        b.transport.send(A, Link.WAL, ints(1));
        time.runFor(Duration.ofMillis(500));

        assertEquals(0, b.heard.frames(A, Link.WAL).size());
        assertEquals(1, a.heard.frames(B, Link.WAL).size());
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        assertEquals(run(1), run(1));
        assertNotEquals(run(1), run(2));
    }

    /** Three nodes that answer each frame with another while ways are cut and connections reset. */
    private static List<String> run(long seed) {
        List<String> trace = new ArrayList<>();
        var time = new VirtualTime(seed);
        time.traceTo(trace::add);
        MemoryNetwork network = networkOf(time);
        List<UUID> ids = List.of(A, B, C);
        Map<UUID, String> addresses = Map.of(A, "", B, "", C, "");
        int[] answered = {0};
        for (UUID id : ids) {
            PeerTransport transport =
                    network.transport(id, time.scope("node-" + id.getLeastSignificantBits()));
            var heard = new RecordingListener();
            transport.start(
                    new PeerTransport.Listener() {
                        @Override
                        public void connected(UUID peer, Link link) {
                            heard.connected(peer, link);
                            transport.send(peer, link, ints(1));
                        }

                        @Override
                        public void disconnected(UUID peer, Link link) {
                            heard.disconnected(peer, link);
                        }

                        @Override
                        public void received(UUID peer, Link link, ByteBuffer frame) {
                            answered[0]++;
                            transport.send(peer, link, frame);
                        }
                    });
            transport.peers(addresses);
        }
        for (int step = 0; step < 200; step++) {
            time.runFor(Duration.ofMillis(100));
            UUID one = ids.get(time.random().nextInt(3));
            UUID other = ids.get(time.random().nextInt(3));
            switch (time.random().nextInt(4)) {
                case 0 -> network.cut(one, other);
                case 1 -> network.healAll();
                case 2 -> network.reset(one, other, Link.WAL);
                default -> network.heal(one, other);
            }
        }
        network.healAll();
        int before = answered[0];
        time.runFor(Duration.ofSeconds(30));
        assertTrue(answered[0] > before + 1_000, "seed=" + seed + " answered=" + answered[0]);
        return trace;
    }
}
