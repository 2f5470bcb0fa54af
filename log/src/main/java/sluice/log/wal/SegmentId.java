package sluice.log.wal;

import java.util.UUID;

/**
 * A wal segment: one wal is one gateway process, its segments are counted from 0.
 *
 * @param wal random, made at every start of a gateway
 * @param index position in the wal's chain of segments
 */
public record SegmentId(UUID wal, int index) implements Comparable<SegmentId> {

    public SegmentId {
        if (index < 0) {
            throw new IllegalArgumentException("not a segment: index=" + index);
        }
    }

    @Override
    public int compareTo(SegmentId other) {
        int byWal = wal.compareTo(other.wal);
        return byWal != 0 ? byWal : Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return wal + "/" + index;
    }
}
