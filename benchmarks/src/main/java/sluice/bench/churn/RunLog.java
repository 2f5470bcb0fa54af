package sluice.bench.churn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sluice.bench.member.MemberEvent;

/** What all members did, and what was done to them. For any thread. */
public final class RunLog {

    /** An event of one member. */
    public record Entry(String member, MemberEvent event) {
        public long atNs() {
            return event.atNs();
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final Map<Integer, Entry> lastRead = new HashMap<>();

    public synchronized void add(String member, MemberEvent event) {
        var entry = new Entry(member, event);
        entries.add(entry);
        if (event instanceof MemberEvent.Handled(long atNs, int partition, _)) {
            lastRead.merge(partition, entry, (before, now) -> before.atNs() > atNs ? before : now);
        }
    }

    /** All of it, by time. */
    public synchronized List<Entry> entries() {
        // Stable: what one process told in its order stays in that order.
        return entries.stream().sorted(Comparator.comparingLong(Entry::atNs)).toList();
    }

    /** Who read a partition last, and when; those that nobody read are left out. */
    public synchronized Map<Integer, Entry> lastReads() {
        return Map.copyOf(lastRead);
    }
}
