package sluice.log.object;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import sluice.log.PartitionId;

/**
 * The part of a footer that tells of idempotent producers. {@link SegmentFooter} has the table.
 * Whatever is malformed is an {@link IllegalArgumentException} or a buffer that underflows.
 */
final class ProducersSection {

    /** An empty section. */
    static final int BYTES_MIN = Integer.BYTES;

    private static final int PARTITION_FIXED_BYTES = 3 * Integer.BYTES + Long.BYTES;
    private static final int PARTITION_BYTES_MIN =
            PARTITION_FIXED_BYTES + ProducerCodec.BYTES_WITH_RANGE;

    private ProducersSection() {}

    static int sizeBytes(List<PartitionProducers> partitions) {
        long size = BYTES_MIN;
        for (PartitionProducers partition : partitions) {
            size += PARTITION_FIXED_BYTES;
            for (ProducerSnapshot producer : partition.producers()) {
                size += ProducerCodec.sizeBytes(producer);
            }
        }
        return Math.toIntExact(size);
    }

    static void encode(List<PartitionProducers> partitions, ByteBuffer to) {
        to.putInt(partitions.size());
        for (PartitionProducers each : partitions) {
            to.putInt(each.slot());
            to.putLong(each.partition().topicId()).putInt(each.partition().index());
            to.putInt(each.producers().size());
            for (ProducerSnapshot producer : each.producers()) {
                ProducerCodec.encode(producer, to);
            }
        }
    }

    static List<PartitionProducers> decode(ByteBuffer from) {
        int partitionCount = count(from, PARTITION_BYTES_MIN);
        List<PartitionProducers> partitions = new ArrayList<>(partitionCount);
        for (int i = 0; i < partitionCount; i++) {
            int slot = from.getInt();
            var partition = new PartitionId(from.getLong(), from.getInt());
            int producerCount = count(from, ProducerCodec.BYTES_WITH_RANGE);
            List<ProducerSnapshot> producers = new ArrayList<>(producerCount);
            for (int j = 0; j < producerCount; j++) {
                producers.add(ProducerCodec.decode(from));
            }
            partitions.add(new PartitionProducers(slot, partition, producers));
        }
        return partitions;
    }

    /** A count whose entries can fit into what is left, so that no hostile number allocates. */
    private static int count(ByteBuffer from, int bytesMin) {
        int count = from.getInt();
        if (count < 0 || (long) count * bytesMin > from.remaining()) {
            throw new IllegalArgumentException(
                    "a count of producers does not fit the footer: count=%d left=%d"
                            .formatted(count, from.remaining()));
        }
        return count;
    }

    /** Checks that every partition is in order, has extents, and no batch lies outside of them. */
    static void check(List<PartitionProducers> partitions, List<Extent> extents) {
        int i = 0;
        for (PartitionProducers each : partitions) {
            while (i < extents.size() && !isOf(each, extents.get(i))) {
                i++;
            }
            int first = i;
            while (i < extents.size() && isOf(each, extents.get(i))) {
                i++;
            }
            if (first == i
                    || !areWithin(
                            each,
                            extents.get(first).firstOffset(),
                            extents.get(i - 1).nextOffset())) {
                throw new IllegalArgumentException(
                        "producers do not fit the extents: slot=%d partition=%s"
                                .formatted(each.slot(), each.partition()));
            }
        }
    }

    private static boolean isOf(PartitionProducers producers, Extent extent) {
        return extent.slot() == producers.slot()
                && extent.partition().equals(producers.partition());
    }

    private static boolean areWithin(PartitionProducers partition, long first, long next) {
        return partition.producers().stream()
                .flatMap(producer -> producer.last5().stream())
                .allMatch(range -> range.baseOffset() >= first && range.baseOffset() < next);
    }
}
