package sluice.model;

/** What keeps a wal safe. A model without one of them loses something; the tests say what. */
enum WalRule {
    /** {@code MemberMachine.onSynced}: a member says durable only after a sync. */
    ACK_AFTER_SYNC,
    /** {@code WalMachine.received}: what is said of a segment left behind does not count. */
    OLD_ACKS_DROPPED,
    /** {@code WalMachine.roll}: from the choice of the end on, nothing is committed there. */
    ACKS_FROZEN_IN_ROLL,
    /** {@code WalMachine.roll}: only a segment that the metadata names PREPARED is begun. */
    ONLY_PREPARED_IS_BEGUN,
    /** {@code WalMachine.unprepare}: while another is named in its place, neither is begun. */
    UNPREPARED_FIRST,
    /** {@code WalKeeper.lastIndex}: no segment has an index that another one had. */
    INDEX_NEVER_REUSED,
    /** {@code WalRegistry}: the owner's changes are conditional on the record it knows. */
    OWNER_CONDITIONAL,
    /** {@code MemberMachine.fence}: a member takes nothing after a fence. */
    FENCE,
    /** {@code WalDisk.writeFence}: a fence outlives the member's process. */
    FENCE_DURABLE,
    /** {@code MemberMachine.answerFence}: the fence is the read of the end. */
    FENCE_IS_THE_READ,
    /** {@code FenceRound}: the PREPARED segment's members are fenced like the OPEN one's. */
    PREPARED_FENCED,
    /** {@code Superblock}: a disk that was wiped is another disk, and never says "nothing held". */
    DISK_HAS_AN_ID,
    /** Nobody's in the code: a disk does not come back as its own past, with its identity. */
    DISK_GOES_NOT_BACK,
    /** {@code FencedCopies.isDefinite}: no answer about the OPEN segment is not an empty one. */
    SILENCE_IS_NOT_EMPTY,
    /** {@code FencedCopies.longest}: of several copies the longest is taken. */
    LONGEST_COPY,
    /** {@code RecoveryPlan.decide}: a PREPARED segment that was begun cuts the one before. */
    PREPARED_CUTS,
    /**
     * {@code RecoveryPlan.decide}: and says where that one ends, though no member of it answers.
     */
    BEGUN_DECIDES_OPEN,
    /** {@code Recovery.start}: the claim is conditional on the record whose chain is fenced. */
    CLAIM_CONDITIONAL,
    /** {@code WalChanges.prepared}: a PREPARED segment that was replaced says nothing. */
    REPLACED_IS_FORGOTTEN,
    /** {@code Recovery.seal}: the seal is conditional on the claim. */
    SEAL_CONDITIONAL,
    /** {@code TailUpload}: the tail is in objects before the seal. */
    UPLOAD_BEFORE_SEAL,
    /** {@code Trimmer}: a copy goes only after a committed record said that it is covered. */
    TRIM_BY_METADATA,
    /** {@code MemberMachine.trim}: a fence stays when the copy goes. */
    FENCE_OUTLIVES_TRIM,
}
