package sluice.model;

import static sluice.model.WalState.CHANGE;
import static sluice.model.WalState.CHANGE_APPLIED;
import static sluice.model.WalState.HWM;
import static sluice.model.WalState.RECORD;
import static sluice.model.WalState.UPLOADED_END;
import static sluice.model.WalState.WIPED;
import static sluice.model.WalState.WIPES_LEFT;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;
import sluice.model.WalConfig.Option;

/** The disks that hold copies: {@code MemberMachine}, {@code Trimmer}, and what befalls them. */
final class MemberSteps {

    private static final int NEVER_HELD = -1;

    private final WalConfig config;

    MemberSteps(WalConfig config) {
        this.config = config;
    }

    void next(WalState now, Steps steps) {
        for (int segment = 0; segment < config.segments(); segment++) {
            for (int member = 0; member < config.copies(); member++) {
                if (!now.isWiped(disk(segment, member))) {
                    close(now, segment, member, steps);
                    trim(now, segment, member, steps);
                }
            }
        }
        for (int disk = 0; disk < WalConfig.DISKS_MAX; disk++) {
            if (!now.isWiped(disk)) {
                loseFences(now, disk, steps);
                goBack(now, disk, steps);
                wipe(now, disk, steps);
            }
        }
    }

    private int disk(int segment, int member) {
        return config.members()[segment][member];
    }

    /**
     * Where the copy may end that this disk finds when it looks: {@code SegmentCopy.scan}.
     *
     * @return entry after the last; −1 for no copy
     */
    List<Integer> ends(WalState now, int segment, int member) {
        var ends = new ArrayList<Integer>();
        if (now.form(segment, member) == WalState.CLOSED_COPY) {
            ends.add(now.held(segment, member));
            return ends;
        }
        int known = now.held(segment, member);
        if (known == 0) {
            ends.add(NEVER_HELD);
        }
        if (now.form(segment, member) == WalState.OPEN && now.isBegun(segment)) {
            for (int end = Math.max(known, now.start(segment)); end <= now.sent(segment); end++) {
                ends.add(end);
            }
        }
        return ends;
    }

    /** It was read how far the copy goes: it goes no less far from then on. */
    void read(WalState after, int segment, int member, int end) {
        if (after.form(segment, member) == WalState.OPEN) {
            after.held(segment, member, Math.max(end, 0));
        }
    }

    /**
     * {@code MemberMachine.fence}: stored before it is answered, and the answer is the copy's end.
     */
    void fence(WalState now, int segment, int member, ObjIntConsumer<WalState> answer) {
        for (int end : ends(now, segment, member)) {
            WalState after = now.copy();
            if (!config.holds(WalRule.FENCE)) {
                read(after, segment, member, end);
            } else {
                after.fence(segment, member, true);
                settle(after, segment, member, end);
            }
            answer.accept(after, end);
        }
    }

    private void settle(WalState after, int segment, int member, int end) {
        if (after.form(segment, member) != WalState.OPEN) {
            return;
        }
        int told = Math.max(after.told(segment, member), Math.max(end, 0));
        if (end >= 0) {
            after.close(segment, member, end, tellable(after, segment, told));
        } else {
            after.lose(segment, member, after.told(segment, member));
        }
    }

    /** What a member said of a segment that was left is of no use to anybody. */
    private int tellable(WalState now, int segment, int told) {
        return segment == now.get(WalState.SEGMENT) || OwnerSteps.keepsOldAcks(config) ? told : 0;
    }

    /** The most that the owner may still hear of a copy that goes now. */
    private int mayHaveTold(WalState now, int segment, int member) {
        boolean isOpen = now.form(segment, member) == WalState.OPEN && now.isBegun(segment);
        return tellable(now, segment, isOpen ? now.sent(segment) : now.told(segment, member));
    }

    /**
     * A copy takes no more: {@code MemberMachine.disconnected}, a gap, or the member's process
     * ended, with or without a loss of power. What was said to be durable is; of the rest any part
     * may be.
     */
    private void close(WalState now, int segment, int member, Steps steps) {
        if (!config.has(Option.RESTARTS)
                || now.form(segment, member) != WalState.OPEN
                || !now.isBegun(segment)) {
            return;
        }
        int known = now.held(segment, member);
        int least = config.holds(WalRule.ACK_AFTER_SYNC) ? known : 0;
        for (int end = Math.max(least, now.start(segment)); end <= now.sent(segment); end++) {
            WalState after = now.copy();
            after.close(segment, member, end, tellable(now, segment, Math.max(known, end)));
            steps.step(
                    after.v,
                    "disk " + disk(segment, member) + " restarts: segment %d ends at %d there",
                    segment,
                    end);
        }
    }

    /** Without the rule: a fence was in memory, and the process ends. */
    private void loseFences(WalState now, int disk, Steps steps) {
        if (config.holds(WalRule.FENCE_DURABLE)) {
            return;
        }
        WalState after = now.copy();
        boolean lost = false;
        for (int segment = 0; segment < config.segments(); segment++) {
            for (int member = 0; member < config.copies(); member++) {
                if (disk(segment, member) == disk && now.isFenced(segment, member)) {
                    openAgain(after, segment, member);
                    lost = true;
                }
            }
        }
        if (lost) {
            steps.step(after.v, "disk %d restarts, its fences are lost", disk);
        }
    }

    /**
     * Without the rule: a snapshot from before a fence, and from before {@code end} was written.
     */
    private void goBack(WalState now, int disk, Steps steps) {
        if (config.holds(WalRule.DISK_GOES_NOT_BACK) || now.get(WIPES_LEFT) == 0) {
            return;
        }
        for (int end = 0; end < now.get(WalState.NEXT); end++) {
            WalState after = now.copy();
            after.set(WIPES_LEFT, now.get(WIPES_LEFT) - 1);
            for (int segment = 0; segment < config.segments(); segment++) {
                for (int member = 0; member < config.copies(); member++) {
                    if (disk(segment, member) == disk && now.isBegun(segment)) {
                        int told = mayHaveTold(now, segment, member);
                        int past = Math.max(now.start(segment), end);
                        after.close(segment, member, past, told);
                        after.fence(segment, member, false);
                    }
                }
            }
            steps.step(after.v, "disk %d comes back as it was at entry %d", disk, end);
        }
    }

    /** Where there is no copy, one may be opened. */
    private static void openAgain(WalState after, int segment, int member) {
        after.fence(segment, member, false);
        if (after.form(segment, member) == WalState.GONE) {
            after.form(segment, member, WalState.OPEN);
        }
    }

    /** {@code Trimmer.trim}: at any time after the metadata said so, twice or late as it may be. */
    private void trim(WalState now, int segment, int member, Steps steps) {
        if (!config.has(Option.TRIMS)) {
            return;
        }
        boolean isThere =
                now.form(segment, member) == WalState.CLOSED_COPY
                        || now.form(segment, member) == WalState.OPEN && now.isBegun(segment);
        if (isThere && (isCovered(now, segment) || isSaid(now, segment))) {
            WalState after = now.copy();
            after.lose(segment, member, mayHaveTold(now, segment, member));
            if (now.get(RECORD) != WalState.RECORD_SEALED && holdsUncovered(now, segment)) {
                after.set(WalState.BROKEN, Promise.TRIM_IS_COVERED.code());
            }
            if (!config.holds(WalRule.FENCE_OUTLIVES_TRIM)) {
                after.fence(segment, member, false);
            }
            steps.step(after.v, "disk %d trims segment %d", disk(segment, member), segment);
        } else if (!config.holds(WalRule.FENCE_OUTLIVES_TRIM)
                && now.isFenced(segment, member)
                && isCovered(now, segment)) {
            WalState after = now.copy();
            openAgain(after, segment, member);
            steps.step(after.v, "disk %d trims the fence of %d", disk(segment, member), segment);
        }
    }

    /** {@code Trimmer.isCovered}. */
    private static boolean isCovered(WalState now, int segment) {
        if (now.get(RECORD) == WalState.RECORD_SEALED) {
            return true;
        }
        for (int first = 0; first < WalConfig.SEGMENTS_MAX; first++) {
            int named = now.named(first);
            if (named == WalState.NAMED_PREPARED
                    || named == WalState.NAMED_OPEN
                    || named == WalState.NAMED_SEALED) {
                return segment < first;
            }
        }
        return false;
    }

    /** Without the rule: somebody who put objects says that they are there. */
    private boolean isSaid(WalState now, int segment) {
        if (config.holds(WalRule.TRIM_BY_METADATA)) {
            return false;
        }
        boolean bySelf =
                now.get(CHANGE) == OwnerSteps.UPLOAD
                        && now.get(CHANGE_APPLIED) == 0
                        && now.find(WalState.NAMED_SEALED) == segment;
        boolean byRecoverer = false;
        for (int r = 0; r < config.recoverers(); r++) {
            byRecoverer |= now.of(r, WalState.PHASE) == RecoverySteps.UPLOADED;
        }
        return bySelf || byRecoverer;
    }

    /** True if acknowledged entries of the segment are in no committed object. */
    private static boolean holdsUncovered(WalState now, int segment) {
        int end = Math.min(WalPromises.endOf(now, segment), now.get(HWM));
        return now.start(segment) < end && end > now.get(UPLOADED_END);
    }

    /** A disk loses everything. What comes back under its host's name is another disk. */
    private void wipe(WalState now, int disk, Steps steps) {
        if (now.get(WIPES_LEFT) == 0
                || now.get(RECORD) == WalState.RECORD_SEALED
                || !config.holds(WalRule.DISK_GOES_NOT_BACK)) {
            return;
        }
        WalState after = now.copy();
        after.set(WIPES_LEFT, now.get(WIPES_LEFT) - 1);
        if (config.holds(WalRule.DISK_HAS_AN_ID)) {
            after.set(WIPED, now.get(WIPED) | 1 << disk);
        }
        for (int segment = 0; segment < config.segments(); segment++) {
            for (int member = 0; member < config.copies(); member++) {
                if (disk(segment, member) == disk) {
                    wipe(now, after, segment, member);
                }
            }
        }
        // They spare what was acknowledged.
        if (config.wipes() < config.copies() || WalPromises.isDurable(config, after)) {
            steps.step(after.v, "disk %d loses everything", disk);
        }
    }

    private void wipe(WalState now, WalState after, int segment, int member) {
        // Where more disks go than replication bears, nothing that they said is still to come.
        boolean mayCome = config.wipes() < config.copies();
        after.lose(segment, member, mayCome ? mayHaveTold(now, segment, member) : 0);
        after.fence(segment, member, false);
        if (!config.holds(WalRule.DISK_HAS_AN_ID)) {
            after.form(segment, member, WalState.OPEN);
        }
    }
}
