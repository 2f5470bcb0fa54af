package sluice.uploader;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;

/**
 * Keeps what was used last, up to a total weight. Safe from any thread; the lock is held for no
 * longer than a look-up.
 */
final class WeightedCache<K, V> {

    private final long weightMax;
    private final ToLongFunction<V> weightOf;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<K, V> leastRecentFirst = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;

    WeightedCache(long weightMax, ToLongFunction<V> weightOf) {
        this.weightMax = weightMax;
        this.weightOf = weightOf;
    }

    Optional<V> get(K key) {
        lock.lock();
        try {
            return Optional.ofNullable(leastRecentFirst.get(key));
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a value, at the cost of those used least recently; not if it alone is too heavy. */
    void put(K key, V value) {
        lock.lock();
        try {
            remove(key);
            long added = weightOf.applyAsLong(value);
            if (added > weightMax) {
                return;
            }
            var oldest = leastRecentFirst.entrySet().iterator();
            while (weight + added > weightMax) {
                weight -= weightOf.applyAsLong(oldest.next().getValue());
                oldest.remove();
            }
            leastRecentFirst.put(key, value);
            weight += added;
        } finally {
            lock.unlock();
        }
    }

    void remove(K key) {
        lock.lock();
        try {
            V removed = leastRecentFirst.remove(key);
            if (removed != null) {
                weight -= weightOf.applyAsLong(removed);
            }
        } finally {
            lock.unlock();
        }
    }

    long weight() {
        lock.lock();
        try {
            return weight;
        } finally {
            lock.unlock();
        }
    }
}
