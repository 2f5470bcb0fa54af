package sluice.bench.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was told compared with what is there: acknowledged values at their offsets, nothing twice,
 * each writer's order kept, nothing that was refused, and every gateway showing the same.
 */
public final class Comparison {

    private static final int FINDINGS_MAX = 30;

    private final List<String> findings = new ArrayList<>();

    private Comparison() {}

    /**
     * @param ledger of a load that was stopped
     * @param shown by each gateway
     * @return one line for each breach; none if all is well
     */
    public static List<String> of(Ledger ledger, List<TopicContents> shown) {
        var comparison = new Comparison();
        ledger.surprises().forEach(comparison::find);
        Map<Integer, List<Ledger.Entry>> byPartition = new HashMap<>();
        for (Ledger.Entry entry : ledger.entries()) {
            byPartition.computeIfAbsent(entry.partition(), _ -> new ArrayList<>()).add(entry);
        }
        for (TopicContents contents : shown) {
            contents.findings().forEach(comparison::find);
            for (int partition = 0; partition < contents.partitions().size(); partition++) {
                comparison.check(
                        contents.gateway() + " partition " + partition,
                        byPartition.getOrDefault(partition, List.of()),
                        contents.partitions().get(partition));
            }
            comparison.same(shown.getFirst(), contents);
        }
        return List.copyOf(comparison.findings);
    }

    private void check(String where, List<Ledger.Entry> entries, List<Mark> marks) {
        Map<Mark, Integer> offsets = new HashMap<>();
        Map<Integer, Long> lastOfWriter = new HashMap<>();
        // Who goes on without knowing what became of a batch may find it behind later ones.
        Set<Mark> unknown = unknown(entries);
        for (int offset = 0; offset < marks.size(); offset++) {
            Mark mark = marks.get(offset);
            Integer before = offsets.put(mark, offset);
            if (before != null) {
                find("%s: %s is there twice, at %d and %d".formatted(where, mark, before, offset));
            }
            if (unknown.contains(mark)) {
                continue;
            }
            Long last = lastOfWriter.put(mark.writer(), mark.number());
            if (last != null && last >= mark.number()) {
                find("%s: %s at %d comes after number %d".formatted(where, mark, offset, last));
            }
        }
        Set<Mark> sent = new HashSet<>();
        for (Ledger.Entry entry : entries) {
            for (int i = 0; i < entry.count(); i++) {
                var mark = new Mark(entry.writer(), entry.first() + i);
                sent.add(mark);
                check(where, mark, i, entry.outcome(), offsets.get(mark));
            }
        }
        offsets.forEach((mark, offset) -> {
            if (!sent.contains(mark)) {
                find("%s: %s at %d was never sent".formatted(where, mark, offset));
            }
        });
    }

    private static Set<Mark> unknown(List<Ledger.Entry> entries) {
        Set<Mark> unknown = new HashSet<>();
        for (Ledger.Entry entry : entries) {
            for (int i = 0; i < entry.count() && entry.outcome() instanceof Outcome.Unknown; i++) {
                unknown.add(new Mark(entry.writer(), entry.first() + i));
            }
        }
        return unknown;
    }

    private void check(
            String where,
            Mark mark,
            int index,
            Outcome outcome,
            @org.jspecify.annotations.Nullable Integer found) {
        switch (outcome) {
            case Outcome.Acknowledged(var baseOffset) -> {
                if (found == null) {
                    find(
                            "%s: %s was acknowledged at %d and is not there"
                                    .formatted(where, mark, baseOffset + index));
                } else if (baseOffset >= 0 && found != baseOffset + index) {
                    find(
                            "%s: %s was acknowledged at %d and is at %d"
                                    .formatted(where, mark, baseOffset + index, found));
                }
            }
            case Outcome.Refused refused -> {
                if (found != null) {
                    find(
                            "%s: %s was refused (%s) and is at %d"
                                    .formatted(where, mark, refused, found));
                }
            }
            case Outcome.Unknown _ -> {
                // Either is right.
            }
        }
    }

    private void same(TopicContents first, TopicContents other) {
        for (int partition = 0; partition < first.partitions().size(); partition++) {
            List<Mark> one = first.partitions().get(partition);
            List<Mark> two = other.partitions().get(partition);
            for (int offset = 0; offset < Math.min(one.size(), two.size()); offset++) {
                if (!one.get(offset).equals(two.get(offset))) {
                    find(
                            "partition %d offset %d is %s at %s and %s at %s"
                                    .formatted(
                                            partition,
                                            offset,
                                            one.get(offset),
                                            first.gateway(),
                                            two.get(offset),
                                            other.gateway()));
                    break;
                }
            }
        }
    }

    private void find(String what) {
        if (findings.size() < FINDINGS_MAX) {
            findings.add(what);
        }
    }
}
