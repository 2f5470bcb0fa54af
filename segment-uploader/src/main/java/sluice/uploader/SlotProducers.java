package sluice.uploader;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sluice.log.PartitionId;
import sluice.log.object.PartitionProducers;
import sluice.log.object.ProducerSnapshot;
import sluice.log.object.SegmentFooter;

/**
 * Brings together what a checkpoint and footers tell of one slot's producers, in any order and
 * however they overlap: a checkpoint knows of all that was durable when it was written, which may
 * be more than it covers.
 */
final class SlotProducers {

    private static final Comparator<ProducerSnapshot> BY_LAST_BATCH =
            Comparator.comparingLong(ProducerSnapshot::lastBaseOffset);

    private final int slot;
    private final Map<PartitionId, Map<Long, ProducerSnapshot>> byPartition = new HashMap<>();

    SlotProducers(int slot) {
        this.slot = slot;
    }

    void add(SlotCheckpoint checkpoint) {
        checkpoint.partitions().forEach(each -> add(each.partition(), each.producers()));
    }

    /** Adds what a footer tells of this slot; other slots are passed over. */
    void add(SegmentFooter footer) {
        for (PartitionProducers each : footer.producers()) {
            if (each.slot() == slot) {
                add(each.partition(), each.producers());
            }
        }
    }

    private void add(PartitionId partition, List<ProducerSnapshot> snapshots) {
        if (snapshots.isEmpty()) {
            return;
        }
        Map<Long, ProducerSnapshot> byId =
                byPartition.computeIfAbsent(partition, key -> new HashMap<>());
        snapshots.forEach(
                each -> byId.merge(each.producerId(), each, ProducerSnapshot::mergedWith));
    }

    /** In the order in which they wrote last; by offset, since owners' clocks differ. */
    Map<PartitionId, List<ProducerSnapshot>> byPartition() {
        Map<PartitionId, List<ProducerSnapshot>> ordered = new HashMap<>();
        byPartition.forEach((partition, byId) -> {
            var producers = new ArrayList<>(byId.values());
            producers.sort(BY_LAST_BATCH);
            ordered.put(partition, List.copyOf(producers));
        });
        return ordered;
    }
}
