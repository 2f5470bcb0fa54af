package sluice.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import sluice.log.wal.Fenced;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.SegmentState;

/**
 * What the members of a dead wal's segments said, without the copies that cannot be right (I17: at
 * any length, the copies of a wal are equal).
 *
 * <p>A copy that begins elsewhere than its segment, or whose chain hash at the start of the next
 * segment is not the one with which that segment was begun, is set aside: metadata and successor
 * are the judges, and it counts as one that cannot tell. Of copies that differ with no judge
 * between them none is believed. Copies of different lengths are compared as they are read ({@link
 * ChainCheck}).
 */
final class FencedCopies {

    private final Map<Integer, Map<UUID, Fenced>> bySegment = new HashMap<>();
    private final Map<Integer, Optional<Fenced.Held>> successors = new HashMap<>();
    private Optional<String> contradiction = Optional.empty();

    FencedCopies(WalRecord record, Map<Integer, Map<UUID, Fenced>> answers) {
        this(record, answers, stated(answers));
    }

    /**
     * @param stated what the last segment's copies must hold: all that is known to be committed, or
     *     0 if what is left of them is wanted
     */
    FencedCopies(WalRecord record, Map<Integer, Map<UUID, Fenced>> answers, long stated) {
        List<Segment> chain = record.chain();
        Optional<Fenced.Held> next = Optional.empty();
        for (int i = chain.size() - 1; i >= 0; i--) {
            Segment segment = chain.get(i);
            Map<UUID, Fenced> said = new HashMap<>(answers.getOrDefault(segment.index(), Map.of()));
            setAside(segment, said, next, stated);
            contradiction = contradiction.or(() -> contradiction(segment, said));
            bySegment.put(segment.index(), said);
            successors.put(segment.index(), next);
            next = longest(segment);
        }
    }

    private static void setAside(
            Segment segment, Map<UUID, Fenced> said, Optional<Fenced.Held> next, long stated) {
        said.replaceAll((_, each) -> {
            if (!(each instanceof Fenced.Held held)) {
                return each;
            }
            boolean isElsewhere =
                    segment.state() != SegmentState.PREPARED && held.start() != segment.start();
            boolean isAnother =
                    next.isPresent()
                            && held.end() == next.get().start()
                            && held.endHash() != next.get().startHash();
            // What follows a SEALED or a left segment says where it ends; what is last must hold
            // all that any copy, a damaged one too, states to be committed.
            boolean isShort =
                    segment.state() != SegmentState.SEALED && next.isEmpty() && held.end() < stated;
            return isElsewhere || isAnother || isShort
                    ? new Fenced.Unknown(
                            "the copy is damaged, or not of this wal: %s next=%s hwm=%d"
                                    .formatted(held, next, stated))
                    : held;
        });
    }

    /** All entries below were committed, as some copy says. */
    static long stated(Map<Integer, Map<UUID, Fenced>> answers) {
        long highest = 0;
        for (Map<UUID, Fenced> said : answers.values()) {
            for (Fenced each : said.values()) {
                highest =
                        Math.max(
                                highest,
                                switch (each) {
                                    case Fenced.Held held -> held.hwm();
                                    case Fenced.Unknown unknown -> unknown.hwm();
                                    case Fenced.NeverHeld _ -> 0;
                                });
            }
        }
        return highest;
    }

    /** Two copies that begin, or end at the same entry, with different chain hashes. */
    private static Optional<String> contradiction(Segment segment, Map<UUID, Fenced> said) {
        var held = new ArrayList<Map.Entry<UUID, Fenced.Held>>();
        said.forEach((member, each) -> {
            if (each instanceof Fenced.Held copy) {
                held.add(Map.entry(member, copy));
            }
        });
        for (Map.Entry<UUID, Fenced.Held> one : held) {
            for (Map.Entry<UUID, Fenced.Held> other : held) {
                if (differ(one.getValue(), other.getValue())) {
                    return Optional.of(
                            "copies of segment %d differ: %s has %s, %s has %s"
                                    .formatted(
                                            segment.index(),
                                            one.getKey(),
                                            one.getValue(),
                                            other.getKey(),
                                            other.getValue()));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean differ(Fenced.Held one, Fenced.Held other) {
        return one.start() != other.start()
                || one.startHash() != other.startHash()
                || (one.end() == other.end() && one.endHash() != other.endHash());
    }

    Optional<String> contradiction() {
        return contradiction;
    }

    Map<UUID, Fenced> said(Segment segment) {
        return Objects.requireNonNull(bySegment.get(segment.index()), "a segment of the chain");
    }

    /** The longest copy of the segment after it. */
    Optional<Fenced.Held> successor(Segment segment) {
        return successors.getOrDefault(segment.index(), Optional.empty());
    }

    Optional<Fenced.Held> longest(Segment segment) {
        return said(segment).values().stream()
                .filter(Fenced.Held.class::isInstance)
                .map(Fenced.Held.class::cast)
                .max((a, b) -> Long.compare(a.end(), b.end()));
    }

    /** True if some member can tell what it holds. */
    boolean isDefinite(Segment segment) {
        return said(segment).values().stream().anyMatch(each -> !(each instanceof Fenced.Unknown));
    }

    /** Members whose copies reach that far, in a fixed order. */
    List<UUID> holders(Segment segment, long end) {
        return said(segment).entrySet().stream()
                .filter(each -> each.getValue() instanceof Fenced.Held held && held.end() >= end)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
