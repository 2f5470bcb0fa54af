package sluice.log.wal;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The last segments whose copies this process let go because committed metadata covers them, so
 * that a fence is not answered as if there had never been a copy.
 *
 * <p>It is a courtesy to a recoverer that is late, and no more: the memory is bounded and ends with
 * the process, and no promise hangs on it. A copy goes only after a record was read in which the
 * segment is no longer in the chain, and chains only lose segments at their beginning. Whoever
 * fences the segment after that claimed an older record, so the record was written since its claim;
 * whatever it concludes from the answer, its seal is conditional on its claim and fails.
 */
final class TrimmedSegments {

    static final int SEGMENTS_MAX = 1_024;

    private final Set<SegmentId> segments = new LinkedHashSet<>();

    void add(SegmentId segment) {
        if (segments.add(segment) && segments.size() > SEGMENTS_MAX) {
            segments.remove(segments.iterator().next());
        }
    }

    boolean contains(SegmentId segment) {
        return segments.contains(segment);
    }
}
