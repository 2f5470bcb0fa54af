package sluice.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.SegmentHeader;
import sluice.log.wal.SegmentId;
import sluice.log.wal.memory.MemoryWalDisk;
import sluice.metadata.GatewayRecord;

/**
 * Hurts disks. Whatever cannot be undone is done within the {@link LossBudget}; what that held back
 * is counted.
 */
final class DiskFaults {

    private static final int PAGE_BYTES = 4096;
    private static final int TRIES = 8;
    private static final long CAPACITY_BYTES = 1L << 30;

    private final SimulatedCluster cluster;
    private final RandomGenerator random;
    private final LossBudget budget;
    private final Map<UUID, MemoryWalDisk> snapshots = new HashMap<>();

    DiskFaults(SimulatedCluster cluster) {
        this.cluster = cluster;
        this.random = cluster.time.random();
        this.budget = new LossBudget(cluster);
        cluster.coverage.declare(
                "held back: a disk whose loss nothing would survive",
                "noticed: a disk that is an older state of itself");
    }

    /** The process is gone, and its disk with all its copies; false if that would be too much. */
    boolean wipe(SimulatedGateway gateway) {
        if (!mayLose(gateway)) {
            return false;
        }
        UUID lost = gateway.id();
        gateway.wipe();
        budget.lost(lost);
        return true;
    }

    private boolean mayLose(SimulatedGateway gateway) {
        boolean may = budget.allowsLossOf(gateway.id());
        if (!may) {
            cluster.coverage.count("held back: a disk whose loss nothing would survive");
        }
        return may;
    }

    /** Keeps a copy of the disk as it is, for {@link #rollBack} to come back to. */
    void snapshot(SimulatedGateway gateway) {
        snapshots.put(gateway.id(), gateway.disk().snapshot(Runnable::run));
    }

    /**
     * The next process finds the disk as it was at its last snapshot. Within two heartbeats nobody
     * can tell that it went back: that gap is known, and not hit here.
     */
    boolean rollBack(SimulatedGateway gateway) {
        MemoryWalDisk snapshot = snapshots.remove(gateway.id());
        if (snapshot == null || snapshot.age() >= toldAge(gateway)) {
            cluster.coverage.count("held back: a disk set back by less than two heartbeats");
            return false;
        }
        if (!mayLose(gateway)) {
            return false;
        }
        gateway.rollBack(snapshot);
        budget.lostCopies(gateway.id());
        return true;
    }

    private long toldAge(SimulatedGateway gateway) {
        return cluster.heartbeat(gateway.id()).map(GatewayRecord::diskAge).orElse(0L);
    }

    /** Turns one bit round in a copy; false if there was nothing to hurt. */
    boolean flipBit(SimulatedGateway gateway) {
        return spoil(
                gateway,
                (disk, segment, length) -> {
                    long at = place(length);
                    ByteBuffer found = ByteBuffer.allocate(1);
                    disk.read(segment, at, found);
                    byte flipped = (byte) (found.get(0) ^ (1 << random.nextInt(8)));
                    return new Damage(at, new byte[] {flipped});
                });
    }

    /** A page of a copy is nothing but zeros; false if there was nothing to hurt. */
    boolean zeroPage(SimulatedGateway gateway) {
        return spoil(
                gateway,
                (disk, segment, length) -> {
                    long at = place(length) / PAGE_BYTES * PAGE_BYTES;
                    long from = Math.max(at, SegmentHeader.BYTES);
                    int count = (int) (Math.min(length, at + PAGE_BYTES) - from);
                    return new Damage(from, new byte[count]);
                });
    }

    /** A fence mark of the disk cannot be read any more; false if it has none that counts. */
    boolean damageFence(SimulatedGateway gateway) {
        MemoryWalDisk disk = handle(gateway);
        try {
            List<SegmentId> fenced = new ArrayList<>();
            for (SegmentId segment : disk.list()) {
                if (disk.fence(segment).isPresent()) {
                    fenced.add(segment);
                }
            }
            if (fenced.isEmpty()) {
                return false;
            }
            SegmentId segment = fenced.get(random.nextInt(fenced.size()));
            if (!maySpoil(gateway, disk, segment)) {
                return false;
            }
            disk.damageFence(segment);
            budget.spoiled(disk.diskId(), segment);
            return true;
        } catch (IOException e) {
            return false; // One of its marks is damaged already.
        }
    }

    private long place(long length) {
        return random.nextLong(SegmentHeader.BYTES, length);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Damage(long position, byte[] bytes) {}

    private interface Choice {
        Damage of(MemoryWalDisk disk, SegmentId segment, long length) throws IOException;
    }

    private static MemoryWalDisk handle(SimulatedGateway gateway) {
        return gateway.isUp() ? gateway.disk() : gateway.disk().reopen(Runnable::run);
    }

    private boolean spoil(SimulatedGateway gateway, Choice choice) {
        MemoryWalDisk disk = handle(gateway);
        try {
            List<SegmentId> copies = disk.list();
            for (int i = 0; i < TRIES && !copies.isEmpty(); i++) {
                SegmentId segment = copies.get(random.nextInt(copies.size()));
                if (disk.exists(segment)
                        && disk.length(segment) > SegmentHeader.BYTES
                        && maySpoil(gateway, disk, segment)) {
                    Damage damage = choice.of(disk, segment, disk.length(segment));
                    if (isFound(disk, segment, damage)) {
                        disk.corrupt(segment, damage.position(), damage.bytes());
                        budget.spoiled(disk.diskId(), segment);
                        return true;
                    }
                }
            }
            return false;
        } catch (IOException e) {
            return false; // The disk fails by itself just now.
        }
    }

    private boolean maySpoil(SimulatedGateway gateway, MemoryWalDisk disk, SegmentId segment) {
        if (gateway.isUp() && gateway.wal().equals(segment.wal())) {
            return false; // An owner that lives reads no other copy than its own: a known gap.
        }
        boolean may = budget.allowsSpoiling(disk.diskId(), segment);
        if (!may) {
            cluster.coverage.count("held back: a copy whose loss nothing would survive");
        }
        return may;
    }

    /**
     * True if a scan will find the damage. What hits the last entries of a copy looks like a torn
     * tail, since no later entry tells of them: that gap is known, and not hit here.
     */
    private boolean isFound(MemoryWalDisk disk, SegmentId segment, Damage damage)
            throws IOException {
        MemoryWalDisk trial = disk.snapshot(Runnable::run);
        trial.corrupt(segment, damage.position(), damage.bytes());
        boolean isFound =
                SegmentCopy.scan(trial, segment).map(SegmentCopy.Extent::damaged).orElse(false);
        if (!isFound) {
            cluster.coverage.count("held back: damage that looks like a torn tail");
        }
        return isFound;
    }

    /** Leaves hardly any room on a disk, for a while. */
    void fillFor(SimulatedGateway gateway, Duration duration) {
        MemoryWalDisk disk = gateway.disk();
        disk.capacityBytes(disk.usedBytes() + random.nextInt(6_000));
        cluster.world.schedule(duration, () -> gateway.disk().capacityBytes(CAPACITY_BYTES));
    }
}
