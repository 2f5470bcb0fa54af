package sluice.log.wal.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/** The record of one wal in the metadata: each method is one conditional write or read. */
final class WalChain {

    enum Phase {
        OPEN,
        FENCING,
        SEALED
    }

    enum SegmentPhase {
        SEALED,
        OPEN,
        PREPARED
    }

    /**
     * @param start of an OPEN or SEALED one
     * @param end of a SEALED one
     */
    record Link(int index, List<UUID> members, SegmentPhase phase, long start, long end) {}

    private Phase phase = Phase.OPEN;
    private long epoch = 1;
    private final List<Link> links = new ArrayList<>();

    WalChain(List<UUID> firstMembers, List<UUID> nextMembers) {
        links.add(new Link(0, firstMembers, SegmentPhase.OPEN, 0, 0));
        links.add(new Link(1, nextMembers, SegmentPhase.PREPARED, 0, 0));
    }

    Phase phase() {
        return phase;
    }

    long epoch() {
        return epoch;
    }

    List<Link> links() {
        return List.copyOf(links);
    }

    /** {old SEALED at end, next OPEN there, another PREPARED} by the owner. */
    boolean roll(int old, int next, long end, Link prepared) {
        if (phase != Phase.OPEN) {
            return false;
        }
        Link second = links.removeLast();
        Link first = links.removeLast();
        assert first.index() == old && second.index() == next : first + " " + second;
        links.add(new Link(old, first.members(), SegmentPhase.SEALED, first.start(), end));
        links.add(new Link(next, second.members(), SegmentPhase.OPEN, end, 0));
        links.add(prepared);
        return true;
    }

    /** Another PREPARED segment in the place of the present one, by the owner. */
    boolean prepareInstead(Link prepared) {
        if (phase != Phase.OPEN) {
            return false;
        }
        links.removeLast();
        links.add(prepared);
        return true;
    }

    /** OPEN or FENCING → FENCING under the next epoch, which is returned. */
    OptionalLong beginFencing() {
        if (phase == Phase.SEALED) {
            return OptionalLong.empty();
        }
        phase = Phase.FENCING;
        return OptionalLong.of(++epoch);
    }

    boolean maySeal(long recovererEpoch) {
        return phase == Phase.FENCING && epoch == recovererEpoch;
    }

    /** FENCING → SEALED, by the recoverer that has the newest epoch. */
    boolean seal(long recovererEpoch) {
        boolean may = maySeal(recovererEpoch);
        if (may) {
            phase = Phase.SEALED;
        }
        return may;
    }
}
