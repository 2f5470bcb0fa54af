package sluice.log.wal.protocol;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import sluice.log.SluiceException;
import sluice.log.lane.Delay;
import sluice.log.peer.PeerTransport;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.SegmentHeader;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalEntry;
import sluice.log.wal.memory.MemoryWalDisk;

/** What goes wrong in a world, drawn by its dice; no more disks are lost than the wal survives. */
final class Faults {

    private static final int LOST_DISKS_MAX = WalWorld.REPLICAS - 1;

    private final WalWorld world;
    private final RandomGenerator dice;
    private int lostDisks;

    Faults(WalWorld world) {
        this.world = world;
        this.dice = world.dice;
    }

    /** One thing goes wrong, or gets well again, or nothing happens. */
    void happen() {
        WalNode node = world.anyNode();
        switch (dice.nextInt(40)) {
            case 0 -> node.crash();
            case 1 -> node.powerCut();
            case 2, 3, 4 -> restart(node);
            case 5 -> loseDisk(node);
            case 6 -> cut(node.id, world.anyNode().id);
            case 7, 8, 9 -> world.network.healAll();
            case 10 -> world.network.heal(node.id, world.anyNode().id);
            case 11, 12 -> world.network.reset(node.id, world.anyNode().id, PeerTransport.Link.WAL);
            case 13 -> slow(node.id, world.anyNode().id, Delay.ofMicros(1_000, 60_000));
            case 14, 15 -> slow(node.id, world.anyNode().id, Delay.ofMicros(50, 2_000));
            case 16 -> node.process().pause(Duration.ofMillis(dice.nextInt(200)));
            case 17 -> node.disk().failNext(MemoryWalDisk.Operation.SYNC);
            case 18 -> everybodyLosesPower();
            case 19 -> pauseOrKillRecoverer();
            case 20 -> world.ownerNode().process().pause(Duration.ofMillis(dice.nextInt(600)));
            default -> {}
        }
    }

    private void restart(WalNode node) {
        node.restart();
        world.tellPeers();
    }

    private void cut(UUID one, UUID other) {
        if (!one.equals(other)) {
            world.network.cut(one, other);
            if (dice.nextBoolean()) {
                world.network.cut(other, one);
            }
        }
    }

    private void slow(UUID one, UUID other, Delay delay) {
        world.network.slow(one, other, delay);
    }

    private void everybodyLosesPower() {
        if (dice.nextInt(4) == 0) {
            world.nodes().forEach(WalNode::powerCut);
        }
    }

    private void pauseOrKillRecoverer() {
        WalRecoverer recoverer = world.anyRecoverer();
        if (recoverer == null) {
            return;
        }
        if (dice.nextBoolean()) {
            recoverer.process().kill();
        } else {
            recoverer.process().pause(Duration.ofMillis(dice.nextInt(400)));
        }
    }

    void loseDisk(WalNode node) {
        if (lostDisks >= LOST_DISKS_MAX || node.damaged || dice.nextInt(3) == 0) {
            return;
        }
        lostDisks++;
        if (dice.nextBoolean()) {
            world.wipe(node);
        } else {
            damage(node);
        }
    }

    /** As an older snapshot of a disk does: what is left is whole, and too short. */
    void loseTheEndOfACopy(WalNode node) {
        if (lostDisks < LOST_DISKS_MAX && !node.damaged) {
            lostDisks++;
            node.crash();
            damage(node);
            restart(node);
        }
    }

    private void damage(WalNode node) {
        node.damaged = true;
        try {
            damageCopies(node);
        } catch (IOException e) {
            node.crash(); // The process has seen its disk fail already, and only not ended yet.
        }
    }

    private void damageCopies(WalNode node) throws IOException {
        for (SegmentId segment : node.disk().list()) {
            if (!node.disk().exists(segment)) {
                continue;
            }
            world.coverage.count(Coverage.Of.COPIES_DAMAGED);
            long length = node.disk().length(segment);
            if (!world.everyCopyIsAsked()) {
                damageVisibly(node, segment);
            } else if (dice.nextInt(4) > 0) {
                node.disk().truncate(segment, dice.nextLong(length));
            } else {
                node.disk().flipBit(segment, dice.nextLong(length), dice.nextInt(8));
            }
        }
    }

    /** In the header, or in an entry of which a durable later one says that it was committed. */
    private void damageVisibly(WalNode node, SegmentId segment) throws IOException {
        MemoryWalDisk durable = node.disk().snapshot(Runnable::run);
        durable.powerCut();
        List<Long> visible = new ArrayList<>();
        try {
            List<long[]> places = new ArrayList<>();
            long end = SegmentCopy.scan(durable, segment).orElseThrow().end();
            SegmentCopy.read(
                    durable,
                    segment,
                    end,
                    (source, at, position) -> {
                        places.add(new long[] {WalEntry.sequence(source, at), position});
                        for (long[] place : places) {
                            if (place[0] < WalEntry.hwm(source, at)) {
                                visible.add(place[1]);
                            }
                        }
                    });
        } catch (SluiceException e) {
            return; // It is damaged already.
        }
        long at =
                visible.isEmpty()
                        ? dice.nextLong(SegmentHeader.BYTES)
                        : visible.get(dice.nextInt(visible.size()))
                                + dice.nextLong(WalEntry.HEADER_BYTES);
        node.disk().flipBit(segment, at, dice.nextInt(8));
    }
}
