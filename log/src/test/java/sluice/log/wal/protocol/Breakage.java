package sluice.log.wal.protocol;

/** A rule of the protocol that a world can be made to break, to see that it is missed. */
enum Breakage {
    NONE,
    /** A member answers when a sync begins. */
    ACK_BEFORE_SYNC,
    /** Answers for a segment left behind count for the one after it. */
    LATE_ACKS_COUNT,
    /** The owner goes on committing between choosing a segment's end and beginning the next. */
    ACKS_DURING_ROLL,
    /** A member knows its fences until its process ends. */
    FENCE_IN_MEMORY,
    /** A member knows its fences until the power is cut. */
    FENCE_NOT_SYNCED,
    /** A member forgets the fence of a segment with the segment. */
    FENCE_TRIMMED,
    /** A recoverer reads where copies end without a fence. */
    NO_FENCE,
    /** A recoverer leaves the prepared segment alone. */
    PREPARED_NOT_FENCED,
    /** A recoverer does not end the open segment where the prepared one begins. */
    PREDECESSOR_NOT_CUT,
    /** An emptied disk keeps its identity and so passes for one that never had the segment. */
    WIPED_DISK_KEEPS_ITS_ID,
    /** A recoverer takes a damaged copy for none. */
    DAMAGE_READ_AS_EMPTY,
    /** A recoverer takes the shortest of the ends it is told. */
    SHORTEST_END
}
