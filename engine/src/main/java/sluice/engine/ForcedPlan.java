package sluice.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import sluice.log.wal.Fenced;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.SegmentState;

/**
 * What is left of a wal of which too few members answer: the longest run of entries, without a
 * hole, that copies in reach hold; what lies behind a hole is given up too, since a log has none.
 *
 * @param plan the parts that can be had, and where the wal ends with them
 * @param committedEnd all entries below are known to have been committed, by the metadata or by
 *     what copies state; at least the end
 * @param silent members of segments not in objects that did not tell what they hold
 */
record ForcedPlan(RecoveryPlan.Ready plan, long committedEnd, Set<UUID> silent) {

    static ForcedPlan decide(WalRecord record, Map<Integer, Map<UUID, Fenced>> answers) {
        var copies = new FencedCopies(record, answers, 0);
        var parts = new ArrayList<RecoveryPlan.Part>();
        long end = record.uploadedEnd();
        for (Segment segment : record.chain()) {
            Optional<Fenced.Held> longest = copies.longest(segment);
            long start =
                    segment.state() == SegmentState.PREPARED
                            ? longest.map(Fenced.Held::start).orElse(end)
                            : segment.start();
            if (start != end) {
                break;
            }
            long wanted = wantedEnd(segment, start, longest, copies);
            long reached = Math.min(wanted, longest.map(Fenced.Held::end).orElse(start));
            if (reached > start) {
                parts.add(
                        new RecoveryPlan.Part(
                                segment.index(), start, reached, copies.holders(segment, reached)));
            }
            end = reached;
            if (reached < wanted) {
                break;
            }
        }
        return new ForcedPlan(
                new RecoveryPlan.Ready(parts, end),
                Math.max(FencedCopies.stated(answers), Math.max(end, committedEnd(record, copies))),
                silent(record, copies));
    }

    private static long wantedEnd(
            Segment segment, long start, Optional<Fenced.Held> longest, FencedCopies copies) {
        long own = longest.map(Fenced.Held::end).orElse(start);
        return switch (segment.state()) {
            case SEALED -> segment.end();
            case OPEN -> copies.successor(segment).map(Fenced.Held::start).orElse(own);
            case PREPARED -> own;
        };
    }

    private static long committedEnd(WalRecord record, FencedCopies copies) {
        long end = record.uploadedEnd();
        for (Segment segment : record.chain()) {
            end = Math.max(end, Math.max(segment.start(), segment.end()));
            for (Fenced said : copies.said(segment).values()) {
                if (said instanceof Fenced.Held held) {
                    end = Math.max(end, Math.max(held.start(), held.hwm()));
                }
            }
        }
        return end;
    }

    private static Set<UUID> silent(WalRecord record, FencedCopies copies) {
        var silent = new TreeSet<UUID>();
        for (Segment segment : record.chain()) {
            for (UUID member : segment.members()) {
                Fenced said = copies.said(segment).get(member);
                if (said == null || said instanceof Fenced.Unknown) {
                    silent.add(member);
                }
            }
        }
        return silent;
    }

    List<UUID> silentMembers() {
        return List.copyOf(silent);
    }
}
