package sluice.model;

import static sluice.model.SlotState.BROKEN;
import static sluice.model.SlotState.CHECKPOINT;
import static sluice.model.SlotState.FENCED;
import static sluice.model.SlotState.FOLDED;
import static sluice.model.SlotState.HWM;
import static sluice.model.SlotState.RECORD;
import static sluice.model.SlotState.UPLOADED;

import java.util.Optional;

/**
 * What readers see of a slot, and what must hold of it: {@code SlotIndexLoader}, {@code SlotIndex}.
 */
final class SlotLog {

    private static final int GAP = 1;
    private static final int OVERLAP = 2;
    private static final int TWO_VALUES = 3;

    private SlotLog() {}

    /** Told of each offset that is in objects. */
    private interface Visitor {
        void at(int offset, int value);
    }

    /**
     * Walks the checkpoint and then the objects of each source.
     *
     * @return the offset after the last; −{@link #GAP} or −{@link #OVERLAP} if they do not fit
     */
    private static int walk(SlotState now, Visitor visitor) {
        int next = now.get(CHECKPOINT);
        for (int offset = 0; offset < next; offset++) {
            visitor.at(offset, now.seen(offset));
        }
        for (int n = 0; n < SlotState.SOURCES_MAX && now.source(n) >= 0; n++) {
            int wal = now.source(n);
            int from = Math.max(now.sourceFrom(n), now.of(wal, FOLDED));
            for (int entry = from; entry < now.of(wal, UPLOADED); entry++) {
                int offset = now.offsetOf(wal, entry);
                int value = SlotState.value(wal, entry);
                if (offset > next) {
                    return -GAP;
                } else if (offset == next) {
                    visitor.at(offset, value);
                    next++;
                } else if (now.seen(offset) != value || now.get(SlotState.STRICT) == 1) {
                    return -OVERLAP;
                }
            }
        }
        return next;
    }

    /** The offset that a new owner gives next: {@code OwnedSlots.partitionFromObjects}. */
    static int nextOffset(SlotState now) {
        return Math.max(0, walk(now, (_, _) -> {}));
    }

    /** Notes what has become readable: in objects, or below the high watermark of a wal. */
    static void observe(SlotState after) {
        int end = walk(after, (offset, value) -> see(after, offset, value));
        if (end < 0) {
            after.set(BROKEN, -end);
        }
    }

    static void see(SlotState after, int offset, int value) {
        if (after.seen(offset) == 0) {
            after.seen(offset, value);
        } else if (after.seen(offset) != value) {
            after.set(BROKEN, TWO_VALUES);
        }
    }

    static Optional<String> broken(SlotState now) {
        switch (now.get(BROKEN)) {
            case GAP -> {
                return Optional.of("I3, I10: offsets are missing between two objects");
            }
            case OVERLAP -> {
                return Optional.of("I2, I10: two objects hold the same offsets");
            }
            case TWO_VALUES -> {
                return Optional.of("I2: an offset has two values");
            }
            default -> {}
        }
        int end = nextOffset(now);
        for (int offset = end; offset < SlotState.OFFSETS_MAX; offset++) {
            int value = now.seen(offset);
            if (value != 0 && !isInTail(now, value)) {
                return Optional.of(
                        "I1, I4: what was readable at offset %d is gone".formatted(offset));
            }
        }
        return Optional.empty();
    }

    /**
     * True if the entry is in a wal that will be sealed with it, and that the slot's record names.
     */
    private static boolean isInTail(SlotState now, int value) {
        int wal = SlotState.walOf(value);
        int entry = SlotState.entryOf(value);
        boolean isKept =
                now.of(wal, RECORD) <= SlotState.FENCING
                        && entry >= now.of(wal, UPLOADED)
                        && (now.of(wal, FENCED) == 0 || entry < now.of(wal, FENCED) - 1);
        for (int n = 0; n < SlotState.SOURCES_MAX && isKept; n++) {
            if (now.source(n) == wal && now.sourceFrom(n) <= entry) {
                return true;
            }
        }
        return false;
    }

    /**
     * Offsets that an owner's index holds: all that were before, and of its own what is uploaded.
     */
    static int indexed(SlotState now, int gateway) {
        int next = now.of(gateway, SlotState.NEXT_OFFSET);
        for (int entry = now.of(gateway, UPLOADED);
                entry < now.of(gateway, SlotState.LAST);
                entry++) {
            next = Math.min(next, now.offsetOf(gateway, entry));
        }
        return next;
    }

    /** All of the slot's entries in the gateway's wal are below the high watermark. */
    static boolean isDrained(SlotState now, int gateway) {
        return now.of(gateway, HWM) >= now.of(gateway, SlotState.LAST);
    }
}
