package sluice.log.wal;

/** What a broken wal does instead; called from patched classes. */
public final class WalSabotage {

    private WalSabotage() {}

    /** A fence that is never stored. */
    public static void writeNoFence(WalDisk disk, SegmentId segment, long epoch) {}

    /** Says durable first, and syncs then. */
    public static void answerThenSync(WalDisk disk, SegmentId segment, WalDisk.SyncDone done) {
        done.done(null);
        disk.sync(segment, failure -> {});
    }

    /** No copy is damaged. */
    public static boolean isNeverDamaged(SegmentCopy.Extent extent) {
        return false;
    }

    /** Whatever segment an answer is of, it counts for the present one. */
    public static int presentIndex(SegmentId segment, WalMachine self) {
        return self.segment();
    }

    /** What one member holds is held by all. */
    public static long most(SegmentMembers members) {
        long most = 0;
        for (SegmentMembers.Member member : members.all()) {
            most = Math.max(most, member.end);
        }
        return most;
    }

    /** The segment's end is said to be before what was acknowledged of it. */
    public static void endsTooEarly(WalOutput output, int old, int next, long end) {
        output.rolled(old, next, Math.max(0, end - 1));
    }
}
