package sluice.model;

import static sluice.model.WalState.CURRENT;
import static sluice.model.WalState.CUT;
import static sluice.model.WalState.PHASE;
import static sluice.model.WalState.PLANNED_END;
import static sluice.model.WalState.RECORD;
import static sluice.model.WalState.RECORD_SEALED;
import static sluice.model.WalState.SEALED_END;
import static sluice.model.WalState.SEEN_OPEN;
import static sluice.model.WalState.SEEN_PREPARED;
import static sluice.model.WalState.UPLOADED_END;

/**
 * Recoverers of a wal: {@code Recovery}, {@code FenceRound}, {@code RecoveryPlan} and {@code
 * TailUpload}.
 *
 * <pre>
 *   (idle) ──claim──▶ fencing ──decide──▶ decided ──upload──▶ uploaded ──seal──▶ (idle), SEALED
 *      ▲                 │                   │                   │
 *      └─────────────────┴───dies, or ends its pass──────────────┘
 * </pre>
 *
 * <p>Reading the record and claiming it are one step while the claim is conditional: a claim that
 * came too late changes nothing. A recoverer that does not know that another claimed after it goes
 * on fencing and putting objects; its seal fails.
 *
 * <p>It decides at any moment at which the rule is fulfilled, so with every set of answers that is
 * enough: whether production waits for the rest makes no difference that is not explored.
 */
final class RecoverySteps {

    private static final int IDLE = 0;
    private static final int LOOKED = 1;
    private static final int FENCING = 2;
    private static final int DECIDED = 3;
    static final int UPLOADED = 4;
    private static final int SEALED_ONLY = 5;

    private static final int OPEN = 0;
    private static final int PREPARED = 1;
    private static final int NOTHING_SAID = 0;
    private static final int NEVER_HELD = 1;
    private static final int HELD = 2;

    private final WalConfig config;
    private final MemberSteps members;

    RecoverySteps(WalConfig config, MemberSteps members) {
        this.config = config;
        this.members = members;
    }

    void next(WalState now, Steps steps) {
        for (int r = 0; r < config.recoverers(); r++) {
            switch (now.of(r, PHASE)) {
                case IDLE -> begin(now, r, steps);
                case LOOKED -> claim(now, r, steps);
                case FENCING -> {
                    fence(now, r, OPEN, now.of(r, SEEN_OPEN) - 1, steps);
                    fence(now, r, PREPARED, now.of(r, SEEN_PREPARED) - 1, steps);
                    if (now.of(r, CURRENT) == 1 || !config.holds(WalRule.SEAL_CONDITIONAL)) {
                        decide(now, r, steps);
                    }
                }
                case DECIDED -> upload(now, r, steps);
                case UPLOADED -> seal(now, r, steps);
                case SEALED_ONLY -> uploadAfterSeal(now, r, steps);
                default -> throw new AssertionError(now.of(r, PHASE));
            }
            if (now.of(r, PHASE) != IDLE) {
                WalState after = now.copy();
                after.forget(r);
                steps.step(after.v, "recoverer %d ends its pass, or dies", r);
            }
        }
    }

    /** {@code Recoveries.considerDead}: rightly or not, the owner is held to be dead. */
    private void begin(WalState now, int r, Steps steps) {
        if (now.get(RECORD) == RECORD_SEALED) {
            return;
        }
        WalState after = now.copy();
        after.of(r, SEEN_OPEN, now.find(WalState.NAMED_OPEN) + 1);
        after.of(r, SEEN_PREPARED, seenPrepared(now) + 1);
        if (config.holds(WalRule.CLAIM_CONDITIONAL)) {
            claimed(after, r);
            steps.step(after.v, "recoverer %d claims the wal", r);
        } else {
            after.of(r, PHASE, LOOKED);
            steps.step(after.v, "recoverer %d reads the wal's record", r);
        }
    }

    private int seenPrepared(WalState now) {
        int replaced = now.find(WalState.REPLACED);
        return replaced >= 0 && !config.holds(WalRule.REPLACED_IS_FORGOTTEN)
                ? replaced
                : now.find(WalState.NAMED_PREPARED);
    }

    /** {@code Recovery.start}: FENCING, epoch + 1, on the version that was read. */
    private void claimed(WalState after, int r) {
        after.set(RECORD, WalState.RECORD_FENCING);
        recordWritten(config, after, r);
        after.of(r, CURRENT, 1);
        after.of(r, PHASE, FENCING);
    }

    private void claim(WalState now, int r, Steps steps) {
        if (now.get(RECORD) != RECORD_SEALED) {
            WalState after = now.copy();
            claimed(after, r);
            steps.step(after.v, "recoverer %d claims the wal, whatever it is by now", r);
        }
    }

    /**
     * {@code MemberMachine.fence}: stored before it is answered, and the answer is the copy's end.
     */
    private void fence(WalState now, int r, int which, int segment, Steps steps) {
        if (segment < 0 || (which == PREPARED && !config.holds(WalRule.PREPARED_FENCED))) {
            return;
        }
        for (int member = 0; member < config.copies(); member++) {
            boolean isInReach = !now.isWiped(config.members()[segment][member]);
            if (!isInReach || now.answer(r, which, member) != NOTHING_SAID) {
                continue;
            }
            if (config.holds(WalRule.FENCE_IS_THE_READ)) {
                fenceMember(now, r, which, segment, member, steps);
            } else {
                fenceAndReadOther(now, r, which, segment, member, steps);
            }
        }
    }

    private void fenceMember(WalState now, int r, int which, int segment, int member, Steps steps) {
        int disk = config.members()[segment][member];
        members.fence(
                now,
                segment,
                member,
                (after, end) -> {
                    if (now.of(r, CURRENT) == 1 || !config.holds(WalRule.SEAL_CONDITIONAL)) {
                        after.answer(r, which, member, end + HELD);
                    }
                    said(after, r, end, segment, disk, steps);
                });
    }

    /** Somebody wrote the record: a recoverer that is behind does no more than fence. */
    static void recordWritten(WalConfig config, WalState after, int byRecoverer) {
        boolean isPlanUseless =
                config.holds(WalRule.SEAL_CONDITIONAL)
                        && config.holds(WalRule.CLAIM_CONDITIONAL)
                        && config.holds(WalRule.TRIM_BY_METADATA)
                        && config.holds(WalRule.UPLOAD_BEFORE_SEAL);
        after.recordWritten(byRecoverer, isPlanUseless, FENCING);
    }

    private static void said(WalState after, int r, int end, int segment, int disk, Steps steps) {
        String held = end < 0 ? ", which never held it" : ", which holds entries below " + end;
        steps.step(
                after.v, "recoverer " + r + " fences segment %d on disk %d" + held, segment, disk);
    }

    private void fenceAndReadOther(
            WalState now, int r, int which, int segment, int member, Steps steps) {
        int other = (member + 1) % config.copies();
        members.fence(
                now,
                segment,
                member,
                (fenced, _) -> {
                    for (int end : members.ends(fenced, segment, other)) {
                        WalState after = fenced.copy();
                        after.answer(r, which, other, end + HELD);
                        members.read(after, segment, other, end);
                        said(after, r, end, segment, config.members()[segment][other], steps);
                    }
                });
    }

    private int definite(WalState now, int r, int which) {
        int said = 0;
        for (int member = 0; member < config.copies(); member++) {
            if (now.answer(r, which, member) != NOTHING_SAID) {
                said++;
            }
        }
        return said;
    }

    /** {@code FencedCopies.longest}: end of the longest copy of which a member spoke, or −1. */
    private int longest(WalState now, int r, int which) {
        int longest = -1;
        int shortest = Integer.MAX_VALUE;
        for (int member = 0; member < config.copies(); member++) {
            if (now.answer(r, which, member) != NOTHING_SAID) {
                int end = now.answer(r, which, member) - HELD;
                longest = Math.max(longest, end);
                shortest = Math.min(shortest, end);
            }
        }
        return config.holds(WalRule.LONGEST_COPY) ? longest : Math.min(shortest, longest);
    }

    /** {@code RecoveryPlan.decide}. */
    private void decide(WalState now, int r, Steps steps) {
        int open = now.of(r, SEEN_OPEN) - 1;
        int prepared = now.of(r, SEEN_PREPARED) - 1;
        int begunEnd = -1;
        if (prepared >= 0 && config.holds(WalRule.PREPARED_FENCED)) {
            begunEnd = longest(now, r, PREPARED);
            if (definite(now, r, PREPARED) < config.coverage()) {
                return;
            }
        }
        int end = now.get(UPLOADED_END);
        for (int sealed = 0; sealed < config.segments(); sealed++) {
            end = now.named(sealed) == WalState.NAMED_SEALED ? now.end(sealed) : end;
        }
        if (open >= 0) {
            boolean isDecided =
                    definite(now, r, OPEN) >= config.coverage()
                            || !config.holds(WalRule.SILENCE_IS_NOT_EMPTY)
                            || (begunEnd >= 0 && config.holds(WalRule.BEGUN_DECIDES_OPEN));
            if (!isDecided || now.start(open) != end) {
                return;
            }
            end = Math.max(longest(now, r, OPEN), now.start(open));
        }
        int cut = end;
        if (begunEnd >= 0) {
            if (!config.holds(WalRule.PREPARED_CUTS) && now.start(prepared) != end) {
                return;
            }
            cut = now.start(prepared);
            end = begunEnd;
        }
        WalState after = now.copy();
        after.forgetAnswers(r);
        after.of(r, PHASE, DECIDED);
        after.of(r, CUT, cut);
        after.of(r, PLANNED_END, end);
        steps.step(after.v, "recoverer " + r + " decides: open ends at %d, all at %d", cut, end);
    }

    /** {@code TailUpload}: reads each part from a member that holds all of it, and puts it. */
    private void upload(WalState now, int r, Steps steps) {
        if (isReadable(now, r)) {
            WalState after = now.copy();
            after.of(r, PHASE, UPLOADED);
            steps.step(after.v, "recoverer %d puts the tail in objects", r);
        }
        if (!config.holds(WalRule.UPLOAD_BEFORE_SEAL)) {
            seal(now, r, steps);
        }
    }

    private boolean isReadable(WalState now, int r) {
        for (int sealed = 0; sealed < config.segments(); sealed++) {
            if (now.named(sealed) == WalState.NAMED_SEALED
                    && !isWhole(config, now, sealed, now.end(sealed))) {
                return false;
            }
        }
        int open = now.of(r, SEEN_OPEN) - 1;
        int prepared = now.of(r, SEEN_PREPARED) - 1;
        int cut = now.of(r, CUT);
        int end = now.of(r, PLANNED_END);
        return (open < 0 || isWhole(config, now, open, cut))
                && (prepared < 0 || end <= cut || isWhole(config, now, prepared, end));
    }

    /** True if a member in reach has the segment's entries below {@code end}. */
    static boolean isWhole(WalConfig config, WalState now, int segment, int end) {
        if (end <= now.start(segment)) {
            return true;
        }
        for (int member = 0; member < config.copies(); member++) {
            if (now.held(segment, member) >= end) {
                return true;
            }
        }
        return false;
    }

    /** {@code Recovery.seal}: on the version of the claim. */
    private void seal(WalState now, int r, Steps steps) {
        if (now.of(r, CURRENT) == 0 && config.holds(WalRule.SEAL_CONDITIONAL)) {
            return;
        }
        WalState after = now.copy();
        int end = now.of(r, PLANNED_END);
        if (now.get(RECORD) == RECORD_SEALED && now.get(SEALED_END) != end) {
            after.set(WalState.BROKEN, Promise.ONE_SEAL.code());
        }
        after.set(RECORD, RECORD_SEALED);
        after.set(SEALED_END, end);
        recordWritten(config, after, -1);
        if (now.of(r, PHASE) == UPLOADED) {
            after.set(UPLOADED_END, end);
            after.forget(r);
        } else {
            after.of(r, PHASE, SEALED_ONLY);
        }
        steps.step(after.v, "recoverer %d seals the wal at entry %d", r, end);
    }

    /** Without the rule: what was sealed is uploaded later, if it can be. */
    private void uploadAfterSeal(WalState now, int r, Steps steps) {
        if (isReadable(now, r)) {
            WalState after = now.copy();
            after.set(UPLOADED_END, now.get(SEALED_END));
            after.forget(r);
            steps.step(after.v, "recoverer %d puts the tail in objects after its seal", r);
        }
    }
}
