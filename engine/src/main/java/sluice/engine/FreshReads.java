package sluice.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.lane.Clock;

/**
 * What was read of small items of the metadata store, by key. No change outlives {@link #FRESH}
 * here while the store answers. While it does not, items are what they were when it answered last,
 * so that known ones go on; one that was not there is not said to be missing. Each gateway measures
 * the age on its own monotonic clock. Safe from any thread.
 */
final class FreshReads<T> {

    /** What was read is believed for so long after it was asked for. */
    static final Duration FRESH = Duration.ofSeconds(2);

    /**
     * @param read of the store, under way or done
     * @param before what the last read told that was answered; empty if there was none
     * @param wasAway true if the read before this one was not answered
     */
    private record Cached<T>(
            long askedNs,
            CompletableFuture<Optional<T>> read,
            Optional<T> before,
            boolean wasAway) {

        /** Waits for a store that is away once, not at each read of an item that is known. */
        CompletionStage<Optional<T>> answer() {
            if (before.isEmpty()) {
                return read;
            }
            if (wasAway && !isAnswered()) {
                return CompletableFuture.completedStage(before);
            }
            return read.exceptionally(failure -> {
                if (isPassing(failure)) {
                    return before;
                }
                throw failure instanceof CompletionException wrapped
                        ? wrapped
                        : new CompletionException(failure);
            });
        }

        Optional<T> known() {
            return isAnswered() ? read.join() : before;
        }

        boolean isAway() {
            return read.isCompletedExceptionally() || (wasAway && !read.isDone());
        }

        private boolean isAnswered() {
            return read.isDone() && !read.isCompletedExceptionally();
        }

        private static boolean isPassing(Throwable failure) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return cause instanceof SluiceException told
                    && (told.kind() == SluiceException.Kind.UNAVAILABLE
                            || told.kind() == SluiceException.Kind.UNKNOWN_OUTCOME
                            || told.kind() == SluiceException.Kind.OVERLOADED);
        }
    }

    private final Clock clock;
    private final Executor blocking;
    private final int itemsMax;
    private final ToIntFunction<T> weight;
    private final long weightMax;
    private final ConcurrentHashMap<String, Cached<T>> cache = new ConcurrentHashMap<>();

    /**
     * @param blocking runs reads of the store
     * @param itemsMax over it all are forgotten
     */
    FreshReads(Clock clock, Executor blocking, int itemsMax) {
        this(clock, blocking, itemsMax, _ -> 0, Long.MAX_VALUE);
    }

    /**
     * @param weight of one item; all are added up before one more comes in, so there must be few
     * @param weightMax of all items together; over it all are forgotten
     */
    FreshReads(
            Clock clock, Executor blocking, int itemsMax, ToIntFunction<T> weight, long weightMax) {
        this.clock = clock;
        this.blocking = blocking;
        this.itemsMax = itemsMax;
        this.weight = weight;
        this.weightMax = weightMax;
    }

    /**
     * @param read of the store, given what was known before, which it may return
     */
    CompletionStage<Optional<T>> find(String key, UnaryOperator<Optional<T>> read) {
        long nowNs = clock.nowNs();
        Cached<T> cached = cache.get(key);
        if (cached == null) {
            makeRoom();
        }
        if (cached == null || isOld(cached, nowNs)) {
            cached = cache.compute(key, (_, old) -> fresh(old, key, read, nowNs));
        }
        return cached.answer();
    }

    private void makeRoom() {
        if (cache.size() >= itemsMax || (weightMax < Long.MAX_VALUE && weight() > weightMax)) {
            cache.clear();
        }
    }

    private long weight() {
        return cache.values().stream()
                .mapToLong(each -> each.known().map(weight::applyAsInt).orElse(0))
                .sum();
    }

    private static boolean isOld(Cached<?> cached, long nowNs) {
        return nowNs - cached.askedNs() > FRESH.toNanos();
    }

    private Cached<T> fresh(
            @Nullable Cached<T> old, String key, UnaryOperator<Optional<T>> read, long nowNs) {
        if (old != null && !isOld(old, nowNs)) {
            return old;
        }
        var before = old == null ? Optional.<T>empty() : old.known();
        CompletableFuture<Optional<T>> found =
                CompletableFuture.supplyAsync(() -> read.apply(before), blocking);
        if (before.isEmpty()) {
            found.whenComplete((_, failure) -> {
                if (failure != null) {
                    forget(key);
                }
            });
        }
        return new Cached<>(nowNs, found, before, old != null && old.isAway());
    }

    void forget(String key) {
        cache.remove(key);
    }
}
