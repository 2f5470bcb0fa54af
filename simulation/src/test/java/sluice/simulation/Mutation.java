package sluice.simulation;

import static sluice.simulation.Patch.drop;
import static sluice.simulation.Patch.redirect;
import static sluice.simulation.Patch.redirectWithSelf;
import static sluice.simulation.Patch.replace;

import java.util.List;

/**
 * The safety rules that the simulator guards, each broken on purpose.
 *
 * <p>Not here: the shortest copy taken instead of the longest. An entry counts only once all
 * members hold it, so with whole copies either is right.
 */
enum Mutation {
    NO_FENCE(
            67,
            drop(Names.MEMBER, "fence", "stopTaking"),
            redirect(Names.MEMBER, "fence", "writeFence", Names.WAL, "writeNoFence")),
    FENCE_ONLY_IN_MEMORY(
            67, redirect(Names.MEMBER, "fence", "writeFence", Names.WAL, "writeNoFence")),
    FENCED_COPY_GOES_ON(71, drop(Names.MEMBER, "fence", "stopTaking")),
    FENCE_ONE_READ_ANOTHER(
            64, redirect("sluice.engine.MemberCalls", "*", "fence", Names.ENGINE, "fenceHalf")),
    SILENCE_TAKEN_FOR_AN_EMPTY_COPY(
            32,
            replace("sluice.engine.FencedCopies", "isDefinite", Names.ENGINE, "isAlwaysDefinite")),
    DAMAGED_COPY_BELIEVED(
            Names.RARE, redirect(Names.MEMBER, "extentOf", "damaged", Names.WAL, "isNeverDamaged")),
    OLDER_DISK_BELIEVED(
            Names.RARE, replace("sluice.engine.DiskAge", "isBelow", Names.ENGINE, "isNeverBelow")),
    ACK_BEFORE_SYNC(16, redirect(Names.MEMBER, "sync", "sync", Names.WAL, "answerThenSync")),
    ACK_OF_ONE_MEMBER(38, replace("sluice.log.wal.SegmentMembers", "least", Names.WAL, "most")),
    LATE_ACKS_COUNT(
            Names.RARE,
            redirectWithSelf(Names.OWNER, "received", "index", Names.WAL, "presentIndex")),
    ACKS_DURING_ROLL(1, redirect(Names.OWNER, "roll", "rolled", Names.WAL, "endsTooEarly")),
    PREPARED_NOT_FENCED(
            15,
            redirect("sluice.engine.FenceRound", "*", "chain", Names.ENGINE, "withoutPrepared"),
            redirect(Names.PLAN, "decide", "chain", Names.ENGINE, "withoutPrepared")),
    PREDECESSOR_NOT_CUT(16, redirect(Names.PLAN, "decide", "or", Names.ENGINE, "otherFirst")),
    SEAL_BEFORE_UPLOAD(
            1,
            redirect(
                    "sluice.engine.TailUpload",
                    "*",
                    "ObjectStore.put",
                    Names.ENGINE,
                    "putNothing")),
    COMMIT_BEFORE_UPLOAD(
            1,
            redirect("sluice.engine.Uploads", "*", "ObjectStore.put", Names.ENGINE, "putNothing")),
    SEAL_UNCONDITIONAL(
            17, redirect("sluice.engine.Recovery", "*", "replace", Names.ENGINE, "replaceAnyway")),
    SLOT_TAKEN_FROM_A_WAL_THAT_LIVES(
            1, replace("sluice.engine.SlotKeeper", "isFree", Names.ENGINE, "isFree")),
    SLOT_LET_GO_BEFORE_UPLOAD(
            1, replace("sluice.engine.Handoffs", "isUploaded", Names.ENGINE, "isUploadedAnyway")),
    TRIM_BEFORE_COMMIT(1, replace("sluice.engine.Trimmer", "isCovered", Names.ENGINE, "isRolled")),
    FOLDED_MORE_THAN_CHECKPOINTS_HOLD(
            75, redirect("sluice.engine.Folder", "*", "folded", Names.ENGINE, "foldAll")),
    RELEASED_WHILE_NEEDED(
            1,
            redirect(
                    "sluice.engine.Recoveries",
                    "release",
                    "contains",
                    Names.ENGINE,
                    "containsNothing")),
    UNKNOWN_TOLD_AS_FAILURE(
            12,
            replace("sluice.engine.OwnerAppends", "ackTimeout", Names.ENGINE, "definiteTimeout")),
    UNKNOWN_TRIED_AGAIN(
            12,
            redirect(
                    "sluice.engine.Router$Attempt",
                    "mayTryAgain",
                    "kind",
                    Names.ENGINE,
                    "kindOfFailure")),
    PRODUCERS_LOST_AT_FAILOVER(
            1,
            redirect("sluice.engine.OwnedSlots", "*", "restore", Names.ENGINE, "restoreNothing")),
    PRODUCERS_NOT_IN_CHECKPOINTS(
            17,
            redirect(
                    "sluice.engine.CheckpointWriter",
                    "*",
                    "snapshot",
                    Names.ENGINE,
                    "snapshotOfNothing")),
    ANSWERS_OF_THE_DEAD_TAKEN(
            Names.RARE,
            redirect("sluice.engine.peer.PeerCalls", "<init>", "nextLong", Names.ENGINE, "zero")),
    SLEEPER_REFUSES_FOR_GOOD(
            Names.RARE,
            replace("sluice.engine.Authority", "confirm", Names.ENGINE, "confirmAnyway")),
    COMMITS_OF_ANYBODY_COUNT(
            Names.RARE, drop("sluice.consumer.stream.StreamGroup", "checked", "check")),
    COMMIT_ANSWERED_AND_NOT_STORED(
            14,
            redirect(
                    "sluice.consumer.coordinator.OffsetWrites",
                    "*",
                    "putOffsets",
                    Names.GROUP,
                    "putNoOffsets")),
    HOLDS_TOLD_AND_NOT_STORED(
            4,
            redirect(
                    "sluice.consumer.coordinator.MembershipWrites",
                    "*",
                    "putMembership",
                    Names.GROUP,
                    "putNoMembership")),
    QUEUE_ANSWERS_BEFORE_DURABLE(
            9, replace("sluice.consumer.queue.StateWriter", "whenDurable", Names.QUEUE, "atOnce")),
    LEASES_FORGOTTEN_AT_FAILOVER(
            9,
            redirect(
                    "sluice.consumer.queue.StateLoader",
                    "*",
                    "QueueState.apply",
                    Names.QUEUE,
                    "applyWithoutLeases")),
    LATE_ACKNOWLEDGEMENTS_COUNT(
            13,
            replace("sluice.consumer.queue.Refusals", "notLeased", Names.QUEUE, "isDoneAnyway")),
    STALE_READS(1);

    private static final int STALE_PER_MILLE = 200;

    /** What is patched often. */
    private static final class Names {
        /** No seed is known that notices it soon: it is for runs of many seeds. */
        static final long RARE = -1;

        static final String MEMBER = "sluice.log.wal.MemberMachine";
        static final String OWNER = "sluice.log.wal.WalMachine";
        static final String PLAN = "sluice.engine.RecoveryPlan";
        static final String WAL = "sluice.log.wal.WalSabotage";
        static final String ENGINE = "sluice.engine.EngineSabotage";
        static final String GROUP = "sluice.consumer.coordinator.GroupSabotage";
        static final String QUEUE = "sluice.consumer.queue.QueueSabotage";
    }

    private final long firstSeed;
    private final List<Patch> patches;

    /**
     * @param firstSeed one that is known to notice it, for a run in little time
     */
    Mutation(long firstSeed, Patch... patches) {
        this.firstSeed = firstSeed;
        this.patches = List.of(patches);
    }

    boolean isRare() {
        return firstSeed == Names.RARE;
    }

    long firstSeed() {
        return firstSeed;
    }

    List<Patch> patches() {
        return patches;
    }

    int staleReadsPerMille() {
        return this == STALE_READS ? STALE_PER_MILLE : 0;
    }
}
