package sluice.log.wal.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.lane.Delay;
import sluice.log.lane.VirtualTime;
import sluice.log.peer.memory.MemoryNetwork;
import sluice.log.peer.memory.NetworkLimits;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.SegmentId;
import sluice.log.wal.memory.MemoryWalDisk;

/** The world of one wal, one seed: four nodes, of which the first owns the wal at the start. */
final class WalWorld {

    static final UUID WAL = new UUID(7, 7);
    static final int REPLICAS = 3;

    private static final int NODES = 4;
    private static final Delay LATENCY = Delay.ofMicros(50, 2_000);
    private static final NetworkLimits NETWORK =
            new NetworkLimits(
                    1 << 20, 1 << 22, Duration.ofMillis(80), Delay.ofMicros(1_000, 20_000));

    final Breakage breakage;
    final VirtualTime time;
    final RandomGenerator dice;
    final MemoryNetwork network;
    final Ledger ledger;
    final Coverage coverage = new Coverage();
    final WalChain chain;

    private final long seed;
    private final Map<UUID, WalNode> nodes = new TreeMap<>();
    private final List<WalRecoverer> recoverers = new ArrayList<>();
    private final WalOwner owner;
    private final WalNode ownerNode;
    private int nextNode;

    WalWorld(long seed, Breakage breakage) {
        this.seed = seed;
        this.breakage = breakage;
        this.time = new VirtualTime(seed);
        this.dice = time.random();
        this.network = new MemoryNetwork(dice, LATENCY, NETWORK);
        this.ledger = new Ledger("seed=" + seed + " breakage=" + breakage);
        for (int i = 0; i < NODES; i++) {
            addNode();
        }
        List<UUID> ids = diskIds();
        List<UUID> first = ids.subList(0, REPLICAS);
        List<UUID> peersOnly = ids.subList(NODES - REPLICAS, NODES);
        time.runFor(Duration.ofMillis(200));
        chain = new WalChain(List.copyOf(first), List.copyOf(peersOnly));
        ownerNode = nodes.values().iterator().next();
        owner = new WalOwner(this, ownerNode, first, peersOnly);
        ownerNode.own(owner);
    }

    static SegmentId segment(int index) {
        return new SegmentId(WAL, index);
    }

    /**
     * In some worlds disks are damaged so that nobody can see it (the end of a copy is gone): these
     * are safe only if all that are left are asked. In the others any one member must do.
     */
    boolean everyCopyIsAsked() {
        return seed % 4 == 0;
    }

    private WalNode addNode() {
        var node = new WalNode(this, new UUID(0, ++nextNode));
        nodes.put(node.id, node);
        tellPeers();
        return node;
    }

    void tellPeers() {
        Map<UUID, String> addresses = new TreeMap<>();
        nodes.keySet().forEach(id -> addresses.put(id, id + ":1"));
        nodes.values().forEach(node -> node.peers(addresses));
    }

    List<UUID> diskIds() {
        return List.copyOf(nodes.keySet().stream().sorted().toList());
    }

    Optional<WalNode> node(UUID disk) {
        return Optional.ofNullable(nodes.get(disk));
    }

    List<WalNode> nodes() {
        return List.copyOf(nodes.values());
    }

    WalNode anyNode() {
        return nodes().get(dice.nextInt(nodes.size()));
    }

    WalNode ownerNode() {
        return ownerNode;
    }

    WalOwner owner() {
        return owner;
    }

    boolean ownerLives() {
        return ownerNode.isOwner();
    }

    void append(int count) {
        List<ByteBuffer> payloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int bytes = dice.nextInt(12) == 0 ? dice.nextInt(5_000) : dice.nextInt(200);
            byte[] payload = new byte[bytes];
            dice.nextBytes(payload);
            payloads.add(ByteBuffer.wrap(payload));
        }
        owner.append(payloads);
    }

    void startRecoverer() {
        recoverers.add(new WalRecoverer(this, "recoverer " + recoverers.size()));
    }

    @Nullable WalRecoverer anyRecoverer() {
        return recoverers.isEmpty() ? null : recoverers.get(dice.nextInt(recoverers.size()));
    }

    boolean recoveryIsUnderWay() {
        return recoverers.stream().anyMatch(recoverer -> !recoverer.isDone());
    }

    /** The disk is empty: another disk, that is, unless that rule is broken. */
    void wipe(WalNode node) {
        coverage.count(Coverage.Of.DISKS_WIPED);
        node.crash();
        node.disk().wipe(node.id);
        if (breakage == Breakage.WIPED_DISK_KEEPS_ITS_ID) {
            node.damaged = true;
            node.restart();
            tellPeers();
        } else {
            nodes.remove(node.id);
            addNode();
        }
    }

    void restartAll() {
        nodes().forEach(WalNode::restart);
        network.healAll();
        tellPeers();
    }

    void sealed(List<Ledger.Recovered> log) {
        if (ownerLives() && !owner.isStopped()) {
            coverage.count(Coverage.Of.OWNERS_ALIVE_AT_SEAL);
        }
        ledger.sealed(log);
    }

    @Override
    public String toString() {
        return "chain=%s up=%s recoverers=%s"
                .formatted(
                        chain.links(),
                        nodes.values().stream().filter(WalNode::isUp).map(node -> node.id).toList(),
                        recoverers);
    }

    void trimAll() {
        List<SegmentId> all = chain.links().stream().map(link -> segment(link.index())).toList();
        nodes().forEach(node -> node.trim(all));
    }

    void checkCopies() {
        nodes().forEach(node -> node.checkCopies(ledger));
    }

    /** What is being committed survives a power cut of every member, now. */
    void checkDurable(long sequence, List<UUID> members, int index) {
        if (ledger.isSealed() || dice.nextInt(8) != 0) {
            return;
        }
        for (UUID disk : members) {
            WalNode node = nodes.get(disk);
            if (node == null || node.damaged) {
                continue;
            }
            MemoryWalDisk afterPowerCut = node.disk().snapshot(Runnable::run);
            afterPowerCut.powerCut();
            ledger.check(
                    endOf(afterPowerCut, segment(index)) > sequence,
                    "committed and not durable: entry %d of segment %d on node %s"
                            .formatted(sequence, index, disk));
        }
    }

    private static long endOf(MemoryWalDisk disk, SegmentId segment) {
        try {
            return SegmentCopy.scan(disk, segment).map(SegmentCopy.Extent::end).orElse(-1L);
        } catch (IOException | SluiceException e) {
            return -1;
        }
    }
}
