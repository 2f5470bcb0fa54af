package sluice.log.wal;

/** What {@link MemberMachine#fence} found. */
public sealed interface Fenced {
    /**
     * The disk has a copy; it takes no append any more and is durable up to {@code end}.
     *
     * @param end entry after the last whole one
     * @param hwm all entries below were on the disks of all members, as the copy itself says
     */
    record Held(long start, long startHash, long end, long endHash, long bytes, long hwm)
            implements Fenced {

        /** A copy that is whole so far. */
        public static Held of(SegmentCopy.Extent extent) {
            return new Held(
                    extent.header().start(),
                    extent.header().startHash(),
                    extent.end(),
                    extent.endHash(),
                    extent.endPosition(),
                    extent.hwm());
        }
    }

    /** This very disk never had the segment, and will never take it. */
    record NeverHeld() implements Fenced {}

    /** The disk cannot tell. Never to be read as empty; hwm as for Held, −1 if unknown. */
    record Unknown(String why, long hwm) implements Fenced {
        public Unknown(String why) {
            this(why, -1);
        }
    }
}
