package sluice.log.wal.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.lane.Delay;
import sluice.log.lane.Lane;
import sluice.log.lane.VirtualTime;
import sluice.log.peer.PeerTransport;
import sluice.log.wal.Fenced;
import sluice.log.wal.MemberMachine;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalFrame;
import sluice.log.wal.memory.MemoryWalDisk;

/** A disk, and one process after another that uses it; the first of one node owns the wal. */
final class WalNode {

    private static final Delay SYNC = Delay.ofMicros(50, 3_000);
    private static final MemberMachine.Limits LIMITS =
            new MemberMachine.Limits(Duration.ofMillis(1), 2_000, 1 << 26, 0);

    private final WalWorld world;
    private final Map<SegmentId, Long> volatileFences = new HashMap<>();
    final UUID id;

    /** A fault took acknowledged bytes from this disk. */
    boolean damaged;

    private MemoryWalDisk disk;
    private VirtualTime.Scope process;
    private Lane lane;
    private PeerTransport transport;
    private MemberMachine member;
    private @Nullable WalOwner owner;

    WalNode(WalWorld world, UUID id) {
        this.world = world;
        this.id = id;
        this.process = world.time.scope("node " + id.getLeastSignificantBits());
        this.disk = new MemoryWalDisk(id, process.executor(SYNC));
        this.lane = newLane();
        this.transport = newTransport();
        this.member = newMember();
    }

    private Lane newLane() {
        return process.lane("lane", Integer.MAX_VALUE, this::flush);
    }

    private void flush() {
        if (owner != null) {
            owner.flush();
        }
    }

    private PeerTransport newTransport() {
        PeerTransport made = world.network.transport(id, process);
        made.start(
                new PeerTransport.Listener() {
                    @Override
                    public void connected(UUID peer, PeerTransport.Link link) {}

                    @Override
                    public void disconnected(UUID peer, PeerTransport.Link link) {
                        if (link == PeerTransport.Link.WAL) {
                            lane.execute(() -> lost(peer));
                        }
                    }

                    @Override
                    public void received(UUID peer, PeerTransport.Link link, ByteBuffer frame) {
                        WalFrame decoded = WalFrame.decode(frame);
                        lane.execute(() -> arrived(peer, decoded));
                    }
                });
        return made;
    }

    private MemberMachine newMember() {
        return new MemberMachine(
                lane,
                new BrokenDisk(disk, world.breakage, volatileFences),
                transport,
                LIMITS,
                (segment, cause) -> {
                    world.coverage.count(Coverage.Of.DISKS_FAILED);
                    crash();
                });
    }

    private void lost(UUID peer) {
        member.disconnected(peer);
        if (owner != null) {
            owner.disconnected(peer);
        }
    }

    private void arrived(UUID peer, WalFrame frame) {
        switch (frame) {
            case WalFrame.Open _, WalFrame.Append _ -> member.received(peer, frame);
            case WalFrame.Durable _, WalFrame.Refused _ -> {
                if (owner != null) {
                    owner.received(peer, frame);
                }
            }
        }
    }

    void own(WalOwner wal) {
        owner = wal;
    }

    boolean isUp() {
        return !process.isKilled();
    }

    boolean isOwner() {
        return owner != null && isUp();
    }

    Lane lane() {
        return lane;
    }

    VirtualTime.Scope process() {
        return process;
    }

    PeerTransport transport() {
        return transport;
    }

    MemoryWalDisk disk() {
        return disk;
    }

    void peers(Map<UUID, String> addresses) {
        if (isUp()) {
            transport.peers(addresses);
        }
    }

    void crash() {
        if (isUp()) {
            process.kill();
            owner = null;
            world.network.crash(id);
        }
    }

    void powerCut() {
        crash();
        countTornTails();
        disk.powerCut(world.dice);
        if (world.breakage == Breakage.FENCE_NOT_SYNCED) {
            volatileFences.clear();
        }
        world.coverage.count(Coverage.Of.POWER_CUTS);
        countTornTails();
    }

    private void countTornTails() {
        try {
            for (SegmentId segment : disk.list()) {
                if (disk.exists(segment) && isTorn(segment)) {
                    world.coverage.count(Coverage.Of.TORN_TAILS);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean isTorn(SegmentId segment) throws IOException {
        try {
            return SegmentCopy.scan(disk, segment).orElseThrow().endPosition()
                    < disk.length(segment);
        } catch (SluiceException e) {
            return false;
        }
    }

    void restart() {
        if (isUp()) {
            return;
        }
        process = world.time.scope("node " + id.getLeastSignificantBits());
        disk = disk.reopen(process.executor(SYNC));
        if (world.breakage == Breakage.FENCE_IN_MEMORY) {
            volatileFences.clear();
        }
        lane = newLane();
        transport = newTransport();
        member = newMember();
        world.coverage.count(Coverage.Of.MEMBERS_RESTARTED);
    }

    /** As a call over the network: the question may arrive, and so may the answer. */
    void fence(SegmentId segment, long epoch, MemberMachine.FenceDone done) {
        MemberMachine asked = member;
        lane.execute(() -> {
            if (world.breakage == Breakage.NO_FENCE) {
                done.done(endOf(segment));
            } else {
                asked.fence(segment, epoch, done);
            }
        });
    }

    private Fenced endOf(SegmentId segment) {
        try {
            return SegmentCopy.scan(disk, segment)
                    .<Fenced>map(Fenced.Held::of)
                    .orElseGet(Fenced.NeverHeld::new);
        } catch (IOException | SluiceException e) {
            return new Fenced.Unknown(String.valueOf(e.getMessage()));
        }
    }

    void trim(List<SegmentId> segments) {
        MemberMachine asked = member;
        for (SegmentId segment : segments) {
            lane.execute(() -> asked.trim(segment));
        }
    }

    void checkCopies(Ledger ledger) {
        try {
            for (SegmentId segment : disk.list()) {
                ledger.checkCopy(segment, SegmentCopy.scan(disk, segment));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (SluiceException e) {
            ledger.check(damaged, "node " + id + ": " + e.getMessage());
        }
    }
}
