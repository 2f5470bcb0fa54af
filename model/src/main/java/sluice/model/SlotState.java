package sluice.model;

/**
 * One state of {@link SlotModel}: one slot, its record, and for each gateway its wal and what it
 * thinks of the slot, as numbers below 16.
 *
 * <p>All entries of the wals belong to the slot. A value is an entry of one wal, and never changes;
 * an offset's value is what readers may see there.
 */
final class SlotState {

    static final int BROKEN = 0;

    /** Gateway + 1. */
    static final int OWNER = 1;

    /** Offsets below are in the slot's checkpoint. */
    static final int CHECKPOINT = 2;

    /** 1 in a model without {@link SlotRule#KNOWN_EXTENTS_PASS}. */
    static final int STRICT = 3;

    private static final int SOURCES_AT = 4;
    static final int SOURCES_MAX = 4;

    private static final int SEEN_AT = SOURCES_AT + 2 * SOURCES_MAX;
    static final int OFFSETS_MAX = 8;

    private static final int GATEWAYS_AT = SEEN_AT + OFFSETS_MAX;

    /** State of the wal's record. */
    static final int RECORD = 0;

    static final int NEXT = 1;
    static final int HWM = 2;
    static final int UPLOADED = 3;

    /** Where the wal's copies end + 1, once they are fenced. */
    static final int FENCED = 4;

    /** Objects below this entry left the wal's record. */
    static final int FOLDED = 5;

    /** 1 once somebody saw that no slot needs the wal. */
    static final int UNNEEDED = 6;

    /** What the gateway thinks of the slot. */
    static final int LOCAL = 7;

    static final int NEXT_OFFSET = 8;

    /** The slot's last entry + 1 in the gateway's wal since it took the slot. */
    static final int LAST = 9;

    /** The write of the slot's record that is under way. */
    static final int WRITE = 10;

    static final int CURRENT = 11;
    static final int APPLIED = 12;
    static final int WRITE_FROM = 13;
    static final int WRITE_CHECKPOINT = 14;

    /** Sources that the write drops, as bits. */
    static final int WRITE_DROPS = 15;

    /** A write of which the gateway waits no longer to hear; it may be applied all the same. */
    static final int GHOST = 16;

    private static final int GHOST_FIELDS = 6;

    private static final int OFFSETS = GHOST + GHOST_FIELDS;
    private static final int GATEWAY_FIELDS = OFFSETS + SlotConfig.ENTRIES_MAX;

    static final int FIELDS = GATEWAYS_AT + GATEWAY_FIELDS * SlotConfig.GATEWAYS_MAX;

    /** Values of {@link #RECORD}. */
    static final int OPEN = 0;

    static final int FENCING = 1;
    static final int SEALED = 2;
    static final int RELEASED = 3;

    /** Values of {@link #LOCAL}. */
    static final int NOT_OURS = 0;

    static final int UNLOADED = 1;
    static final int SERVING = 2;
    static final int CLOSING = 3;
    static final int RELEASING = 4;

    /** Values of {@link #WRITE}. */
    static final int NO_WRITE = 0;

    static final int TAKE = 1;
    static final int RELEASE = 2;
    static final int RELEASE_UNUSED = 3;
    static final int FOLD = 4;

    final byte[] v;

    SlotState(byte[] v) {
        this.v = v;
    }

    SlotState copy() {
        return new SlotState(v.clone());
    }

    int get(int field) {
        return v[field];
    }

    void set(int field, int value) {
        v[field] = (byte) value;
    }

    int of(int gateway, int field) {
        return v[GATEWAYS_AT + GATEWAY_FIELDS * gateway + field];
    }

    void of(int gateway, int field, int value) {
        set(GATEWAYS_AT + GATEWAY_FIELDS * gateway + field, value);
    }

    int offsetOf(int wal, int entry) {
        return of(wal, OFFSETS + entry);
    }

    void offsetOf(int wal, int entry, int offset) {
        of(wal, OFFSETS + entry, offset);
    }

    /** The write under way changes places with the one that was given up, and may be applied. */
    void swapWrites(int gateway) {
        for (int i = 0; i < GHOST_FIELDS; i++) {
            int write = of(gateway, WRITE + i);
            of(gateway, WRITE + i, of(gateway, GHOST + i));
            of(gateway, GHOST + i, write);
        }
    }

    /** There is no write under way. */
    void forgetWrite(int gateway) {
        for (int i = 0; i < GHOST_FIELDS; i++) {
            of(gateway, WRITE + i, 0);
        }
    }

    /** The slot's record was written: every other write under way names an old one. */
    void slotWritten() {
        for (int gateway = 0; gateway < SlotConfig.GATEWAYS_MAX; gateway++) {
            of(gateway, CURRENT, 0);
            of(gateway, GHOST + CURRENT - WRITE, 0);
        }
    }

    /** An entry as one number above 0. */
    static int value(int wal, int entry) {
        return wal * SlotConfig.ENTRIES_MAX + entry + 1;
    }

    static int walOf(int value) {
        return (value - 1) / SlotConfig.ENTRIES_MAX;
    }

    static int entryOf(int value) {
        return (value - 1) % SlotConfig.ENTRIES_MAX;
    }

    /** What was readable at that offset; 0 for nothing. */
    int seen(int offset) {
        return v[SEEN_AT + offset];
    }

    void seen(int offset, int value) {
        set(SEEN_AT + offset, value);
    }

    /** The wal of the n-th source, or −1. */
    int source(int n) {
        return v[SOURCES_AT + 2 * n] - 1;
    }

    int sourceFrom(int n) {
        return v[SOURCES_AT + 2 * n + 1];
    }

    boolean isLastSource(int n) {
        return n == SOURCES_MAX - 1 || source(n + 1) < 0;
    }

    void clearSources() {
        for (int i = 0; i < 2 * SOURCES_MAX; i++) {
            set(SOURCES_AT + i, 0);
        }
    }

    void addSource(int wal, int from) {
        for (int n = 0; n < SOURCES_MAX; n++) {
            if (source(n) < 0) {
                set(SOURCES_AT + 2 * n, wal + 1);
                set(SOURCES_AT + 2 * n + 1, from);
                return;
            }
        }
        throw new AssertionError("too many sources");
    }

    boolean names(int wal) {
        if (get(OWNER) == wal + 1) {
            return true;
        }
        for (int n = 0; n < SOURCES_MAX; n++) {
            if (source(n) == wal) {
                return true;
            }
        }
        return false;
    }
}
