package sluice.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
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
 * Topics, with a cache that no change outlives by more than {@link FreshReads#FRESH} while the
 * store answers.
 *
 * <p>A topic is deleted in two steps: its record says DELETING, then, after every gateway's cache
 * has forgotten the topic, the record goes and the name is free. So nothing is acknowledged for a
 * topic whose name has been given to another. Bindings to it go with it. Safe from any thread.
 */
final class TopicCatalog implements Engine.Topics {

    /**
     * A deletion waits longer than a topic is believed, since clocks drift and answers take time.
     */
    static final Duration FORGOTTEN = FreshReads.FRESH.multipliedBy(2);

    private static final int CACHED_MAX = 100_000;
    private static final int RACES_MAX = 20;
    private static final int PARTITIONS_MAX = 100_000;

    private final TopicStore store;
    private final Clock clock;
    private final RandomGenerator random;
    private final Pause pause;
    private final int slots;
    private final ExchangeCatalog exchanges;
    private final FreshReads<Versioned<TopicRecord>> cache;

    /**
     * @param blocking runs reads of the store
     * @param random makes topic ids; used under a lock
     * @param slots number of slots of the cluster
     * @param exchanges whose bindings go with a topic
     */
    TopicCatalog(
            TopicStore store,
            Clock clock,
            Executor blocking,
            RandomGenerator random,
            Pause pause,
            int slots,
            ExchangeCatalog exchanges) {
        this.store = store;
        this.clock = clock;
        this.random = random;
        this.pause = pause;
        this.slots = slots;
        this.exchanges = exchanges;
        this.cache = new FreshReads<>(clock, blocking, CACHED_MAX);
    }

    static TopicCatalog of(EnginePorts ports, int slots, ExchangeCatalog exchanges) {
        return new TopicCatalog(
                new TopicStore(ports.items()),
                ports.lane(),
                ports.blocking(),
                ports.randoms().get(),
                ports.pause(),
                slots,
                exchanges);
    }

    @Override
    public CompletionStage<Optional<TopicRecord>> find(String namespace, String name) {
        return cache.find(key(namespace, name), _ -> store.get(namespace, name))
                .thenApply(TopicCatalog::active);
    }

    private static Optional<TopicRecord> active(Optional<Versioned<TopicRecord>> found) {
        return found.map(Versioned::value)
                .filter(topic -> topic.state() == TopicRecord.State.ACTIVE);
    }

    private void forget(String namespace, String name) {
        cache.forget(key(namespace, name));
    }

    private static String key(String namespace, String name) {
        return namespace + '/' + name;
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

    static SluiceException unknown(String name) {
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
        exchanges.topicDeleted(namespace, topic.id());
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
