package sluice.model;

/** What keeps a slot safe while it changes hands. A model without one of them loses something. */
enum SlotRule {
    /** {@code Handoffs.closing}: appends wait from the choice of what is handed over on. */
    APPENDS_WAIT,
    /** {@code Handoffs.closing}: the slot's last entry is below the high watermark. */
    DRAINED,
    /** {@code Handoffs.closing}: the slot's last entry is in committed objects. */
    UPLOADED,
    /** {@code SlotRelease.write}: nothing is appended while a release is under way. */
    NO_APPENDS_IN_RELEASE,
    /** {@code SlotRelease.written}: a release that was sent is not taken back. */
    RELEASE_IS_FINAL,
    /** {@code SlotRelease}: a release is conditional on the record it was made from. */
    RELEASE_CONDITIONAL,
    /** {@code SlotKeeper.isFree}: only what has no owner, or one whose wal is SEALED, is taken. */
    ONLY_FREE_IS_TAKEN,
    /** {@code SlotKeeper.take}: taking is conditional on the record that was free. */
    TAKE_CONDITIONAL,
    /**
     * {@code SlotKeeper.take}: the taker's entries are looked for from its next entry on, no later.
     */
    SOURCE_NOT_LATE,
    /** {@code SlotKeeper.take}: and no earlier. */
    SOURCE_NOT_EARLY,
    /** {@code PartitionIndex.plus}: what the index holds already changes nothing. */
    KNOWN_EXTENTS_PASS,
    /**
     * {@code SlotKeeper.take}: a source is dropped only if its wal is SEALED at or below its begin.
     */
    SOURCE_DROPPED_IF_SEALED,
    /** {@code SlotRelease.releasedUnused}: only the source is dropped that came with the taking. */
    UNUSED_DROPS_ITS_OWN,
    /** {@code Folder.point}: objects leave the wal's record after slots have their checkpoints. */
    FOLDED_AFTER_CHECKPOINT,
    /** {@code Recoveries.release}: no slot's record names a wal that is let go. */
    RELEASED_IF_UNNEEDED,
}
