package sluice.log.object;

import java.util.List;
import sluice.log.PartitionId;

/**
 * The idempotent producers whose batches of one partition are in a segment object.
 *
 * @param slot the partition's slot when it was written
 * @param producers at least one; each with at least one batch, and in the order of their last
 *     batches, so that the one that wrote last is last
 */
public record PartitionProducers(
        int slot, PartitionId partition, List<ProducerSnapshot> producers) {

    public PartitionProducers {
        producers = List.copyOf(producers);
        if (producers.isEmpty()) {
            throw new IllegalArgumentException("a partition without producers: " + partition);
        }
        long before = -1;
        for (ProducerSnapshot producer : producers) {
            if (producer.lastBaseOffset() <= before || !isInOrder(producer.last5())) {
                throw new IllegalArgumentException(
                        "producers or their batches are not in order: partition=%s producerId=%d"
                                .formatted(partition, producer.producerId()));
            }
            before = producer.lastBaseOffset();
        }
    }

    private static boolean isInOrder(List<ProducerSnapshot.SequenceRange> ranges) {
        long before = -1;
        for (ProducerSnapshot.SequenceRange range : ranges) {
            if (range.baseOffset() <= before) {
                return false;
            }
            before = range.baseOffset();
        }
        return true;
    }
}
