package sluice.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import sluice.log.wal.MemberMachine.Fenced;
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
     * @param answers by segment index and member; members that did not answer are absent
     */
    static RecoveryPlan decide(WalRecord record, Map<Integer, Map<UUID, Fenced>> answers) {
        var parts = new ArrayList<Part>();
        Optional<Segment> prepared =
                record.chain().stream()
                        .filter(each -> each.state() == SegmentState.PREPARED)
                        .findFirst();
        Optional<Fenced.Held> begun = Optional.empty();
        if (prepared.isPresent()) {
            Map<UUID, Fenced> said = answers.getOrDefault(prepared.get().index(), Map.of());
            begun = longest(said);
            if (begun.isEmpty() && !hasDefinite(said)) {
                return waiting(prepared.get(), said);
            }
        }
        long end = record.uploadedEnd();
        for (Segment segment : record.chain()) {
            Map<UUID, Fenced> said = answers.getOrDefault(segment.index(), Map.of());
            Optional<Fenced.Held> held = longest(said);
            long segmentStart;
            long segmentEnd;
            switch (segment.state()) {
                case SEALED -> {
                    segmentStart = segment.start();
                    segmentEnd = segment.end();
                }
                case OPEN -> {
                    if (!hasDefinite(said)) {
                        return waiting(segment, said);
                    }
                    segmentStart = segment.start();
                    segmentEnd =
                            begun.isPresent()
                                    ? begun.get().start()
                                    : held.map(Fenced.Held::end).orElse(segment.start());
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
                List<UUID> readFrom = holders(said, segmentEnd);
                if (readFrom.isEmpty()) {
                    return waiting(segment, said);
                }
                parts.add(new Part(segment.index(), segmentStart, segmentEnd, readFrom));
            }
            end = segmentEnd;
        }
        return new Ready(parts, end);
    }

    private static Optional<Fenced.Held> longest(Map<UUID, Fenced> said) {
        return said.values().stream()
                .filter(Fenced.Held.class::isInstance)
                .map(Fenced.Held.class::cast)
                .max((a, b) -> Long.compare(a.end(), b.end()));
    }

    private static boolean hasDefinite(Map<UUID, Fenced> said) {
        return said.values().stream().anyMatch(each -> !(each instanceof Fenced.Unknown));
    }

    private static List<UUID> holders(Map<UUID, Fenced> said, long end) {
        return said.entrySet().stream()
                .filter(each -> each.getValue() instanceof Fenced.Held held && held.end() >= end)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    private static Waiting waiting(Segment segment, Map<UUID, Fenced> said) {
        return new Waiting(
                "no member of segment %d says enough: members=%s answers=%s"
                        .formatted(segment.index(), segment.members(), said));
    }
}
