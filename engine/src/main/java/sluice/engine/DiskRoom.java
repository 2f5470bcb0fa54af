package sluice.engine;

import java.time.Duration;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.wal.MemberMachine;
import sluice.log.wal.WalDisk;

/**
 * Whether this gateway's disk has room for more of its own wal: within its budget, and within what
 * the file system has left, which others may use up. Owned by the engine's lane.
 *
 * <p>A part of both is kept for what was admitted already and for peers' segments. Were it used up,
 * members would refuse entries of segments that are open, and each refusal would cost a roll that
 * helps nobody.
 */
final class DiskRoom {

    private static final long BUDGET_RESERVE = 8;
    private static final long FREE_RESERVE = 4;

    /** The file system is asked no more often than this. */
    private static final long SAMPLE_NS = Duration.ofMillis(50).toNanos();

    private final Lane lane;
    private final WalDisk disk;
    private final long usedBytesMax;
    private final long freeBytesMin;
    private long freeBytes;
    private long sampledNs;

    DiskRoom(Lane lane, WalDisk disk, MemberMachine.Limits limits) {
        this.lane = lane;
        this.disk = disk;
        this.usedBytesMax = limits.diskBytesMax() - limits.diskBytesMax() / BUDGET_RESERVE;
        this.freeBytesMin = limits.freeBytesMin() + limits.freeBytesMin() / FREE_RESERVE;
        this.freeBytes = disk.freeBytes();
        this.sampledNs = lane.nowNs();
    }

    private void sample() {
        long nowNs = lane.nowNs();
        if (nowNs - sampledNs >= SAMPLE_NS) {
            sampledNs = nowNs;
            freeBytes = disk.freeBytes();
        }
    }

    /** True if nothing more should be written here. */
    boolean isFull() {
        lane.assertOwner();
        sample();
        return disk.usedBytes() >= usedBytesMax || freeBytes < freeBytesMin;
    }

    /**
     * @throws SluiceException OVERLOADED {@code disk-full}
     */
    void check() {
        if (isFull()) {
            throw new SluiceException(
                    SluiceException.Kind.OVERLOADED,
                    "disk-full",
                    "the wal disk has no room for more: usedBytes=%d usedBytesMax=%d freeBytes=%d freeBytesMin=%d; retry after a pause, and if it lasts see what else fills the disk, or whether the object store takes uploads"
                            .formatted(disk.usedBytes(), usedBytesMax, freeBytes, freeBytesMin));
        }
    }
}
