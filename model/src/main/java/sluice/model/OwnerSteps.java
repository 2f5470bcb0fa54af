package sluice.model;

import static sluice.model.WalState.CHANGE;
import static sluice.model.WalState.CHANGE_APPLIED;
import static sluice.model.WalState.CHANGE_NAMES;
import static sluice.model.WalState.CLOSED;
import static sluice.model.WalState.HWM;
import static sluice.model.WalState.LAST_INDEX;
import static sluice.model.WalState.NEXT;
import static sluice.model.WalState.PREPARED;
import static sluice.model.WalState.RECORD;
import static sluice.model.WalState.SEALED_END;
import static sluice.model.WalState.SEGMENT;
import static sluice.model.WalState.UPLOADED_END;

import sluice.model.WalConfig.Option;

/**
 * The owner of a wal. It is never told that it lost it: an owner that hears so stops, which is no
 * more than making no further step.
 *
 * <p>{@code WalRegistry} writes the record: one change at a time, the same one again until its
 * outcome is known. So a change is <em>under way</em> (it may be applied at any later time, once),
 * or <em>applied</em> and not heard of. Nobody else writes the record before it is claimed, so the
 * owner's condition, the version that it knows, holds exactly while the record is OPEN.
 */
final class OwnerSteps {

    private static final int NO_CHANGE = 0;
    static final int ROLL = 1;
    static final int PREPARE = 2;
    static final int UPLOAD = 3;
    static final int CLOSE = 4;
    static final int SEAL = 5;

    private final WalConfig config;

    OwnerSteps(WalConfig config) {
        this.config = config;
    }

    void next(WalState now, Steps steps) {
        if (now.get(CLOSED) == 0) {
            append(now, steps);
            commit(now, steps);
            roll(now, steps);
            close(now, steps);
        }
        beginChange(now, steps);
        applyChange(now, steps);
        hearChange(now, steps);
    }

    /** {@code WalMachine.append} and {@code flush}. */
    private void append(WalState now, Steps steps) {
        if (now.get(NEXT) < config.entries()) {
            WalState after = now.copy();
            after.set(NEXT, now.get(NEXT) + 1);
            steps.step(after.v, "owner appends entry %d", now.get(NEXT));
        }
    }

    /**
     * {@code MemberMachine.onSynced}, {@code WalMachine.durable} and {@code commit}, {@code
     * OwnerAppends.entryCommitted}: the answers of all members have come, and the client gets its
     * own.
     */
    private void commit(WalState now, Steps steps) {
        if (now.get(HWM) == now.get(NEXT)) {
            return;
        }
        commitBy(now, now.get(SEGMENT), steps);
        boolean oldCounts =
                !config.holds(WalRule.OLD_ACKS_DROPPED)
                        || (!config.holds(WalRule.ACKS_FROZEN_IN_ROLL)
                                && now.get(CHANGE) == ROLL
                                && now.get(CHANGE_APPLIED) == 0);
        for (int old = 0; oldCounts && old < now.get(SEGMENT); old++) {
            if (now.isBegun(old)) {
                commitBy(now, old, steps);
            }
        }
    }

    /** One step for each set of members whose answers are enough. */
    private void commitBy(WalState now, int segment, Steps steps) {
        int entry = now.get(HWM);
        for (int set = 1; set < 1 << config.copies(); set++) {
            if (Integer.bitCount(set) == config.ackQuorum()
                    && entry < now.sent(segment)
                    && mayHear(now, segment, set, entry)) {
                WalState after = now.copy();
                after.set(HWM, entry + 1);
                for (int member = 0; member < config.copies(); member++) {
                    if ((set & 1 << member) != 0 && now.told(segment, member) <= entry) {
                        after.held(segment, member, entry + 1);
                    }
                }
                steps.step(
                        after.v,
                        "owner hears of entry %d from all it asks in segment %d: acknowledged",
                        entry,
                        segment);
            }
        }
    }

    private boolean mayHear(WalState now, int segment, int set, int entry) {
        for (int member = 0; member < config.copies(); member++) {
            boolean may =
                    now.told(segment, member) > entry
                            || now.form(segment, member) == WalState.OPEN
                                    && !now.isWiped(config.members()[segment][member]);
            if ((set & 1 << member) != 0 && !may) {
                return false;
            }
        }
        return true;
    }

    /** {@code WalMachine.roll}, for whatever reason {@code WalKeeper} had. */
    private void roll(WalState now, Steps steps) {
        int next = now.get(PREPARED) - 1;
        if (next < 0
                && !config.holds(WalRule.ONLY_PREPARED_IS_BEGUN)
                && now.get(LAST_INDEX) + 1 < config.segments()) {
            next = now.get(LAST_INDEX) + 1;
        }
        if (next < 0) {
            return;
        }
        WalState after = now.copy();
        int old = now.get(SEGMENT);
        after.leave(old);
        after.begin(next, now.get(HWM));
        after.set(SEGMENT, next);
        after.set(PREPARED, 0);
        after.set(LAST_INDEX, Math.max(next, now.get(LAST_INDEX)));
        if (!keepsOldAcks(config)) {
            for (int member = 0; member < config.copies(); member++) {
                after.told(old, member, 0);
            }
        }
        if (now.isBegun(next)) {
            reopen(now, after, next);
        }
        steps.step(after.v, "owner rolls into segment %d at entry %d", next, now.get(HWM));
    }

    /**
     * An index that was used before: a disk that trimmed it opens it again, and late answers count.
     */
    private void reopen(WalState now, WalState after, int segment) {
        for (int member = 0; member < config.copies(); member++) {
            if (now.form(segment, member) == WalState.GONE && !now.isFenced(segment, member)) {
                after.form(segment, member, WalState.OPEN);
            }
        }
    }

    /** True in models in which an answer about an old segment can do harm. */
    static boolean keepsOldAcks(WalConfig config) {
        return !config.holds(WalRule.OLD_ACKS_DROPPED)
                || !config.holds(WalRule.ACKS_FROZEN_IN_ROLL)
                || !config.holds(WalRule.INDEX_NEVER_REUSED);
    }

    /** {@code EngineCore.drain} and {@code WalKeeper.close}: no more appends and answers. */
    private void close(WalState now, Steps steps) {
        if (config.has(Option.DRAINS)) {
            WalState after = now.copy();
            after.set(CLOSED, 1);
            after.set(PREPARED, 0);
            steps.step(after.v, "owner stops, to end its wal at entry %d", now.get(HWM));
        }
    }

    /** {@code WalRegistry.next}: whichever change is due is sent. */
    private void beginChange(WalState now, Steps steps) {
        if (now.get(CHANGE) != NO_CHANGE) {
            return;
        }
        int open = now.find(WalState.NAMED_OPEN);
        int segment = now.get(SEGMENT);
        boolean closed = now.get(CLOSED) == 1;
        if (segment != open && open >= 0) {
            beginNaming(now, ROLL, "owner sends the record of its roll to segment %d", steps);
        } else if (closed && open >= 0) {
            begin(now, CLOSE, 0, "owner sends the record of its last segment's end", steps);
        } else if (now.get(PREPARED) > 0 && config.has(Option.REPREPARES)) {
            beginNaming(now, PREPARE, "owner sends another PREPARED than %d", steps);
        } else if (now.get(PREPARED) == 0 && !closed && now.find(WalState.NAMED_PREPARED) < 0) {
            beginNaming(now, PREPARE, "owner sends a PREPARED segment", steps);
        }
        int sealed = now.find(WalState.NAMED_SEALED);
        if (sealed >= 0
                && (config.has(Option.TRIMS) || config.has(Option.DRAINS))
                && RecoverySteps.isWhole(config, now, sealed, now.end(sealed))) {
            begin(now, UPLOAD, 0, "owner puts segment %d in objects and sends the commit", steps);
        } else if (sealed < 0 && closed && open < 0) {
            begin(now, SEAL, 0, "owner sends its own seal", steps);
        }
    }

    private void beginNaming(WalState now, int change, String what, Steps steps) {
        int index = now.get(LAST_INDEX) + 1;
        if (!config.holds(WalRule.INDEX_NEVER_REUSED) && now.find(WalState.UPLOADED) >= 0) {
            begin(now, change, now.find(WalState.UPLOADED) + 1, what, steps);
        } else if (index < config.segments()) {
            begin(now, change, index + 1, what, steps);
        } else if (change == ROLL) {
            begin(now, change, 0, what, steps);
        }
    }

    private void begin(WalState now, int change, int names, String what, Steps steps) {
        WalState after = now.copy();
        after.set(CHANGE, change);
        after.set(CHANGE_NAMES, names);
        after.set(LAST_INDEX, Math.max(names - 1, now.get(LAST_INDEX)));
        int about =
                switch (change) {
                    case UPLOAD -> now.find(WalState.NAMED_SEALED);
                    case PREPARE -> now.get(PREPARED) - 1;
                    default -> now.get(SEGMENT);
                };
        if (change == PREPARE && config.holds(WalRule.UNPREPARED_FIRST)) {
            after.set(PREPARED, 0);
        }
        steps.step(after.v, what, about);
    }

    /** {@code WalChanges}, in the metadata, however long after it was sent. */
    private void applyChange(WalState now, Steps steps) {
        boolean mayApply =
                now.get(RECORD) == WalState.RECORD_OPEN || !config.holds(WalRule.OWNER_CONDITIONAL);
        if (now.get(CHANGE) == NO_CHANGE || now.get(CHANGE_APPLIED) == 1 || !mayApply) {
            return;
        }
        WalState after = now.copy();
        after.set(CHANGE_APPLIED, 1);
        if (now.get(RECORD) == WalState.RECORD_SEALED) {
            after.set(WalState.BROKEN, Promise.SEALED_IS_TERMINAL.code());
        }
        after.set(RECORD, WalState.RECORD_OPEN);
        RecoverySteps.recordWritten(config, after, -1);
        apply(now, after);
        steps.step(after.v, "the metadata take the owner's change");
    }

    private void apply(WalState now, WalState after) {
        switch (now.get(CHANGE)) {
            case ROLL -> {
                int segment = now.get(SEGMENT);
                int open = now.find(WalState.NAMED_OPEN);
                after.name(open, WalState.NAMED_SEALED);
                after.end(open, now.start(segment));
                forgetPrepared(after);
                after.name(segment, WalState.NAMED_OPEN);
                name(after, now.get(CHANGE_NAMES) - 1);
            }
            case PREPARE -> {
                forgetPrepared(after);
                name(after, now.get(CHANGE_NAMES) - 1);
            }
            case UPLOAD -> {
                int sealed = now.find(WalState.NAMED_SEALED);
                after.name(sealed, WalState.UPLOADED);
                after.set(UPLOADED_END, now.end(sealed));
            }
            case CLOSE -> {
                int open = now.find(WalState.NAMED_OPEN);
                after.name(open, WalState.NAMED_SEALED);
                after.end(open, now.get(HWM));
                forgetPrepared(after);
            }
            case SEAL -> {
                after.set(RECORD, WalState.RECORD_SEALED);
                after.set(SEALED_END, now.get(UPLOADED_END));
            }
            default -> throw new AssertionError(now.get(CHANGE));
        }
    }

    private static void forgetPrepared(WalState after) {
        int prepared = after.find(WalState.NAMED_PREPARED);
        if (prepared >= 0) {
            after.name(prepared, WalState.REPLACED);
        }
    }

    private static void name(WalState after, int segment) {
        if (segment >= 0) {
            after.name(segment, WalState.NAMED_PREPARED);
        }
    }

    /** {@code WalRegistry.applied}: the owner knows the outcome, at last. */
    private void hearChange(WalState now, Steps steps) {
        if (now.get(CHANGE_APPLIED) == 0) {
            return;
        }
        WalState after = now.copy();
        boolean names = now.get(CHANGE) == ROLL || now.get(CHANGE) == PREPARE;
        // A segment that was begun meanwhile is in use, and not to be begun again.
        if (names && now.get(CLOSED) == 0) {
            after.set(PREPARED, now.get(CHANGE_NAMES));
        }
        after.set(CHANGE, NO_CHANGE);
        after.set(CHANGE_APPLIED, 0);
        after.set(CHANGE_NAMES, 0);
        steps.step(after.v, "owner hears that its change is in the metadata");
    }
}
