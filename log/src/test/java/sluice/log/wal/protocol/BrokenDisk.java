package sluice.log.wal.protocol;

import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;
import sluice.log.wal.ForwardingWalDisk;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalDisk;

/** A disk that breaks one rule, or none. */
final class BrokenDisk extends ForwardingWalDisk {

    private final WalDisk disk;
    private final Breakage breakage;
    private final Map<SegmentId, Long> volatileFences;

    /**
     * @param volatileFences kept for as long as the breakage remembers fences
     */
    BrokenDisk(WalDisk disk, Breakage breakage, Map<SegmentId, Long> volatileFences) {
        super(disk);
        this.disk = disk;
        this.breakage = breakage;
        this.volatileFences = volatileFences;
    }

    private boolean fencesAreVolatile() {
        return switch (breakage) {
            case FENCE_IN_MEMORY, FENCE_NOT_SYNCED, FENCE_TRIMMED -> true;
            default -> false;
        };
    }

    @Override
    public void sync(SegmentId segment, SyncDone done) {
        if (breakage == Breakage.ACK_BEFORE_SYNC) {
            done.done(null);
            disk.sync(segment, error -> {});
        } else {
            disk.sync(segment, done);
        }
    }

    @Override
    public void writeFence(SegmentId segment, long epoch) throws IOException {
        if (fencesAreVolatile()) {
            volatileFences.merge(segment, epoch, Math::max);
        } else {
            disk.writeFence(segment, epoch);
        }
    }

    @Override
    public OptionalLong fence(SegmentId segment) throws IOException {
        if (fencesAreVolatile()) {
            Long epoch = volatileFences.get(segment);
            return epoch == null ? OptionalLong.empty() : OptionalLong.of(epoch);
        }
        return disk.fence(segment);
    }

    @Override
    public void delete(SegmentId segment) throws IOException {
        disk.delete(segment);
        if (breakage == Breakage.FENCE_TRIMMED) {
            volatileFences.remove(segment);
        }
    }
}
