package sluice.consumer.queue;

import java.util.Collection;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.Change.Settled;

/** Deliveries that were settled a short while ago, so many of them. Owned by one lane. */
final class SettledLately {

    private final int max;
    private final LinkedHashMap<Long, Settled> byLease = new LinkedHashMap<>();

    SettledLately(int max) {
        this.max = max;
    }

    void add(Settled one) {
        byLease.remove(one.lease());
        byLease.put(one.lease(), one);
        if (byLease.size() > max) {
            byLease.pollFirstEntry();
        }
    }

    void add(long lease, long offset, Settled.As as) {
        add(new Settled(lease, offset, as));
    }

    @Nullable Settled of(long lease) {
        return byLease.get(lease);
    }

    /** Oldest first. */
    Collection<Settled> all() {
        return byLease.values();
    }

    void clear() {
        byLease.clear();
    }
}
