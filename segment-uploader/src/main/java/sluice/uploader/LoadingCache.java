package sluice.uploader;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import sluice.log.SluiceException;

/**
 * A {@link WeightedCache} that loads what it does not have, once however many ask for it at the
 * same time. A failure is told to all of them and not kept. Safe from any thread.
 */
final class LoadingCache<K, V> {

    private final WeightedCache<K, V> values;
    private final ConcurrentMap<K, CompletableFuture<V>> loading = new ConcurrentHashMap<>();

    LoadingCache(long weightMax, ToLongFunction<V> weightOf) {
        this.values = new WeightedCache<>(weightMax, weightOf);
    }

    /** True if it need not be loaded, or is being loaded. */
    boolean isThere(K key) {
        return values.get(key).isPresent() || loading.containsKey(key);
    }

    /** Blocks while it is loaded, here or by somebody else; errors as those of {@code load}. */
    V get(K key, Supplier<V> load) {
        Optional<V> kept = values.get(key);
        if (kept.isPresent()) {
            return kept.get();
        }
        var own = new CompletableFuture<V>();
        CompletableFuture<V> others = loading.putIfAbsent(key, own);
        if (others != null) {
            return join(others);
        }
        try {
            // Another load may have ended between the look into the cache and the claim.
            V loaded = values.get(key).orElseGet(load);
            values.put(key, loaded);
            own.complete(loaded);
            return loaded;
        } catch (RuntimeException | Error e) {
            own.completeExceptionally(e);
            throw e;
        } finally {
            loading.remove(key, own);
        }
    }

    /** Forgets a value; one that is being loaded is kept all the same. */
    void remove(K key) {
        values.remove(key);
    }

    private static <V> V join(CompletableFuture<V> others) {
        try {
            return others.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SluiceException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
