package sluice.log.wal.protocol;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import sluice.log.lane.Background;
import sluice.log.lane.Delay;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.peer.PeerTransport;
import sluice.log.wal.WalEntry;
import sluice.log.wal.WalFrame;
import sluice.log.wal.WalMachine;
import sluice.log.wal.WalOutput;
import sluice.log.wal.protocol.WalChain.Link;
import sluice.log.wal.protocol.WalChain.SegmentPhase;

/** The owner's process: a {@link WalMachine}, its links, and its writes to the metadata. */
final class WalOwner implements WalOutput {

    private static final Duration TICK = Duration.ofMillis(1);
    private static final Delay METADATA = Delay.ofMicros(200, 8_000);
    private static final WalMachine.Limits LIMITS =
            new WalMachine.Limits(6_000, 60_000_000, 25_000_000, 60_000, 2_000);

    private final WalWorld world;
    private final WalNode node;
    private final Lane lane;
    private final PeerTransport transport;
    private final Background metadata;
    private final WalMachine machine;
    private int nextIndex = 2;
    private boolean writing;
    private Runnable pendingWrite = () -> {};
    private boolean wantsWrite;

    WalOwner(WalWorld world, WalNode node, List<UUID> firstMembers, List<UUID> nextMembers) {
        this.world = world;
        this.node = node;
        this.lane = node.lane();
        this.transport = node.transport();
        this.metadata = node.process().background(METADATA, METADATA);
        this.machine = new WalMachine(WalWorld.WAL, node.id, LIMITS, this);
        lane.execute(() -> {
            machine.open(0, firstMembers, lane.nowNs(), lane.wallMs());
            machine.prepared(1, nextMembers);
            tick();
        });
    }

    long hwm() {
        return machine.hwm();
    }

    boolean isDone() {
        return machine.isStopped() || machine.hwm() == machine.next();
    }

    @Override
    public String toString() {
        return "%s members=%s lost=%s prepared=%s wantsWrite=%s writing=%s wantsRoll=%s"
                .formatted(
                        machine,
                        machine.members(),
                        machine.lostMembers(),
                        machine.preparedMembers(),
                        wantsWrite,
                        writing,
                        machine.wantsRoll(lane.nowNs()));
    }

    boolean isStopped() {
        return machine.isStopped();
    }

    void flush() {
        machine.flush();
    }

    void append(List<ByteBuffer> payloads) {
        lane.execute(() -> {
            for (ByteBuffer payload : payloads) {
                if (machine.hasRoom(payload.remaining())) {
                    world.ledger.appended(machine.next(), payload.duplicate());
                    machine.append(
                            WalEntry.BATCH,
                            (byte) 1,
                            5,
                            1,
                            9,
                            3,
                            1,
                            0,
                            payload,
                            lane.nowNs(),
                            lane.wallMs());
                }
            }
        });
    }

    private void tick() {
        lane.schedule(TICK, this::tick);
        if (machine.hasPrepared()
                && machine.wantsRoll(lane.nowNs()).isPresent()
                && (preparedIsThere() || world.dice.nextInt(50) == 0)) {
            roll();
        } else if (machine.hasPrepared() && !writing && world.dice.nextInt(100) == 0) {
            replacePrepared();
        }
        if (wantsWrite && !writing) {
            pendingWrite.run();
        }
    }

    private boolean preparedIsThere() {
        return machine.preparedMembers().stream()
                .allMatch(disk -> transport.isConnected(disk, PeerTransport.Link.WAL));
    }

    void roll() {
        if (world.breakage == Breakage.ACKS_DURING_ROLL) {
            long end = machine.hwm();
            lane.schedule(Duration.ofMillis(3), () -> rollNow(end));
        } else {
            rollNow(-1);
        }
    }

    /** Set while rolling: the end as a broken owner chose it, or −1. */
    private long chosenEnd = -1;

    private void rollNow(long end) {
        chosenEnd = end;
        machine.roll(lane.nowNs(), lane.wallMs());
    }

    @Override
    public void rolled(int oldIndex, int rolledTo, long end) {
        world.coverage.count(Coverage.Of.ROLLS);
        if (machine.next() > machine.hwm()) {
            world.coverage.count(Coverage.Of.ROLLS_SENDING_AGAIN);
        }
        long recorded = chosenEnd >= 0 ? chosenEnd : end;
        write(prepared -> world.chain.roll(oldIndex, rolledTo, recorded, prepared));
    }

    /** The metadata is asked for another PREPARED segment in the place of the present one. */
    private void replacePrepared() {
        if (choose().size() == WalWorld.REPLICAS) {
            machine.unprepare();
            world.coverage.count(Coverage.Of.PREPARED_REPLACED);
            write(world.chain::prepareInstead);
        }
    }

    private interface ChainWrite {
        boolean to(Link prepared);
    }

    /** One write at a time; it waits until there are enough disks for the prepared segment. */
    private void write(ChainWrite chainWrite) {
        wantsWrite = true;
        pendingWrite =
                () -> {
                    List<UUID> members = choose();
                    if (members.size() < WalWorld.REPLICAS) {
                        return;
                    }
                    wantsWrite = false;
                    writing = true;
                    var prepared = new Link(nextIndex++, members, SegmentPhase.PREPARED, 0, 0);
                    metadata.run(
                            lane,
                            () -> chainWrite.to(prepared),
                            outcome -> written(prepared, outcome));
                };
        if (!writing) {
            pendingWrite.run();
        }
    }

    private void written(Link prepared, Outcome<Boolean> outcome) {
        writing = false;
        if (outcome instanceof Outcome.Success<Boolean>(var done) && done) {
            machine.prepared(prepared.index(), prepared.members());
        } else {
            world.coverage.count(Coverage.Of.OWNERS_REFUSED_BY_METADATA);
            machine.stop();
        }
    }

    /** Peers only where there are enough of them; members that were lost before only at need. */
    private List<UUID> choose() {
        List<UUID> chosen = new ArrayList<>();
        List<UUID> lost = machine.lostMembers();
        for (UUID disk : world.diskIds()) {
            if (!disk.equals(node.id) && transport.isConnected(disk, PeerTransport.Link.WAL)) {
                chosen.add(lost.contains(disk) ? chosen.size() : 0, disk);
            }
        }
        if (chosen.size() < WalWorld.REPLICAS || world.dice.nextInt(3) == 0) {
            chosen.addFirst(node.id);
        }
        return List.copyOf(chosen.subList(0, Math.min(WalWorld.REPLICAS, chosen.size())));
    }

    void received(UUID from, WalFrame frame) {
        WalFrame taken = frame;
        if (frame instanceof WalFrame.Durable(var segment, var end)
                && segment.index() < machine.segment()) {
            world.coverage.count(Coverage.Of.LATE_ACKS_DROPPED);
            if (world.breakage == Breakage.LATE_ACKS_COUNT) {
                taken = new WalFrame.Durable(WalWorld.segment(machine.segment()), end);
            }
        }
        if (frame instanceof WalFrame.Refused) {
            world.coverage.count(Coverage.Of.REFUSED_FRAMES);
        }
        machine.received(from, taken);
    }

    void disconnected(UUID peer) {
        machine.disconnected(peer);
    }

    @Override
    public boolean send(UUID member, ByteBuffer... frame) {
        int bytes = 0;
        for (ByteBuffer part : frame) {
            bytes += part.remaining();
        }
        ByteBuffer whole = ByteBuffer.allocate(bytes);
        for (ByteBuffer part : frame) {
            whole.put(part.duplicate());
        }
        world.ledger.sent(WalFrame.decode(whole.flip()));
        return transport.send(member, PeerTransport.Link.WAL, frame);
    }

    @Override
    public void entryCommitted(long sequence, int segment, long position, int bytes) {
        world.coverage.count(Coverage.Of.COMMITS);
        if (world.chain.phase() != WalChain.Phase.OPEN) {
            world.coverage.count(Coverage.Of.COMMITS_AFTER_FENCING_BEGAN);
        }
        world.ledger.committed(sequence, segment, position);
        world.checkDurable(sequence, machine.members(), segment);
    }

    @Override
    public void committed(long hwm) {
        world.ledger.committedUpTo(hwm);
    }

    @Override
    public void ownerDurable(long end) {}

    @Override
    public void memberDurable(UUID member, long end) {}

    @Override
    public void fenced() {
        world.coverage.count(Coverage.Of.OWNERS_FENCED);
    }
}
