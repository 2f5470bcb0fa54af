package sluice.model;

import static sluice.model.SlotState.APPLIED;
import static sluice.model.SlotState.CHECKPOINT;
import static sluice.model.SlotState.CLOSING;
import static sluice.model.SlotState.CURRENT;
import static sluice.model.SlotState.FOLD;
import static sluice.model.SlotState.FOLDED;
import static sluice.model.SlotState.HWM;
import static sluice.model.SlotState.LAST;
import static sluice.model.SlotState.LOCAL;
import static sluice.model.SlotState.NEXT;
import static sluice.model.SlotState.NEXT_OFFSET;
import static sluice.model.SlotState.NOT_OURS;
import static sluice.model.SlotState.NO_WRITE;
import static sluice.model.SlotState.OWNER;
import static sluice.model.SlotState.RECORD;
import static sluice.model.SlotState.RELEASE;
import static sluice.model.SlotState.RELEASE_UNUSED;
import static sluice.model.SlotState.RELEASING;
import static sluice.model.SlotState.SEALED;
import static sluice.model.SlotState.SERVING;
import static sluice.model.SlotState.TAKE;
import static sluice.model.SlotState.UNLOADED;
import static sluice.model.SlotState.UPLOADED;
import static sluice.model.SlotState.WRITE;
import static sluice.model.SlotState.WRITE_CHECKPOINT;
import static sluice.model.SlotState.WRITE_DROPS;
import static sluice.model.SlotState.WRITE_FROM;

/**
 * What gateways do with a slot:
 *
 * <pre>
 *   not ours ──take──▶ unloaded ──load──▶ serving ──close──▶ closing ──release──▶ releasing ──▶ not ours
 *                          └───────release, unused──────────────────────────────────▲
 * </pre>
 *
 * <p>Any gateway may take, and any owner may hand over, at any time: so it does not matter what
 * balancers want. None of them is told that its wal is lost. A write of the slot's record is under
 * way until it is applied, at any later time, or its condition fails; it is sent again as it is.
 */
final class SlotSteps {

    private final SlotConfig config;

    SlotSteps(SlotConfig config) {
        this.config = config;
    }

    void next(SlotState now, Steps steps) {
        for (int g = 0; g < config.gateways(); g++) {
            if (now.of(g, WRITE) != NO_WRITE) {
                apply(now, g, steps);
                end(now, g, steps);
                if (config.has(SlotConfig.Option.GIVES_UP)) {
                    giveUp(now, g, steps);
                }
            }
            ghost(now, g, steps);
            switch (now.of(g, LOCAL)) {
                case NOT_OURS -> {
                    take(now, g, steps);
                    adopt(now, g, steps);
                }
                case UNLOADED -> {
                    load(now, g, steps);
                    releaseUnused(now, g, steps);
                }
                case SERVING -> {
                    append(now, g, steps);
                    close(now, g, steps);
                    fold(now, g, steps);
                }
                case CLOSING -> {
                    if (!config.holds(SlotRule.APPENDS_WAIT)) {
                        append(now, g, steps);
                    }
                    reopen(now, g, steps);
                    release(now, g, steps);
                }
                case RELEASING -> {
                    if (!config.holds(SlotRule.NO_APPENDS_IN_RELEASE)) {
                        append(now, g, steps);
                    }
                    if (!config.holds(SlotRule.RELEASE_IS_FINAL)) {
                        reopen(now, g, steps);
                    }
                }
                default -> throw new AssertionError(now.of(g, LOCAL));
            }
        }
    }

    /** {@code SlotKeeper.take}: sends {epoch + 1, itself, sources}. */
    private void take(SlotState now, int g, Steps steps) {
        int owner = now.get(OWNER) - 1;
        boolean isFree = owner < 0 || now.of(owner, RECORD) >= SEALED;
        boolean mayTake = isFree || !config.holds(SlotRule.ONLY_FREE_IS_TAKEN);
        if (now.of(g, WRITE) != NO_WRITE || owner == g || !mayTake) {
            return;
        }
        int surely = 0;
        int perhaps = 0;
        for (int n = 0; n < SlotState.SOURCES_MAX && now.source(n) >= 0; n++) {
            int wal = now.source(n);
            boolean isSealed = now.of(wal, RECORD) >= SEALED;
            if (isSealed && now.of(wal, UPLOADED) <= now.sourceFrom(n)) {
                surely |= 1 << n;
            } else if (wal != owner && !config.holds(SlotRule.SOURCE_DROPPED_IF_SEALED)) {
                perhaps |= 1 << n;
            }
        }
        send(now, g, surely, steps);
        if (perhaps != 0) {
            send(now, g, surely | perhaps, steps);
        }
    }

    private void send(SlotState now, int g, int drops, Steps steps) {
        SlotState after = now.copy();
        int from = now.of(g, NEXT);
        if (!config.holds(SlotRule.SOURCE_NOT_LATE)) {
            from++;
        } else if (!config.holds(SlotRule.SOURCE_NOT_EARLY)) {
            from = 0;
        }
        after.of(g, WRITE, TAKE);
        after.of(g, CURRENT, 1);
        after.of(g, WRITE_FROM, from);
        after.of(g, WRITE_DROPS, drops);
        steps.step(after.v, "gateway %d sends that it takes the slot, its source from %d", g, from);
    }

    /** {@code OwnedSlots.load}. */
    private static void load(SlotState now, int g, Steps steps) {
        SlotState after = now.copy();
        after.of(g, LOCAL, SERVING);
        after.of(g, NEXT_OFFSET, SlotLog.nextOffset(now));
        steps.step(
                after.v, "gateway %d loads the slot, next offset %d", g, after.of(g, NEXT_OFFSET));
    }

    /** {@code OwnerAppends.write}. */
    private void append(SlotState now, int g, Steps steps) {
        int entry = now.of(g, NEXT);
        int offset = now.of(g, NEXT_OFFSET);
        if (entry < config.entries() && offset < SlotState.OFFSETS_MAX) {
            SlotState after = now.copy();
            after.offsetOf(g, entry, offset);
            after.of(g, NEXT, entry + 1);
            after.of(g, NEXT_OFFSET, offset + 1);
            after.of(g, LAST, entry + 1);
            steps.step(after.v, "gateway %d appends offset %d", g, offset);
        }
    }

    /** {@code Handoffs}: closing. */
    private static void close(SlotState now, int g, Steps steps) {
        if (now.of(g, WRITE) == NO_WRITE) {
            SlotState after = now.copy();
            after.of(g, LOCAL, CLOSING);
            steps.step(after.v, "gateway %d closes the slot", g);
        }
    }

    /** {@code Handoffs.abandon}. */
    private static void reopen(SlotState now, int g, Steps steps) {
        SlotState after = now.copy();
        after.of(g, LOCAL, SERVING);
        steps.step(after.v, "gateway %d serves the slot again", g);
    }

    /**
     * {@code Handoffs.closing}, {@code SlotRelease.begin}: puts the checkpoint, sends the release.
     */
    private void release(SlotState now, int g, Steps steps) {
        int last =
                config.holds(SlotRule.DRAINED)
                        ? now.of(g, LAST)
                        : Math.min(now.of(g, HWM), now.of(g, LAST));
        boolean isDrained = now.of(g, HWM) >= last;
        boolean isUploaded = now.of(g, UPLOADED) >= last || !config.holds(SlotRule.UPLOADED);
        if (isDrained && isUploaded && now.of(g, WRITE) == NO_WRITE) {
            SlotState after = now.copy();
            after.of(g, LOCAL, RELEASING);
            send(after, g, RELEASE, SlotLog.indexed(now, g));
            steps.step(after.v, "gateway %d sends that it releases the slot", g);
        }
    }

    /** {@code SlotRelease.releasedUnused}. */
    private static void releaseUnused(SlotState now, int g, Steps steps) {
        SlotState after = now.copy();
        after.of(g, LOCAL, RELEASING);
        send(after, g, RELEASE_UNUSED, 0);
        steps.step(after.v, "gateway %d sends that it releases the slot, unused", g);
    }

    private static void send(SlotState after, int g, int write, int checkpoint) {
        after.of(g, WRITE, write);
        after.of(g, CURRENT, after.get(OWNER) == g + 1 ? 1 : 0);
        after.of(g, WRITE_CHECKPOINT, checkpoint);
    }

    /** {@code Folder.fold}: puts a checkpoint of what is uploaded, sends the slot's record. */
    private void fold(SlotState now, int g, Steps steps) {
        if (config.has(SlotConfig.Option.FOLDS)
                && now.of(g, WRITE) == NO_WRITE
                && now.get(OWNER) == g + 1) {
            SlotState after = now.copy();
            send(after, g, FOLD, SlotLog.indexed(now, g));
            after.of(g, WRITE_FROM, Math.max(now.of(g, UPLOADED), ownFrom(now, g)));
            if (!config.holds(SlotRule.FOLDED_AFTER_CHECKPOINT)) {
                after.of(g, FOLDED, now.of(g, UPLOADED));
                SlotLog.observe(after);
            }
            steps.step(
                    after.v,
                    "gateway %d folds the slot below offset %d",
                    g,
                    SlotLog.indexed(now, g));
        }
    }

    private static int ownFrom(SlotState now, int g) {
        int from = 0;
        for (int n = 0; n < SlotState.SOURCES_MAX; n++) {
            from = now.source(n) == g ? now.sourceFrom(n) : from;
        }
        return from;
    }

    /** The metadata take a write, however long after it was sent. */
    private void apply(SlotState now, int g, Steps steps) {
        int write = now.of(g, WRITE);
        boolean isConditional =
                switch (write) {
                    case TAKE -> config.holds(SlotRule.TAKE_CONDITIONAL);
                    case RELEASE, RELEASE_UNUSED -> config.holds(SlotRule.RELEASE_CONDITIONAL);
                    default -> true;
                };
        if (now.of(g, APPLIED) == 1 || (isConditional && now.of(g, CURRENT) == 0)) {
            return;
        }
        SlotState after = now.copy();
        after.slotWritten();
        after.of(g, APPLIED, 1);
        change(now, after, g, write);
        SlotLog.observe(after);
        String what =
                switch (write) {
                    case TAKE -> "the metadata give the slot to gateway %d";
                    case FOLD -> "the metadata take the checkpoint of gateway %d";
                    default -> "the metadata take the release of gateway %d";
                };
        steps.step(after.v, what, g);
    }

    private void change(SlotState now, SlotState after, int g, int write) {
        after.clearSources();
        for (int n = 0; n < SlotState.SOURCES_MAX && now.source(n) >= 0; n++) {
            boolean isKept =
                    switch (write) {
                        case TAKE -> (now.of(g, WRITE_DROPS) & 1 << n) == 0;
                        case RELEASE_UNUSED ->
                                now.source(n) != g
                                        || (config.holds(SlotRule.UNUSED_DROPS_ITS_OWN)
                                                && !now.isLastSource(n));
                        default -> false;
                    };
            if (isKept) {
                after.addSource(now.source(n), now.sourceFrom(n));
            }
        }
        switch (write) {
            case TAKE -> {
                after.set(OWNER, g + 1);
                after.addSource(g, now.of(g, WRITE_FROM));
            }
            case RELEASE -> {
                after.set(OWNER, 0);
                after.set(CHECKPOINT, now.of(g, WRITE_CHECKPOINT));
            }
            case RELEASE_UNUSED -> after.set(OWNER, 0);
            case FOLD -> {
                after.set(CHECKPOINT, now.of(g, WRITE_CHECKPOINT));
                after.addSource(g, now.of(g, WRITE_FROM));
            }
            default -> throw new AssertionError(write);
        }
    }

    /**
     * {@code SlotKeeper.ended}, {@code Folder.point}: the outcome stays unknown, and life goes on.
     */
    private static void giveUp(SlotState now, int g, Steps steps) {
        int write = now.of(g, WRITE);
        if ((write == TAKE || write == FOLD) && now.of(g, SlotState.GHOST) == NO_WRITE) {
            SlotState after = now.copy();
            after.swapWrites(g);
            forgetDeadGhost(after, g);
            steps.step(after.v, "gateway %d gives up waiting for an answer", g);
        }
    }

    /** A write that was given up is applied after all. */
    private void ghost(SlotState now, int g, Steps steps) {
        if (now.of(g, SlotState.GHOST) == NO_WRITE) {
            return;
        }
        SlotState swapped = now.copy();
        swapped.swapWrites(g);
        apply(
                swapped,
                g,
                (applied, what, a, b) -> {
                    var after = new SlotState(applied);
                    after.swapWrites(g);
                    forgetDeadGhost(after, g);
                    steps.step(after.v, what + ", by a write long given up", a, b);
                });
    }

    /** Of a write that was applied, or never will be, nothing is left. */
    private static void forgetDeadGhost(SlotState after, int g) {
        after.swapWrites(g);
        if (after.of(g, APPLIED) == 1 || after.of(g, CURRENT) == 0) {
            after.forgetWrite(g);
        }
        after.swapWrites(g);
    }

    /** {@code SlotKeeper.adopt}: the record says that the slot is ours, so it is. */
    private static void adopt(SlotState now, int g, Steps steps) {
        if (now.get(OWNER) == g + 1 && now.of(g, WRITE) == NO_WRITE) {
            SlotState after = now.copy();
            after.of(g, LOCAL, UNLOADED);
            after.of(g, LAST, 0);
            steps.step(after.v, "gateway %d finds that the slot is its own", g);
        }
    }

    /** The gateway hears what became of its write, or reads it: applied, or a lost race. */
    private static void end(SlotState now, int g, Steps steps) {
        int write = now.of(g, WRITE);
        boolean isApplied = now.of(g, APPLIED) == 1;
        if (!isApplied && now.of(g, CURRENT) == 1) {
            return;
        }
        SlotState after = now.copy();
        boolean isRelease = write == RELEASE || write == RELEASE_UNUSED;
        if (!isApplied && isRelease && now.get(OWNER) == g + 1 && now.of(g, LOCAL) == RELEASING) {
            after.of(g, CURRENT, 1);
            steps.step(after.v, "gateway %d sends its release again, on the record as it is", g);
            return;
        }
        if (write == TAKE && isApplied) {
            after.of(g, LOCAL, UNLOADED);
            after.of(g, LAST, 0);
        } else if (isRelease && now.of(g, LOCAL) == RELEASING) {
            after.of(g, LOCAL, NOT_OURS);
            after.of(g, NEXT_OFFSET, 0);
            after.of(g, LAST, 0);
        } else if (write == FOLD && isApplied && now.of(g, RECORD) == SlotState.OPEN) {
            after.of(g, FOLDED, Math.max(now.of(g, FOLDED), now.of(g, WRITE_FROM)));
            SlotLog.observe(after);
        }
        after.forgetWrite(g);
        steps.step(
                after.v,
                isApplied
                        ? "gateway %d hears that its write is in the metadata"
                        : "gateway %d hears that it lost the race",
                g);
    }
}
