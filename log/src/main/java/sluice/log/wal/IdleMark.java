package sluice.log.wal;

/** Whether an idle wal still has to say up to where it is committed. */
final class IdleMark {

    private long appendedNs;
    private boolean isWritten = true;

    void appended(byte type, long nowNs) {
        appendedNs = nowNs;
        isWritten = type == WalEntry.MARK;
    }

    boolean isDue(long idleNs, long nowNs) {
        return !isWritten && nowNs - appendedNs >= idleNs;
    }
}
