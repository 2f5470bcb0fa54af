package sluice.uploader;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;
import sluice.log.PartitionId;
import sluice.log.object.Extent;
import sluice.log.object.ProducerSnapshot;

/**
 * Where the records of all partitions of one slot lie that are in objects. A value: every change
 * makes a new one.
 */
public final class SlotIndex {

    private static final Comparator<ObjectExtent> BY_OFFSET =
            Comparator.comparingLong(each -> each.extent().firstOffset());

    private final int slot;
    private final Map<PartitionId, PartitionIndex> partitions;

    private SlotIndex(int slot, Map<PartitionId, PartitionIndex> partitions) {
        this.slot = slot;
        this.partitions = Map.copyOf(partitions);
    }

    /** The index of a slot of which nothing is in objects. */
    public static SlotIndex empty(int slot) {
        return new SlotIndex(slot, Map.of());
    }

    /** What a checkpoint covers. */
    public static SlotIndex of(SlotCheckpoint checkpoint) {
        Map<PartitionId, PartitionIndex> partitions = new HashMap<>();
        checkpoint.partitions().forEach(each -> partitions.put(each.partition(), each.index()));
        return new SlotIndex(checkpoint.slot(), partitions);
    }

    public int slot() {
        return slot;
    }

    public Set<PartitionId> partitions() {
        return partitions.keySet();
    }

    /** A partition's index, an empty one if it is not known. */
    public PartitionIndex partition(PartitionId partition) {
        return partitions.getOrDefault(partition, PartitionIndex.EMPTY);
    }

    public Optional<ObjectExtent> extentFor(PartitionId partition, long offset) {
        return partition(partition).extentFor(offset);
    }

    /** Offset after the last record in objects. */
    public long nextOffset(PartitionId partition) {
        return partition(partition).nextOffset();
    }

    /** First offset that may be read. */
    public long logStart(PartitionId partition) {
        return partition(partition).logStart();
    }

    /** The first extent that may hold a record with a timestamp of at least that. */
    public Optional<ObjectExtent> firstExtentAtOrAfter(PartitionId partition, long timestampMs) {
        return partition(partition).firstExtentAtOrAfter(timestampMs);
    }

    /** Keys of all objects the index refers to, in order. */
    public Set<String> objectKeys() {
        Set<String> keys = new TreeSet<>();
        partitions
                .values()
                .forEach(each -> each.extents().forEach(extent -> keys.add(extent.objectKey())));
        return keys;
    }

    /**
     * Adds what an object holds of this slot; extents of other slots are passed over. An object
     * that is in the index changes nothing.
     *
     * @throws sluice.log.SluiceException DATA {@code gap-in-log} or {@code overlap-in-log}
     */
    public SlotIndex plus(String objectKey, long objectLengthBytes, List<Extent> extents) {
        return plusAll(List.of(new ObjectExtents(objectKey, objectLengthBytes, extents)));
    }

    /**
     * Adds several objects, whatever their order. The objects of one wal segment must be added
     * together: a partition whose retention class changed lies in two of them.
     *
     * @throws sluice.log.SluiceException DATA {@code gap-in-log} or {@code overlap-in-log}
     */
    public SlotIndex plusAll(List<ObjectExtents> objects) {
        return plusAll(objects, false);
    }

    /** As {@link #plusAll(List)}, but may leave out what follows a gap in a partition. */
    SlotIndex plusAll(List<ObjectExtents> objects, boolean stopAtGap) {
        Map<PartitionId, List<ObjectExtent>> added = new TreeMap<>();
        for (ObjectExtents object : objects) {
            for (Extent extent : object.extents()) {
                if (extent.slot() == slot) {
                    added.computeIfAbsent(extent.partition(), key -> new ArrayList<>())
                            .add(new ObjectExtent(object.key(), object.lengthBytes(), extent));
                }
            }
        }
        if (added.isEmpty()) {
            return this;
        }
        Map<PartitionId, PartitionIndex> next = new HashMap<>(partitions);
        added.forEach((partition, extents) -> {
            extents.sort(BY_OFFSET);
            next.put(partition, partition(partition).plus(partition, extents, stopAtGap));
        });
        return new SlotIndex(slot, next);
    }

    /** An object's extents, of any slots. */
    public record ObjectExtents(String key, long lengthBytes, List<Extent> extents) {
        public ObjectExtents {
            extents = List.copyOf(extents);
        }
    }

    /**
     * Moves the log start of a partition past every extent whose first batch was appended before
     * {@code appendedMs}. The whole extent goes, since a reader must never see a record older than
     * its retention.
     */
    public SlotIndex expireBefore(PartitionId partition, long appendedMs) {
        return changed(partition, index -> index.expireBefore(appendedMs));
    }

    /** Moves the log start of a partition forward, at most to its next offset; never back. */
    public SlotIndex startingAt(PartitionId partition, long offset) {
        return changed(partition, index -> index.startingAt(offset));
    }

    /**
     * Forgets a partition. Only once no wal still holds entries of it: an extent that comes later
     * would look like a gap. Until then, {@link #startingAt} its end.
     */
    public SlotIndex without(PartitionId partition) {
        Map<PartitionId, PartitionIndex> next = new HashMap<>(partitions);
        next.remove(partition);
        return new SlotIndex(slot, next);
    }

    private SlotIndex changed(PartitionId partition, UnaryOperator<PartitionIndex> change) {
        PartitionIndex before = partition(partition);
        PartitionIndex after = change.apply(before);
        if (after == before) {
            return this;
        }
        Map<PartitionId, PartitionIndex> next = new HashMap<>(partitions);
        next.put(partition, after);
        return new SlotIndex(slot, next);
    }

    /**
     * @param coveredTo for each wal, the entry below which this index holds all of the slot
     * @param producers of each partition that has any
     */
    public SlotCheckpoint toCheckpoint(
            long epoch,
            Map<UUID, Long> coveredTo,
            Map<PartitionId, List<ProducerSnapshot>> producers) {
        Set<PartitionId> all = new TreeSet<>(partitions.keySet());
        all.addAll(producers.keySet());
        List<SlotCheckpoint.PartitionState> states = new ArrayList<>();
        for (PartitionId partition : all) {
            states.add(
                    new SlotCheckpoint.PartitionState(
                            partition,
                            partition(partition),
                            producers.getOrDefault(partition, List.of())));
        }
        return new SlotCheckpoint(slot, epoch, coveredTo, states);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SlotIndex that
                && slot == that.slot
                && partitions.equals(that.partitions);
    }

    @Override
    public int hashCode() {
        return 31 * slot + partitions.hashCode();
    }

    @Override
    public String toString() {
        return "SlotIndex[slot=" + slot + " partitions=" + partitions.size() + "]";
    }
}
