package sluice.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import sluice.log.wal.Fenced;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.SegmentState;

/**
 * What the fenced copies of a dead wal's segments say: where each ends and from whom to read it. A
 * pure function of the wal's record and the members' answers (design.md section 6).
 *
 * <p>An entry was acknowledged only if all members of its segment hold it. So one definite answer
 * of one member tells enough: what that member does not hold was never acknowledged. Of several
 * copies the longest is taken. A PREPARED segment that a member holds was begun by the owner, and
 * cuts its predecessor at its own start. A member that cannot tell is never taken for one that
 * holds nothing.
 */
sealed interface RecoveryPlan {

    /**
     * All segments that were not uploaded, in wal order.
     *
     * @param end of the whole wal
     */
    record Ready(List<Part> parts, long end) implements RecoveryPlan {
        public Ready {
            parts = List.copyOf(parts);
        }
    }

    /**
     * One segment that has entries.
     *
     * @param readFrom members that hold all of it, best first
     */
    record Part(int segment, long start, long end, List<UUID> readFrom) {
        public Part {
            readFrom = List.copyOf(readFrom);
        }
    }

    /** Not enough members answered; the wal waits for them. */
    record Waiting(String why) implements RecoveryPlan {}

    /**
     * Copies contradict each other and nothing says which of them is wrong. Nobody chooses between
     * them: the wal waits for another member, or for an operator.
     */
    record Differing(String why) implements RecoveryPlan {}

    /**
     * @param answers by segment index and member; members that did not answer are absent
     */
    static RecoveryPlan decide(WalRecord record, Map<Integer, Map<UUID, Fenced>> answers) {
        var copies = new FencedCopies(record, answers);
        if (copies.contradiction().isPresent()) {
            return new Differing(copies.contradiction().get());
        }
        var parts = new ArrayList<Part>();
        Optional<Segment> prepared =
                record.chain().stream()
                        .filter(each -> each.state() == SegmentState.PREPARED)
                        .findFirst();
        Optional<Fenced.Held> begun = prepared.flatMap(copies::longest);
        if (prepared.isPresent() && !copies.isDefinite(prepared.get())) {
            return waiting(prepared.get(), copies);
        }
        long end = record.uploadedEnd();
        for (Segment segment : record.chain()) {
            Optional<Fenced.Held> held = copies.longest(segment);
            long segmentStart;
            long segmentEnd;
            switch (segment.state()) {
                case SEALED -> {
                    segmentStart = segment.start();
                    segmentEnd = segment.end();
                }
                case OPEN -> {
                    // The owner begins the PREPARED segment at its high watermark, counts no answer
                    // of the OPEN one from then on, and never comes back to it. So a begun PREPARED
                    // segment alone says where the OPEN one ends, and that nothing more is ever
                    // acknowledged in it: no member of the OPEN one need be fenced. It is asked
                    // for a copy only if there is an entry before that end.
                    if (begun.isEmpty() && !copies.isDefinite(segment)) {
                        return waiting(segment, copies);
                    }
                    segmentStart = segment.start();
                    segmentEnd =
                            begun.map(Fenced.Held::start)
                                    .or(() -> held.map(Fenced.Held::end))
                                    .orElse(segment.start());
                }
                case PREPARED -> {
                    segmentStart = begun.map(Fenced.Held::start).orElse(end);
                    segmentEnd = begun.map(Fenced.Held::end).orElse(end);
                }
                default -> throw new AssertionError(segment.state());
            }
            if (segmentStart != end) {
                return new Waiting(
                        "segment %d begins at entry %d, but what is before it ends at %d"
                                .formatted(segment.index(), segmentStart, end));
            }
            if (segmentEnd > segmentStart) {
                List<UUID> readFrom = copies.holders(segment, segmentEnd);
                if (readFrom.isEmpty()) {
                    return waiting(segment, copies);
                }
                parts.add(new Part(segment.index(), segmentStart, segmentEnd, readFrom));
            }
            end = segmentEnd;
        }
        return new Ready(parts, end);
    }

    private static Waiting waiting(Segment segment, FencedCopies copies) {
        return new Waiting(
                "no member of segment %d says enough: members=%s answers=%s"
                        .formatted(segment.index(), segment.members(), copies.said(segment)));
    }
}
