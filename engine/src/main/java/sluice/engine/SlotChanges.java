package sluice.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import sluice.metadata.SlotRecord;
import sluice.metadata.SlotRecord.Checkpoint;
import sluice.metadata.SlotRecord.Owner;
import sluice.metadata.SlotRecord.Source;
import sluice.metadata.WalRecord;

/** How a slot's record changes when the slot changes hands, as values. */
final class SlotChanges {

    private SlotChanges() {}

    /**
     * A gateway takes a slot that nobody may write to.
     *
     * @param fromEntry the next entry of the taker's wal
     * @param wals as read at some time, perhaps before the slot's record was: a source is dropped
     *     only if its wal was SEALED by then, for only then does it stay as empty as it was
     */
    static SlotRecord taken(
            SlotRecord before, Owner taker, long fromEntry, Map<UUID, WalRecord> wals) {
        var sources = new ArrayList<Source>();
        for (Source source : before.sources()) {
            WalRecord record = wals.get(source.wal());
            boolean isEmpty =
                    record != null && isEnded(record) && record.uploadedEnd() <= source.fromEntry();
            if (!isEmpty) {
                sources.add(source);
            }
        }
        sources.add(new Source(taker.wal(), fromEntry));
        return new SlotRecord(
                before.slot(),
                before.epoch() + 1,
                Optional.of(taker),
                sources,
                before.checkpoint());
    }

    private static boolean isEnded(WalRecord record) {
        return switch (record.state()) {
            case SEALED, RELEASED -> true;
            case OPEN, FENCING -> false;
        };
    }

    /** The owner lets go of a slot of which the checkpoint covers everything. */
    static SlotRecord released(SlotRecord before, Optional<Checkpoint> checkpoint) {
        return new SlotRecord(
                before.slot(), before.epoch(), Optional.empty(), List.of(), checkpoint);
    }

    /**
     * The owner lets go of a slot to which it wrote nothing since it took it. It drops the source
     * that came with the taking, the last one; an older one of the same wal may have entries.
     */
    static SlotRecord releasedUnused(SlotRecord before) {
        List<Source> sources = before.sources();
        return new SlotRecord(
                before.slot(),
                before.epoch(),
                Optional.empty(),
                sources.subList(0, sources.size() - 1),
                before.checkpoint());
    }
}
