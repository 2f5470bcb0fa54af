package sluice.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiPredicate;
import sluice.log.wal.SegmentId;
import sluice.metadata.WalRecord;

/**
 * What may still be destroyed: of every segment that is not in objects yet, one whole copy is left
 * alone, since the promise covers the loss of all disks but one and no more.
 */
final class LossBudget {

    private final SimulatedCluster cluster;
    private final Set<UUID> lostDisks = new HashSet<>();
    private final Map<UUID, Set<SegmentId>> spoiled = new HashMap<>();

    LossBudget(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    boolean allowsLossOf(UUID disk) {
        return leavesOneCopy((member, segment) -> member.equals(disk));
    }

    boolean allowsSpoiling(UUID disk, SegmentId copy) {
        return leavesOneCopy((member, segment) -> member.equals(disk) && segment.equals(copy));
    }

    void lost(UUID disk) {
        lostDisks.add(disk);
        verify();
    }

    /** The disk keeps its identity, but what it holds now is not what it said it holds. */
    void lostCopies(UUID disk) {
        for (WalRecord wal : cluster.wals()) {
            for (WalRecord.Segment segment : wal.chain()) {
                if (segment.members().contains(disk)) {
                    spoiled.computeIfAbsent(disk, _ -> new HashSet<>())
                            .add(new SegmentId(wal.wal(), segment.index()));
                }
            }
        }
        verify();
    }

    void spoiled(UUID disk, SegmentId copy) {
        spoiled.computeIfAbsent(disk, _ -> new HashSet<>()).add(copy);
        verify();
    }

    /** Copies that are damaged or gone, over all. */
    private boolean isBad(UUID disk, SegmentId segment) {
        return lostDisks.contains(disk) || spoiled.getOrDefault(disk, Set.of()).contains(segment);
    }

    private boolean leavesOneCopy(BiPredicate<UUID, SegmentId> alsoBad) {
        if (cluster.metadata.underWay() > 0) {
            return false; // A segment may be named by a write that nobody sees yet.
        }
        for (WalRecord wal : cluster.wals()) {
            for (WalRecord.Segment segment : wal.chain()) {
                var id = new SegmentId(wal.wal(), segment.index());
                boolean isLeft =
                        segment.members().stream()
                                .anyMatch(
                                        member -> !isBad(member, id) && !alsoBad.test(member, id));
                if (!isLeft) {
                    return false;
                }
            }
        }
        return true;
    }

    private void verify() {
        if (!leavesOneCopy((member, segment) -> false)) {
            cluster.broken("the faults destroyed more than the promise covers");
        }
    }
}
