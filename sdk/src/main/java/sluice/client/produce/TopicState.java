package sluice.client.produce;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sluice.client.batch.Partitioner;

/** A topic that is written to: what is known of it, and its partitions that have something. */
final class TopicState {

    /** Partitions looked at for one that is not behind; then the next in turn is taken as it is. */
    private static final int CHOICES_MAX = 16;

    final String name;
    private final ProducerSettings settings;
    private final Counters counters;
    private final List<PartitionQueue> queues = new ArrayList<>();

    /** Partitions with batches, the one that was served longest ago first. */
    final Set<PartitionQueue> active = new LinkedHashSet<>();

    @Nullable TopicView view;

    /** Why it could not be described; the topic is forgotten then. */
    @Nullable RuntimeException failure;

    boolean isDescribing;

    /** Something happened that a new description may explain. */
    boolean isStale = true;

    long viewSinceNs;
    long usedNs;
    private int sticky;

    /** Something went to the sticky partition since it was chosen. */
    private boolean isStayUsed;

    TopicState(
            String name,
            int firstSticky,
            ProducerSettings settings,
            Counters counters,
            long nowNs) {
        this.name = name;
        this.sticky = firstSticky;
        this.settings = settings;
        this.counters = counters;
        this.usedNs = nowNs;
    }

    void described(TopicView described, long nowNs) {
        view = described;
        viewSinceNs = nowNs;
        isStale = false;
        while (queues.size() < described.partitions()) {
            queues.add(new PartitionQueue(name, queues.size(), settings, counters, nowNs));
        }
    }

    PartitionQueue queue(int partition) {
        return queues.get(partition);
    }

    List<PartitionQueue> queues() {
        return queues;
    }

    /**
     * Chooses as gateways do: murmur2 of the key; without one, a partition is kept until its batch
     * is closed, and then another comes that is not behind with its batches, if there is one.
     */
    int choose(byte @Nullable [] key, int partitions, long recordBytes) {
        if (key != null) {
            return Partitioner.forKey(key, partitions);
        }
        sticky %= partitions;
        queues.get(sticky).closeUnlessFits(recordBytes);
        if (isStayUsed && queues.get(sticky).open == null) {
            sticky = next(partitions);
        }
        isStayUsed = true;
        return sticky;
    }

    /** When to look again, if nothing happens before; null if there is no such moment. */
    @Nullable Long wakeNs(long nowNs, boolean isPressed, ProducerSettings settings) {
        Long wakeNs = null;
        for (PartitionQueue queue : active) {
            wakeNs = ProducerMachine.earlier(wakeNs, queue.wakeNs(nowNs, isPressed));
        }
        if (!isDescribing && view != null && !active.isEmpty()) {
            long ageMaxNs = (isStale ? settings.staleViewAge() : settings.viewAgeMax()).toNanos();
            wakeNs = ProducerMachine.earlier(wakeNs, viewSinceNs + ageMaxNs);
        }
        return wakeNs;
    }

    private int next(int partitions) {
        int next = (sticky + 1) % partitions;
        for (int i = 0; i < Math.min(partitions, CHOICES_MAX); i++) {
            int candidate = (next + i) % partitions;
            if (!queues.get(candidate).isBehind()) {
                return candidate;
            }
        }
        return next;
    }
}
