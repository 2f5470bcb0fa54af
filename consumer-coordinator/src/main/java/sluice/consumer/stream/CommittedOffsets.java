package sluice.consumer.stream;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import sluice.metadata.GroupStore.Stored;
import sluice.metadata.OffsetsRecord;
import sluice.metadata.OffsetsRecord.Place;

/**
 * How far a group committed each partition: what is stored, what is being written, and what comes
 * after that. One write of an item is under way at a time; what is accepted meanwhile is merged
 * into the next one. Only what is stored is ever told.
 */
public final class CommittedOffsets {

    /** An accepted commit of one partition. */
    public record Entry(String topic, long topicId, int partition, long offset) {
        public Place place() {
            return Place.of(topicId, partition);
        }
    }

    /** An item to be written. */
    public record Write(Place place, OffsetsRecord record, long expectedVersion) {}

    private static final class Chunk {
        final String topic;
        final List<Long> stored;
        long version;
        Map<Integer, Long> underWay = Map.of();
        Map<Integer, Long> next = new HashMap<>();

        Chunk(String topic, List<Long> stored, long version) {
            this.topic = topic;
            this.stored = stored;
            this.version = version;
        }

        OptionalLong at(int index) {
            return index < stored.size() && stored.get(index) != OffsetsRecord.NONE
                    ? OptionalLong.of(stored.get(index))
                    : OptionalLong.empty();
        }
    }

    private final Map<Place, Chunk> chunks = new HashMap<>();

    /** As read from the store, after the items were written anew. */
    public CommittedOffsets(Collection<Stored> stored) {
        for (Stored each : stored) {
            OffsetsRecord record = each.record().value();
            chunks.put(
                    each.place(),
                    new Chunk(
                            record.topic(),
                            new ArrayList<>(record.offsets()),
                            each.record().version()));
        }
    }

    private static int index(int partition) {
        return partition % OffsetsRecord.PARTITIONS_MAX;
    }

    /** What is stored of a partition. */
    public OptionalLong committed(long topicId, int partition) {
        Chunk chunk = chunks.get(Place.of(topicId, partition));
        return chunk == null ? OptionalLong.empty() : chunk.at(index(partition));
    }

    /** True if something was accepted that is not stored yet. */
    public boolean isPending(long topicId, int partition) {
        Chunk chunk = chunks.get(Place.of(topicId, partition));
        return chunk != null
                && (chunk.next.containsKey(index(partition))
                        || chunk.underWay.containsKey(index(partition)));
    }

    /** True if anything was accepted of the topic that is not stored yet. */
    public boolean isPending(long topicId) {
        return chunks.entrySet().stream()
                .filter(each -> each.getKey().topicId() == topicId)
                .map(Map.Entry::getValue)
                .anyMatch(chunk -> !chunk.next.isEmpty() || !chunk.underWay.isEmpty());
    }

    /** Takes them into the next writes of their items. */
    public Set<Place> accept(List<Entry> entries) {
        Set<Place> places = new HashSet<>();
        for (Entry entry : entries) {
            chunks.computeIfAbsent(
                            entry.place(), _ -> new Chunk(entry.topic(), new ArrayList<>(), 0))
                    .next
                    .put(index(entry.partition()), entry.offset());
            places.add(entry.place());
        }
        return places;
    }

    /** Begins the next write of an item, unless one is under way or nothing is to be written. */
    public Optional<Write> begin(Place place) {
        Chunk chunk = chunks.get(place);
        if (chunk == null || chunk.next.isEmpty() || !chunk.underWay.isEmpty()) {
            return Optional.empty();
        }
        chunk.underWay = chunk.next;
        chunk.next = new HashMap<>();
        var offsets = new ArrayList<>(chunk.stored);
        put(offsets, chunk.underWay);
        return Optional.of(
                new Write(place, new OffsetsRecord(chunk.topic, offsets), chunk.version));
    }

    private static void put(List<Long> offsets, Map<Integer, Long> changes) {
        changes.forEach((index, offset) -> {
            while (offsets.size() <= index) {
                offsets.add(OffsetsRecord.NONE);
            }
            offsets.set(index, offset);
        });
    }

    /** The write that was begun was applied. */
    public void written(Place place, long version) {
        Chunk chunk = underWay(place);
        put(chunk.stored, chunk.underWay);
        chunk.underWay = Map.of();
        chunk.version = version;
    }

    /** The write that was begun was not applied and never will be. */
    public void refused(Place place) {
        Chunk chunk = underWay(place);
        chunk.underWay = Map.of();
    }

    private Chunk underWay(Place place) {
        Chunk chunk = requireNonNull(chunks.get(place), () -> "not written: place=" + place);
        assert !chunk.underWay.isEmpty() : "no write under way: place=" + place;
        return chunk;
    }

    /** An item and its version. */
    public record Item(Place place, long version) {}

    /** All items that are stored. */
    public List<Item> items() {
        var items = new ArrayList<Item>();
        chunks.forEach((place, chunk) -> {
            if (chunk.version > 0) {
                items.add(new Item(place, chunk.version));
            }
        });
        return items;
    }

    /** Forgets a topic that is no more, and says which items are to be removed. */
    public List<Item> forget(long topicId) {
        List<Item> gone =
                items().stream().filter(item -> item.place().topicId() == topicId).toList();
        chunks.keySet().removeIf(place -> place.topicId() == topicId);
        return gone;
    }
}
