package sluice.log.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.peer.PeerTransport.Link;

/** What every transport keeps. Frames of at most 20 MiB, queues of 24 MiB. */
public abstract class PeerTransportContract {

    protected static final int FRAME_BYTES_MAX = 20 << 20;
    protected static final long QUEUE_BYTES_MAX = 24L << 20;

    protected static final UUID A = new UUID(0, 1);
    protected static final UUID B = new UUID(0, 2);
    protected static final UUID C = new UUID(0, 3);

    /** One process at a node. */
    public static final class Node {
        public final UUID id;
        public final PeerTransport transport;
        public final RecordingListener heard = new RecordingListener();

        Node(UUID id, PeerTransport transport) {
            this.id = id;
            this.transport = transport;
            transport.start(heard);
        }
    }

    private final Map<UUID, Node> nodes = new HashMap<>();

    /** A new process at a node; one that was there before is closed. */
    protected abstract PeerTransport open(UUID node);

    protected abstract String addressOf(UUID node);

    /** Lets time pass until the condition holds, or fails. */
    protected abstract void await(BooleanSupplier condition);

    /** Lets enough time pass for what should not happen. */
    protected abstract void letTimePass();

    /** Lets nothing reach this node until the result is run. */
    protected abstract Runnable hold(Node node);

    @AfterEach
    void closeAll() {
        nodes.values().forEach(node -> node.transport.close());
    }

    protected final Node start(UUID id) {
        var node = new Node(id, open(id));
        nodes.put(id, node);
        return node;
    }

    /** Tells each of the nodes of all of them. */
    protected final void introduce(Node... all) {
        Map<UUID, String> addresses = new HashMap<>();
        for (Node node : all) {
            addresses.put(node.id, addressOf(node.id));
        }
        for (Node node : all) {
            node.transport.peers(addresses);
        }
    }

    protected final void awaitLinks(Node... all) {
        for (Node one : all) {
            for (Node other : all) {
                for (Link link : Link.values()) {
                    await(() -> one.transport.isConnected(other.id, link));
                }
            }
        }
    }

    private Node[] connected(UUID... ids) {
        Node[] all = new Node[ids.length];
        for (int i = 0; i < ids.length; i++) {
            all[i] = start(ids[i]);
        }
        introduce(all);
        awaitLinks(all);
        return all;
    }

    @Test
    void beforeItIsStartedThereAreNoLinksAndNothingIsSent() {
        PeerTransport transport = open(A);

        assertFalse(transport.isConnected(A, Link.CALL));
        assertFalse(transport.send(A, Link.CALL, ByteBuffer.allocate(1)));
        assertFalse(transport.send(B, Link.WAL, ByteBuffer.allocate(1)));
        transport.close();
    }

    @Test
    void framesArriveWholeInOrderAndOnTheirLinkBothWays() {
        Node[] node = connected(A, B);
        for (int i = 0; i < 2_000; i++) {
            assertTrue(node[0].transport.send(B, Link.WAL, ints(i), ints(-i)));
            assertTrue(node[1].transport.send(A, Link.CALL, ints(i, i, i)));
        }

        await(() -> node[1].heard.frames(A, Link.WAL).size() >= 2_000);
        await(() -> node[0].heard.frames(B, Link.CALL).size() >= 2_000);
        for (int i = 0; i < 2_000; i++) {
            assertEquals(ints(i, -i), node[1].heard.frames(A, Link.WAL).get(i));
            assertEquals(ints(i, i, i), node[0].heard.frames(B, Link.CALL).get(i));
        }
        assertEquals(List.of(), node[1].heard.frames(A, Link.CALL));
        assertEquals(List.of(), node[0].heard.frames(B, Link.WAL));
    }

    @Test
    void framesOfAllSizesArriveInBuffersThatStayAsTheyAre() {
        Node[] node = connected(A, B);
        List<ByteBuffer> sent = new ArrayList<>();
        var random = new SplittableRandom(4711);
        int[] edges = {0, 1, 3, 4, 65_535, 262_139, 262_140, 262_141, 262_144, 262_148, 1 << 20};
        for (int i = 0; i < 300; i++) {
            int size = i < edges.length ? edges[i] : random.nextInt(i % 10 == 0 ? 400_000 : 9_000);
            ByteBuffer frame = ByteBuffer.allocateDirect(size);
            while (frame.hasRemaining()) {
                frame.put((byte) random.nextInt());
            }
            sent.add(frame.flip());
            ByteBuffer whole = frame.duplicate();
            await(() -> node[0].transport.send(B, Link.WAL, whole));
        }

        await(() -> node[1].heard.frames(A, Link.WAL).size() >= sent.size());
        List<ByteBuffer> received = node[1].heard.frames(A, Link.WAL);
        for (int i = 0; i < sent.size(); i++) {
            assertEquals(0, received.get(i).position(), "frame " + i);
            assertEquals(sent.get(i), received.get(i), "frame " + i);
        }
    }

    @Test
    void theLargestFrameArrivesAndALargerOneIsRefused() {
        Node[] node = connected(A, B);
        ByteBuffer largest = ByteBuffer.allocate(FRAME_BYTES_MAX);
        for (int i = 0; i < FRAME_BYTES_MAX; i += 4) {
            largest.putInt(i, i * 31);
        }

        assertTrue(node[1].transport.send(A, Link.CALL, largest.duplicate()));
        await(() -> node[0].heard.frames(B, Link.CALL).size() == 1);
        assertEquals(largest, node[0].heard.frames(B, Link.CALL).getFirst());

        for (UUID receiver : List.of(A, B)) {
            SluiceException refused =
                    assertThrows(
                            SluiceException.class,
                            () ->
                                    node[1].transport.send(
                                            receiver, Link.CALL, largest.duplicate(), ints(1)));
            assertEquals(Kind.INVALID, refused.kind());
            assertEquals("frame-too-large", refused.code());
        }
    }

    @Test
    void framesToOneselfLoopBackWithoutANetworkAndNotOnTheCallersStack() {
        Node node = start(A);
        await(() -> node.heard.linkEvents("A", Link.WAL).size() == 1);
        ByteBuffer mine = ints(7);

        assertTrue(node.transport.isConnected(A, Link.WAL));
        Runnable release = hold(node);
        assertTrue(node.transport.send(A, Link.WAL, mine.duplicate(), ints(8)));
        assertEquals(List.of(), node.heard.frames(A, Link.WAL));
        release.run();

        await(() -> node.heard.frames(A, Link.WAL).size() == 1);
        ByteBuffer received = node.heard.frames(A, Link.WAL).getFirst();
        assertEquals(ints(7, 8), received);
        received.putInt(0, 99);
        assertEquals(7, mine.getInt(0), "what was received is the receiver's own");
    }

    @Test
    void aLinkIsToldUpBeforeItsFirstFrameAndOnce() {
        Node[] node = connected(A, B);
        node[0].transport.send(B, Link.WAL, ints(1));
        await(() -> !node[1].heard.frames(A, Link.WAL).isEmpty());
        // A link is there before its receiver's lane is told so.
        await(() -> !node[0].heard.linkEvents("B", Link.CALL).isEmpty());

        assertEquals(List.of("connected A WAL"), node[1].heard.linkEvents("A", Link.WAL));
        assertEquals(List.of("connected B CALL"), node[0].heard.linkEvents("B", Link.CALL));
        List<String> events = node[1].heard.events();
        assertTrue(events.indexOf("connected A WAL") < events.indexOf("received A WAL"));
    }

    @Test
    void whoIsNotListedOrNotThereIsRefusedAtOnce() {
        Node node = start(A);
        assertFalse(node.transport.send(B, Link.WAL, ints(1)));
        Node other = start(B);
        introduce(node, other);
        awaitLinks(node, other);

        assertFalse(node.transport.send(C, Link.WAL, ints(1)));
        assertFalse(node.transport.isConnected(C, Link.WAL));
    }

    @Test
    void aNewGatewayIsAnsweredThoughItIsNotListedYet() {
        Node known = start(B);
        Node newcomer = start(A);
        newcomer.transport.peers(Map.of(B, addressOf(B)));
        await(() -> newcomer.transport.isConnected(B, Link.CALL));
        newcomer.transport.send(B, Link.CALL, ints(1));
        await(() -> !known.heard.frames(A, Link.CALL).isEmpty());

        known.transport.peers(Map.of(C, "127.0.0.1:1"));
        known.transport.peers(Map.of());

        assertTrue(known.transport.send(A, Link.CALL, ints(2)));
        await(() -> !newcomer.heard.frames(B, Link.CALL).isEmpty());
    }

    @Test
    void aPeerThatIsListedNoMoreIsCutOffUntilItIsListedAgain() {
        Node[] node = connected(A, B, C);

        node[0].transport.peers(Map.of(C, addressOf(C)));

        await(() -> !node[0].transport.isConnected(B, Link.WAL));
        await(() -> !node[0].transport.isConnected(B, Link.CALL));
        await(() -> node[1].heard.linkEvents("A", Link.WAL).size() == 2);
        letTimePass();
        assertFalse(node[0].transport.isConnected(B, Link.WAL));
        assertTrue(node[0].transport.isConnected(C, Link.WAL));
        assertEquals(1, node[2].heard.linkEvents("A", Link.WAL).size());

        introduce(node);
        awaitLinks(node);
    }

    @Test
    void aPeerThatIsListedNoMoreButDialsAgainIsTakenForANewcomer() {
        Node[] node = connected(A, B);

        node[1].transport.peers(Map.of());

        await(() -> node[0].heard.linkEvents("B", Link.WAL).size() == 3);
        assertEquals(
                List.of("connected B WAL", "disconnected B WAL", "connected B WAL"),
                node[0].heard.linkEvents("B", Link.WAL));
    }

    @Test
    void aPeerThatRestartsIsFoundAgainWhoeverDials() {
        for (UUID restarting : List.of(A, B)) {
            Node[] node = connected(A, B);
            Node staying = restarting.equals(A) ? node[1] : node[0];
            String name = restarting.equals(A) ? "A" : "B";
            staying.transport.send(restarting, Link.WAL, ints(1));

            (restarting.equals(A) ? node[0] : node[1]).transport.close();
            await(() -> staying.heard.linkEvents(name, Link.WAL).size() == 2);
            Node next = start(restarting);
            introduce(staying, next);

            await(() -> staying.transport.isConnected(restarting, Link.WAL));
            await(() -> next.transport.isConnected(staying.id, Link.WAL));
            staying.transport.send(restarting, Link.WAL, ints(2));
            await(() -> !next.heard.frames(staying.id, Link.WAL).isEmpty());
            assertEquals(ints(2), next.heard.frames(staying.id, Link.WAL).getFirst());
            assertEquals(
                    List.of(
                            "connected " + name + " WAL",
                            "disconnected " + name + " WAL",
                            "connected " + name + " WAL"),
                    staying.heard.linkEvents(name, Link.WAL));
            staying.transport.close();
            next.transport.close();
        }
    }

    @Test
    void aFullQueueRefusesAtOnceAndWhatItTookArrives() {
        Node[] node = connected(A, B);
        Runnable release = hold(node[1]);
        ByteBuffer large = ByteBuffer.allocate(1 << 20);
        int taken = 0;
        while (taken < 200 && node[0].transport.send(B, Link.WAL, large.duplicate())) {
            taken++;
        }
        assertTrue(taken >= 23 && taken < 200, "taken: " + taken);
        assertTrue(node[0].transport.send(B, Link.CALL, ints(1)), "each link has its own queue");

        release.run();
        int expected = taken;
        await(() -> node[1].heard.frames(A, Link.WAL).size() >= expected);
        assertTrue(node[0].transport.send(B, Link.WAL, ints(1)), "there is room again");
        await(() -> node[1].heard.frames(A, Link.WAL).size() > expected);
        assertEquals(ints(1), node[1].heard.frames(A, Link.WAL).getLast());
    }

    @Test
    void theQueueToOneselfIsBoundedToo() {
        Node node = start(A);
        await(() -> node.heard.linkEvents("A", Link.WAL).size() == 1);
        Runnable release = hold(node);
        ByteBuffer large = ByteBuffer.allocate(1 << 20);
        int taken = 0;
        while (taken < 200 && node.transport.send(A, Link.WAL, large.duplicate())) {
            taken++;
        }
        release.run();

        assertTrue(taken >= 23 && taken < 30, "taken: " + taken);
        int expected = taken;
        await(() -> node.heard.frames(A, Link.WAL).size() == expected);
    }

    @Test
    void aClosedTransportHasNoLinksAndTakesNothing() {
        Node[] node = connected(A, B);

        node[0].transport.close();

        assertFalse(node[0].transport.isConnected(B, Link.WAL));
        assertFalse(node[0].transport.isConnected(A, Link.WAL));
        assertFalse(node[0].transport.send(B, Link.WAL, ints(1)));
        assertFalse(node[0].transport.send(A, Link.WAL, ints(1)));
        assertEquals(
                List.of("connected B WAL", "disconnected B WAL"),
                node[0].heard.linkEvents("B", Link.WAL));
        await(() -> !node[1].transport.isConnected(A, Link.WAL));
    }

    protected static ByteBuffer ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.flip();
    }
}
