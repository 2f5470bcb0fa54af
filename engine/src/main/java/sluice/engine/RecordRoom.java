package sluice.engine;

import sluice.metadata.WalRecord;

/**
 * How large a wal's record may grow, told before it is too large to be written: an item of the
 * metadata has a limit, and a record that passed it could not even say that a segment was uploaded.
 *
 * <pre>
 *   below half            all is as ever
 *   from half on          no roll but for size and for faults
 *   from three quarters   appends are refused, OVERLOADED
 *   all of it             no roll, and nothing uploaded is committed before objects were folded
 * </pre>
 *
 * @param chainMax segments not yet uploaded
 * @param objectsMax objects not yet folded
 */
record RecordRoom(int chainMax, int objectsMax) {

    /** With three members a segment such a record is encoded in less than 300,000 bytes. */
    static final RecordRoom DEFAULT = new RecordRoom(600, 3_000);

    /** Rolls only where they must be. */
    boolean isTight(WalRecord record) {
        return isOver(record, 2);
    }

    /** Takes no appends. */
    boolean isFull(WalRecord record) {
        return isOver(record, 3);
    }

    /** Takes no further segment. */
    boolean isExhausted(WalRecord record) {
        return isOver(record, 4);
    }

    /** True if so many more objects can be named. */
    boolean fits(WalRecord record, int objects) {
        return record.objects().size() + objects <= objectsMax;
    }

    private boolean isOver(WalRecord record, int quarters) {
        return 4L * record.chain().size() >= (long) quarters * chainMax
                || 4L * record.objects().size() >= (long) quarters * objectsMax;
    }
}
