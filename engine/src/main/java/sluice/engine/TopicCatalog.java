package sluice.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import sluice.log.SluiceException;
import sluice.log.lane.Clock;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.Pause;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;
import sluice.metadata.TopicStore;
import sluice.metadata.Versioned;

/**
 * Topics, with a cache that no change outlives by more than {@link #FRESH} while the store answers.
 * While it does not, topics are what they were when it answered last, so that known ones go on.
 *
 * <p>A topic is deleted in two steps: its record says DELETING, then, after every gateway's cache
 * has forgotten the topic, the record goes and the name is free. So nothing is acknowledged for a
 * topic whose name has been given to another. Each gateway measures the age of its cache on its own
 * monotonic clock. Safe from any thread.
 */
final class TopicCatalog implements Engine.Topics {

    /** A cached topic is believed for so long after it was read. */
    static final Duration FRESH = Duration.ofSeconds(2);

    /** A deletion waits longer than that, since clocks drift and answers take time. */
    static final Duration FORGOTTEN = FRESH.multipliedBy(2);

    private static final int CACHED_MAX = 100_000;
    private static final int RACES_MAX = 20;
    private static final int PARTITIONS_MAX = 100_000;

    /**
     * @param read of the store, under way or done
     * @param before the topic as the last read told that was answered; empty if there was none
     * @param wasAway true if the read before this one was not answered
     */
    private record Cached(
            long askedNs,
            CompletableFuture<Optional<Versioned<TopicRecord>>> read,
            Optional<Versioned<TopicRecord>> before,
            boolean wasAway) {

        /** Waits for a store that is away once, not at each read of a topic that is known. */
        CompletionStage<Optional<Versioned<TopicRecord>>> answer() {
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

        Optional<Versioned<TopicRecord>> known() {
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

    private final TopicStore store;
    private final Clock clock;
    private final Executor blocking;
    private final RandomGenerator random;
    private final Pause pause;
    private final int slots;
    private final ConcurrentHashMap<String, Cached> cache = new ConcurrentHashMap<>();

    /**
     * @param blocking runs reads of the store
     * @param random makes topic ids; used under a lock
     * @param slots number of slots of the cluster
     */
    TopicCatalog(
            TopicStore store,
            Clock clock,
            Executor blocking,
            RandomGenerator random,
            Pause pause,
            int slots) {
        this.store = store;
        this.clock = clock;
        this.blocking = blocking;
        this.random = random;
        this.pause = pause;
        this.slots = slots;
    }

    @Override
    public CompletionStage<Optional<TopicRecord>> find(String namespace, String name) {
        String key = namespace + '/' + name;
        long nowNs = clock.nowNs();
        Cached cached = cache.get(key);
        if (cached == null || nowNs - cached.askedNs() > FRESH.toNanos()) {
            cached = cache.compute(key, (_, old) -> fresh(old, namespace, name, nowNs));
        }
        return cached.answer().thenApply(TopicCatalog::active);
    }

    private Cached fresh(
            @org.jspecify.annotations.Nullable Cached old,
            String namespace,
            String name,
            long nowNs) {
        if (old != null && nowNs - old.askedNs() <= FRESH.toNanos()) {
            return old;
        }
        if (cache.size() > CACHED_MAX) {
            cache.clear();
        }
        CompletableFuture<Optional<Versioned<TopicRecord>>> found =
                CompletableFuture.supplyAsync(() -> store.get(namespace, name), blocking);
        var before = old == null ? Optional.<Versioned<TopicRecord>>empty() : old.known();
        if (before.isEmpty()) {
            found.whenComplete((_, failure) -> {
                if (failure != null) {
                    forget(namespace, name);
                }
            });
        }
        return new Cached(nowNs, found, before, old != null && old.isAway());
    }

    private static Optional<TopicRecord> active(Optional<Versioned<TopicRecord>> found) {
        return found.map(Versioned::value)
                .filter(topic -> topic.state() == TopicRecord.State.ACTIVE);
    }

    private void forget(String namespace, String name) {
        cache.remove(namespace + '/' + name);
    }

    @Override
    public Created create(String namespace, String name, int partitions, TopicConfig config) {
        if (partitions < 1 || partitions > PARTITIONS_MAX) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "partitions-out-of-range",
                    "a topic has 1 to %d partitions: partitions=%d"
                            .formatted(PARTITIONS_MAX, partitions));
        }
        long id = newId();
        var topic =
                new TopicRecord(
                        namespace,
                        name,
                        id,
                        TopicRecord.State.ACTIVE,
                        slotsFor(id, 0, partitions),
                        config,
                        clock.wallMs());
        if (store.create(topic) instanceof Written.Applied) {
            forget(namespace, name);
            return new Created(topic, true);
        }
        Optional<TopicRecord> present = store.get(namespace, name).map(Versioned::value);
        if (present.isPresent()
                && present.get().state() == TopicRecord.State.ACTIVE
                && present.get().partitions() == partitions
                && present.get().config().equals(config)) {
            return new Created(present.get(), false);
        }
        throw new SluiceException(
                SluiceException.Kind.CONFLICT,
                "topic-exists",
                present.isPresent() && present.get().state() == TopicRecord.State.DELETING
                        ? "the topic is being deleted: topic=" + name + "; retry in some seconds"
                        : "the topic exists with another configuration: topic="
                                + name
                                + "; change it with PATCH, or delete it first");
    }

    private long newId() {
        synchronized (random) {
            return 1 + (random.nextLong() >>> 2);
        }
    }

    /** By hash, but one after another, so that few partitions do not meet in one slot. */
    private List<Integer> slotsFor(long id, int from, int to) {
        var chosen = new ArrayList<Integer>(to - from);
        long first = (id * 0x9e3779b97f4a7c15L) >>> 1;
        for (int partition = from; partition < to; partition++) {
            chosen.add((int) ((first + partition) % slots));
        }
        return chosen;
    }

    @Override
    public TopicRecord update(
            String namespace, String name, Optional<Integer> partitions, TopicConfig config) {
        for (int race = 0; race < RACES_MAX; race++) {
            Versioned<TopicRecord> found = existing(namespace, name);
            TopicRecord before = found.value();
            int wanted = partitions.orElse(before.partitions());
            if (wanted < before.partitions() || wanted > PARTITIONS_MAX) {
                throw new SluiceException(
                        SluiceException.Kind.INVALID,
                        "partitions-shrink",
                        "partitions can be added, up to %d, but not taken away: partitions=%d wanted=%d"
                                .formatted(PARTITIONS_MAX, before.partitions(), wanted));
            }
            var all = new ArrayList<>(before.slots());
            all.addAll(slotsFor(before.id(), before.partitions(), wanted));
            var after =
                    new TopicRecord(
                            namespace,
                            name,
                            before.id(),
                            before.state(),
                            all,
                            config,
                            before.createdAtMs());
            if (store.replace(after, found.version()) instanceof Written.Applied) {
                forget(namespace, name);
                return after;
            }
        }
        throw contended(name);
    }

    private Versioned<TopicRecord> existing(String namespace, String name) {
        return store.get(namespace, name)
                .filter(found -> found.value().state() == TopicRecord.State.ACTIVE)
                .orElseThrow(() -> unknown(name));
    }

    private static SluiceException unknown(String name) {
        return new SluiceException(
                SluiceException.Kind.NOT_FOUND,
                "unknown-topic",
                "there is no such topic: topic=" + name + "; create it with PUT, or list topics");
    }

    private static SluiceException contended(String name) {
        return new SluiceException(
                SluiceException.Kind.UNAVAILABLE,
                "metadata-contended",
                "others keep changing the topic: topic=" + name + "; retry after a pause");
    }

    @Override
    public void delete(String namespace, String name) {
        Versioned<TopicRecord> found = store.get(namespace, name).orElseThrow(() -> unknown(name));
        TopicRecord topic = found.value();
        if (topic.state() == TopicRecord.State.ACTIVE) {
            var deleting =
                    new TopicRecord(
                            namespace,
                            name,
                            topic.id(),
                            TopicRecord.State.DELETING,
                            topic.slots(),
                            topic.config(),
                            topic.createdAtMs());
            if (!(store.replace(deleting, found.version()) instanceof Written.Applied)) {
                throw contended(name);
            }
        }
        forget(namespace, name);
        pause.pause(FORGOTTEN);
        // Someone else may have finished it, and even made the topic anew: that one stays.
        store.get(namespace, name)
                .filter(now -> now.value().id() == topic.id())
                .ifPresent(now -> store.remove(namespace, name, now.version()));
    }

    @Override
    public List<TopicRecord> list(String namespace, String after, int max) {
        return store.list(namespace, after, max).stream()
                .map(Versioned::value)
                .filter(topic -> topic.state() == TopicRecord.State.ACTIVE)
                .toList();
    }
}
