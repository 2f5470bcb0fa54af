package sluice.consumer.queue.memory;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import sluice.consumer.queue.PartitionReply.Backlog;

/** Offsets that may be given out: those of the highest level first. */
final class ReadyMessages {

    private final TreeMap<Integer, TreeSet<Long>> byLevel =
            new TreeMap<>(Comparator.reverseOrder());

    /** Of watches that wait for a rise, by number, the lowest level since. */
    private final Map<Long, Integer> lowest = new HashMap<>();

    private int count;

    boolean isEmpty() {
        return byLevel.isEmpty();
    }

    int count() {
        return count;
    }

    int level() {
        return byLevel.isEmpty() ? Backlog.NO_LEVEL : byLevel.firstKey();
    }

    int ofLevel() {
        return byLevel.isEmpty() ? 0 : byLevel.firstEntry().getValue().size();
    }

    /** True if the level is higher than that, or than it was since this was asked first. */
    boolean isRisen(long watch, int above) {
        int before = lowest.merge(watch, above, Math::min);
        lowest.put(watch, Math.min(before, level()));
        return level() > before;
    }

    void add(int level, long offset) {
        if (byLevel.computeIfAbsent(level, _ -> new TreeSet<>()).add(offset)) {
            count++;
        }
    }

    long first() {
        return byLevel.firstEntry().getValue().first();
    }

    long removeFirst() {
        TreeSet<Long> offsets = byLevel.firstEntry().getValue();
        long first = offsets.removeFirst();
        if (offsets.isEmpty()) {
            byLevel.pollFirstEntry();
        }
        count--;
        return first;
    }

    void remove(long offset) {
        byLevel.values()
                .removeIf(offsets -> {
                    if (offsets.remove(offset)) {
                        count--;
                    }
                    return offsets.isEmpty();
                });
    }

    void clear() {
        byLevel.clear();
        count = 0;
    }
}
