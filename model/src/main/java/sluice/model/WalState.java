package sluice.model;

/**
 * One state of {@link WalModel}: one wal, its record in the metadata, its owner, its members' disks
 * and its recoverers, as numbers below 16.
 *
 * <p>An entry is its position in the wal. Its bytes never differ: one process alone appends to a
 * wal, and sends the same bytes again. What differs is which entries a copy holds.
 *
 * <p>How far a member's copy goes is chosen when somebody needs to know. Until then the copy is
 * {@link #OPEN}, and all that is known is what the owner was told that it holds: links keep order
 * and members answer with ends, so a copy may be anywhere between that and what was sent. An
 * acknowledgement raises what is known; a fence, a restart or a trim makes it {@link #CLOSED_COPY}
 * at some end between the two. That nothing arrives is always possible, so a process that hangs,
 * dies or is cut off needs no step.
 */
final class WalState {

    // What the metadata say of the wal.
    static final int RECORD = 0;
    static final int UPLOADED_END = 1;
    static final int SEALED_END = 2;

    // The owner.
    static final int SEGMENT = 3;
    static final int NEXT = 4;
    static final int HWM = 5;

    /** Index + 1 of the segment that may be begun next. */
    static final int PREPARED = 6;

    static final int LAST_INDEX = 7;

    /** The change of the record that the owner is writing. */
    static final int CHANGE = 8;

    static final int CHANGE_APPLIED = 9;

    /** Index + 1 of the segment that the change names PREPARED. */
    static final int CHANGE_NAMES = 10;

    static final int CLOSED = 11;

    static final int WIPED = 12;
    static final int WIPES_LEFT = 13;
    static final int BROKEN = 14;

    private static final int SEGMENTS_AT = 15;
    private static final int STATE = 0;

    /** First entry + 1, once begun. */
    private static final int START = 1;

    private static final int END = 2;

    /** What the owner had sent when it left the segment. */
    private static final int SENT = 3;

    private static final int SEGMENT_FIELDS = 4;

    private static final int COPIES_AT = SEGMENTS_AT + SEGMENT_FIELDS * WalConfig.SEGMENTS_MAX;
    private static final int FORM = 0;
    private static final int HELD = 1;
    private static final int TOLD = 2;
    private static final int COPY_FIELDS = 3;
    private static final int FENCED_BIT = 4;

    private static final int RECOVERERS_AT =
            COPIES_AT + COPY_FIELDS * WalConfig.SEGMENTS_MAX * WalConfig.MEMBERS_MAX;
    static final int PHASE = 0;

    /** 1 while nobody wrote the record since this recoverer did. */
    static final int CURRENT = 1;

    /** Index + 1 of the OPEN and of the PREPARED segment in the record that it claimed. */
    static final int SEEN_OPEN = 2;

    static final int SEEN_PREPARED = 3;
    static final int CUT = 4;
    static final int PLANNED_END = 5;
    private static final int ANSWERS = 6;
    private static final int RECOVERER_FIELDS = ANSWERS + 2 * WalConfig.MEMBERS_MAX;

    static final int FIELDS = RECOVERERS_AT + RECOVERER_FIELDS * WalConfig.RECOVERERS_MAX;

    /** Values of {@link #RECORD}. */
    static final int RECORD_OPEN = 0;

    static final int RECORD_FENCING = 1;
    static final int RECORD_SEALED = 2;

    /** States of a segment in the metadata. */
    static final int ABSENT = 0;

    static final int NAMED_PREPARED = 1;
    static final int NAMED_OPEN = 2;
    static final int NAMED_SEALED = 3;
    static final int UPLOADED = 4;
    static final int REPLACED = 5;

    /** Forms of a copy: it may take entries, or not have been opened yet. */
    static final int OPEN = 0;

    static final int CLOSED_COPY = 1;

    /** Nothing is there: it was never opened, was trimmed, or is on a disk that was wiped. */
    static final int GONE = 2;

    final byte[] v;

    WalState(byte[] v) {
        this.v = v;
    }

    WalState copy() {
        return new WalState(v.clone());
    }

    int get(int field) {
        return v[field];
    }

    void set(int field, int value) {
        v[field] = (byte) value;
    }

    private static int segmentField(int segment, int field) {
        return SEGMENTS_AT + SEGMENT_FIELDS * segment + field;
    }

    int named(int segment) {
        return v[segmentField(segment, STATE)];
    }

    void name(int segment, int state) {
        set(segmentField(segment, STATE), state);
    }

    boolean isBegun(int segment) {
        return v[segmentField(segment, START)] > 0;
    }

    int start(int segment) {
        return v[segmentField(segment, START)] - 1;
    }

    void begin(int segment, int start) {
        set(segmentField(segment, START), start + 1);
    }

    int end(int segment) {
        return v[segmentField(segment, END)];
    }

    void end(int segment, int end) {
        set(segmentField(segment, END), end);
    }

    /** Entries below were sent to the segment's members. */
    int sent(int segment) {
        return segment == get(SEGMENT) ? get(NEXT) : v[segmentField(segment, SENT)];
    }

    void leave(int segment) {
        set(segmentField(segment, SENT), get(NEXT));
    }

    /** The segment with that state in the metadata, or −1. */
    int find(int state) {
        for (int segment = 0; segment < WalConfig.SEGMENTS_MAX; segment++) {
            if (named(segment) == state) {
                return segment;
            }
        }
        return -1;
    }

    private static int copyField(int segment, int member, int field) {
        return COPIES_AT + COPY_FIELDS * (segment * WalConfig.MEMBERS_MAX + member) + field;
    }

    int form(int segment, int member) {
        return v[copyField(segment, member, FORM)] & (FENCED_BIT - 1);
    }

    void form(int segment, int member, int form) {
        int at = copyField(segment, member, FORM);
        set(at, v[at] & FENCED_BIT | form);
    }

    boolean isFenced(int segment, int member) {
        return (v[copyField(segment, member, FORM)] & FENCED_BIT) != 0;
    }

    void fence(int segment, int member, boolean fenced) {
        int at = copyField(segment, member, FORM);
        set(at, fenced ? v[at] | FENCED_BIT : v[at] & ~FENCED_BIT);
    }

    /**
     * The copy holds all entries below; exactly these, if it is closed. 0 while open: nothing
     * known.
     */
    int held(int segment, int member) {
        return v[copyField(segment, member, HELD)];
    }

    void held(int segment, int member, int end) {
        set(copyField(segment, member, HELD), end);
    }

    /** The owner may still hear that a closed copy, or one that is gone, held all entries below. */
    int told(int segment, int member) {
        return v[copyField(segment, member, TOLD)];
    }

    void told(int segment, int member, int end) {
        set(copyField(segment, member, TOLD), end);
    }

    /** Closes a copy: it is known now what it holds, and what was said of it. */
    void close(int segment, int member, int end, int told) {
        form(segment, member, CLOSED_COPY);
        held(segment, member, end);
        told(segment, member, told);
    }

    void lose(int segment, int member, int told) {
        form(segment, member, GONE);
        held(segment, member, 0);
        told(segment, member, told);
    }

    boolean isWiped(int disk) {
        return (get(WIPED) & 1 << disk) != 0;
    }

    int of(int recoverer, int field) {
        return v[RECOVERERS_AT + RECOVERER_FIELDS * recoverer + field];
    }

    void of(int recoverer, int field, int value) {
        set(RECOVERERS_AT + RECOVERER_FIELDS * recoverer + field, value);
    }

    /**
     * What a member said of the OPEN (0) or PREPARED (1) segment: 0 nothing, 1 never held, end + 2.
     */
    int answer(int recoverer, int which, int member) {
        return of(recoverer, ANSWERS + which * WalConfig.MEMBERS_MAX + member);
    }

    void answer(int recoverer, int which, int member, int answer) {
        of(recoverer, ANSWERS + which * WalConfig.MEMBERS_MAX + member, answer);
    }

    void forgetAnswers(int recoverer) {
        for (int i = 0; i < 2 * WalConfig.MEMBERS_MAX; i++) {
            of(recoverer, ANSWERS + i, 0);
        }
    }

    /** The recoverer is gone, or ends its pass. */
    void forget(int recoverer) {
        for (int i = 0; i < RECOVERER_FIELDS; i++) {
            of(recoverer, i, 0);
        }
    }

    /**
     * The record was written: what a recoverer knows of it is old.
     *
     * @param isPlanUseless true if no write of theirs can succeed any more, so that what they were
     *     told, or have decided or put, leads to nothing; they go on fencing
     */
    void recordWritten(int byRecoverer, boolean isPlanUseless, int fencing) {
        for (int r = 0; r < WalConfig.RECOVERERS_MAX; r++) {
            if (r == byRecoverer || of(r, PHASE) == 0) {
                continue;
            }
            of(r, CURRENT, 0);
            if (isPlanUseless) {
                of(r, PHASE, fencing);
                of(r, CUT, 0);
                of(r, PLANNED_END, 0);
                forgetAnswers(r);
            }
        }
    }
}
