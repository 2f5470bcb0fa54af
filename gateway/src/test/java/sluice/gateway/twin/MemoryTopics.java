package sluice.gateway.twin;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import sluice.engine.Engine.Topics;
import sluice.log.SluiceException;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;

/** Topics in memory, of the one namespace that there is. */
final class MemoryTopics implements Topics {

    private static final long CREATED_AT_MS = 1_767_225_600_000L;

    private final TreeMap<String, TopicRecord> byName = new TreeMap<>();
    private final LongConsumer deleted;
    private long nextId = 1;

    /**
     * @param deleted told the id of each topic that goes
     */
    MemoryTopics(LongConsumer deleted) {
        this.deleted = deleted;
    }

    @Override
    public synchronized CompletionStage<Optional<TopicRecord>> find(String namespace, String name) {
        return CompletableFuture.completedStage(Optional.ofNullable(byName.get(name)));
    }

    @Override
    public synchronized Created create(
            String namespace, String name, int partitions, TopicConfig config) {
        TopicRecord present = byName.get(name);
        if (present == null) {
            TopicRecord topic = record(namespace, name, nextId++, partitions, config);
            byName.put(name, topic);
            return new Created(topic, true);
        }
        if (present.partitions() != partitions || !present.config().equals(config)) {
            throw new SluiceException(
                    SluiceException.Kind.CONFLICT, "topic-exists", "name=" + name);
        }
        return new Created(present, false);
    }

    @Override
    public synchronized TopicRecord update(
            String namespace, String name, Optional<Integer> partitions, TopicConfig config) {
        TopicRecord present = known(name);
        int count = partitions.orElse(present.partitions());
        if (count < present.partitions()) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "partitions-shrink",
                    "present=%d asked=%d".formatted(present.partitions(), count));
        }
        TopicRecord changed = record(namespace, name, present.id(), count, config);
        byName.put(name, changed);
        return changed;
    }

    @Override
    public synchronized void delete(String namespace, String name) {
        long id = known(name).id();
        byName.remove(name);
        deleted.accept(id);
    }

    @Override
    public synchronized List<TopicRecord> list(String namespace, String after, int max) {
        return byName.tailMap(after, false).values().stream().limit(max).toList();
    }

    /** The topic was deleted and made anew, and nobody has been told yet. */
    synchronized void replace(String name) {
        TopicRecord gone = known(name);
        byName.put(
                name, record(gone.namespace(), name, nextId++, gone.partitions(), gone.config()));
    }

    private TopicRecord known(String name) {
        TopicRecord present = byName.get(name);
        if (present == null) {
            throw new SluiceException(
                    SluiceException.Kind.NOT_FOUND, "unknown-topic", "name=" + name);
        }
        return present;
    }

    private static TopicRecord record(
            String namespace, String name, long id, int partitions, TopicConfig config) {
        List<Integer> slots = IntStream.range(0, partitions).boxed().toList();
        return new TopicRecord(
                namespace, name, id, TopicRecord.State.ACTIVE, slots, config, CREATED_AT_MS);
    }
}
