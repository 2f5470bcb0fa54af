package sluice.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.lane.Lane;
import sluice.log.wal.MemberMachine;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalDisk;
import sluice.metadata.WalRecord;

/**
 * Removes copies of segments from this gateway's disk once committed metadata, read by this very
 * gateway, says that they are in objects. No message of a peer leads here, and a wal whose record
 * is not found keeps all its copies: missing metadata is no permission. Owned by the member's lane.
 */
final class Trimmer {

    private static final Logger LOG = LoggerFactory.getLogger(Trimmer.class);

    private final Lane memberLane;
    private final WalDisk disk;
    private final MemberMachine member;

    Trimmer(Lane memberLane, WalDisk disk, MemberMachine member) {
        this.memberLane = memberLane;
        this.disk = disk;
        this.member = member;
    }

    /**
     * @param wals records just read from the metadata
     * @param ownWal the own wal, of which the tail is still read from the disk
     * @param ownFloor its segments from this one on are kept
     */
    void trim(Map<UUID, WalRecord> wals, UUID ownWal, int ownFloor) {
        memberLane.assertOwner();
        List<SegmentId> held;
        try {
            held = disk.list();
        } catch (IOException e) {
            LOG.atWarn().setCause(e).log("the wal disk could not be listed");
            return;
        }
        for (SegmentId segment : covered(held, wals, ownWal, ownFloor)) {
            member.trim(segment);
        }
    }

    static List<SegmentId> covered(
            List<SegmentId> held, Map<UUID, WalRecord> wals, UUID ownWal, int ownFloor) {
        var covered = new ArrayList<SegmentId>();
        for (SegmentId segment : held) {
            WalRecord record = wals.get(segment.wal());
            boolean isKept = segment.wal().equals(ownWal) && segment.index() >= ownFloor;
            if (record != null && !isKept && isCovered(segment, record)) {
                covered.add(segment);
            }
        }
        return covered;
    }

    private static boolean isCovered(SegmentId segment, WalRecord record) {
        return switch (record.state()) {
            case SEALED, RELEASED -> true;
            case OPEN, FENCING ->
                    !record.chain().isEmpty()
                            && segment.index() < record.chain().getFirst().index();
        };
    }
}
