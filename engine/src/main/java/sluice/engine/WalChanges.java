package sluice.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.SegmentState;
import sluice.metadata.WalRecord.State;
import sluice.metadata.WalRecord.WalObject;

/**
 * The legal moves of a wal's record, as values. Each is repeatable: applied to a record that it has
 * already changed, it changes nothing.
 */
final class WalChanges {

    private static final long UNKNOWN = -1;

    private WalChanges() {}

    /** The record of a new wal: segment 0 OPEN, segment 1 PREPARED if there are members for it. */
    static WalRecord created(UUID wal, UUID node, List<UUID> members, List<UUID> prepared) {
        var chain = new ArrayList<Segment>();
        chain.add(new Segment(0, SegmentState.OPEN, members, 0, UNKNOWN));
        if (!prepared.isEmpty()) {
            chain.add(new Segment(1, SegmentState.PREPARED, prepared, UNKNOWN, UNKNOWN));
        }
        return new WalRecord(wal, node, State.OPEN, 1, chain, 0, List.of(), 0, Optional.empty());
    }

    /** Names another segment PREPARED, in place of the one that was. */
    static WalRecord prepared(WalRecord record, int index, List<UUID> members) {
        var chain = new ArrayList<>(record.chain());
        chain.removeIf(segment -> segment.state() == SegmentState.PREPARED);
        assert chain.isEmpty() || chain.getLast().index() < index : "index=" + index;
        chain.add(new Segment(index, SegmentState.PREPARED, members, UNKNOWN, UNKNOWN));
        return record.withChain(chain);
    }

    /**
     * Seals the open segment at {@code end}, opens the prepared one there, and names the next one
     * PREPARED if there are members for it.
     */
    static WalRecord rolled(
            WalRecord record, int old, int opened, long end, int next, List<UUID> nextMembers) {
        var chain = new ArrayList<Segment>();
        for (Segment segment : record.chain()) {
            if (segment.index() == old) {
                assert segment.state() != SegmentState.SEALED || segment.end() == end
                        : "a sealed end never changes: " + segment + " end=" + end;
                chain.add(
                        new Segment(
                                old, SegmentState.SEALED, segment.members(), segment.start(), end));
            } else if (segment.index() == opened) {
                chain.add(new Segment(opened, SegmentState.OPEN, segment.members(), end, UNKNOWN));
            } else if (segment.index() < old) {
                chain.add(segment);
            }
        }
        if (!nextMembers.isEmpty()) {
            chain.add(new Segment(next, SegmentState.PREPARED, nextMembers, UNKNOWN, UNKNOWN));
        }
        return record.withChain(chain);
    }

    /** The owner ends its wal: the open segment is sealed at {@code end}, and none follows. */
    static WalRecord closed(WalRecord record, int open, long end) {
        var chain = new ArrayList<Segment>();
        for (Segment segment : record.chain()) {
            if (segment.index() == open) {
                chain.add(
                        new Segment(
                                open,
                                SegmentState.SEALED,
                                segment.members(),
                                segment.start(),
                                end));
            } else if (segment.state() != SegmentState.PREPARED) {
                chain.add(segment);
            }
        }
        return record.withChain(chain);
    }

    /** A sealed segment is in objects: it leaves the chain, and its objects are named. */
    static WalRecord uploaded(WalRecord record, int segment, long end, List<WalObject> objects) {
        if (record.uploadedEnd() >= end
                && record.chain().stream().noneMatch(s -> s.index() == segment)) {
            return record;
        }
        var chain = new ArrayList<>(record.chain());
        chain.removeIf(each -> each.index() == segment);
        var named = new ArrayList<>(record.objects());
        named.addAll(objects);
        return record.withChain(chain).withUploaded(end, named);
    }

    /** Slot checkpoints cover all entries below {@code end}: their objects need no name here. */
    static WalRecord folded(WalRecord record, long end) {
        List<WalObject> left =
                record.objects().stream().filter(object -> object.toEntry() > end).toList();
        return record.withFolded(Math.max(end, record.foldedEnd()), left);
    }

    /** A recoverer takes the wal: nothing is acknowledged under the old epoch any more. */
    static WalRecord fencing(WalRecord record, UUID recoverer) {
        assert record.state() == State.OPEN || record.state() == State.FENCING;
        return record.claimedBy(recoverer);
    }

    /** All of the wal is in objects, and its end will never change. */
    static WalRecord sealed(WalRecord record, long end, List<WalObject> more) {
        assert end >= record.uploadedEnd() : "end=" + end;
        var objects = new ArrayList<>(record.objects());
        for (WalObject object : more) {
            if (!objects.contains(object)) {
                objects.add(object);
            }
        }
        return record.withState(State.SEALED).withChain(List.of()).withUploaded(end, objects);
    }

    /** No slot depends on the wal any more: its objects need no name here. */
    static WalRecord released(WalRecord record) {
        assert record.state() == State.SEALED : "state=" + record.state();
        return record.withState(State.RELEASED)
                .withChain(List.of())
                .withFolded(record.uploadedEnd(), List.of());
    }
}
