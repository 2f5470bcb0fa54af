package sluice.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import sluice.log.PartitionId;
import sluice.log.object.Extent;
import sluice.log.object.SegmentFooter;
import sluice.metadata.SlotRecord;
import sluice.metadata.TopicRecord;
import sluice.metadata.WalRecord;
import sluice.uploader.ObjectExtent;
import sluice.uploader.SlotCheckpoint;

/**
 * Reads whole logs out of the bucket and the tables, with no gateway and no index of a gateway's:
 * the word of the slots' and wals' records, of checkpoints and footers must be enough.
 */
final class Rebuild {

    private final SimulatedCluster cluster;
    private final Map<Integer, SlotRecord> slots = new HashMap<>();
    private final Map<UUID, WalRecord> wals = new HashMap<>();

    Rebuild(SimulatedCluster cluster) {
        this.cluster = cluster;
        cluster.slots().forEach(slot -> slots.put(slot.slot(), slot));
        cluster.wals().forEach(wal -> wals.put(wal.wal(), wal));
    }

    /** All values of a partition by offset. */
    Map<Long, String> log(TopicRecord topic, int partition) {
        SlotRecord slot = slots.get(topic.slots().get(partition));
        Map<Long, String> log = new TreeMap<>();
        if (slot == null) {
            return log;
        }
        long next = 0;
        for (ObjectExtent each : extents(slot, topic.partition(partition))) {
            Extent extent = each.extent();
            if (extent.nextOffset() <= next) {
                continue; // Also named by the checkpoint.
            }
            if (extent.firstOffset() != next) {
                throw cluster.failure(
                        "I10: objects leave a hole: partition=%d next=%d extent=%s"
                                .formatted(partition, next, extent),
                        null);
            }
            read(each, log);
            next = extent.nextOffset();
        }
        return log;
    }

    private List<ObjectExtent> extents(SlotRecord slot, PartitionId partition) {
        var found = new ArrayList<ObjectExtent>();
        slot.checkpoint()
                .ifPresent(pointer -> {
                    var bytes = cluster.objects.read(pointer.key(), 0, (int) pointer.lengthBytes());
                    SlotCheckpoint.decode(bytes, pointer.crc()).partitions().stream()
                            .filter(state -> state.partition().equals(partition))
                            .forEach(state -> found.addAll(state.index().extents()));
                });
        for (SlotRecord.Source source : slot.sources()) {
            WalRecord wal = wals.get(source.wal());
            if (wal == null) {
                throw cluster.failure("I10: a source without a wal: " + slot, null);
            }
            for (WalRecord.WalObject object : wal.objects()) {
                if (object.toEntry() > source.fromEntry()) {
                    footer(object).extents().stream()
                            .filter(extent -> extent.slot() == slot.slot())
                            .filter(extent -> extent.partition().equals(partition))
                            .map(extent ->
                                    new ObjectExtent(object.key(), object.lengthBytes(), extent))
                            .forEach(found::add);
                }
            }
        }
        found.sort(Comparator.comparingLong(each -> each.extent().firstOffset()));
        return found;
    }

    private SegmentFooter footer(WalRecord.WalObject object) {
        int length = Math.toIntExact(object.lengthBytes() - object.footerAt());
        return SegmentFooter.read(
                cluster.objects.read(object.key(), object.footerAt(), length), object.footerCrc());
    }

    private void read(ObjectExtent each, Map<Long, String> log) {
        Extent extent = each.extent();
        var bytes = cluster.objects.read(each.objectKey(), extent.position(), extent.length());
        var crc = new CRC32C();
        crc.update(bytes.duplicate());
        if ((int) crc.getValue() != extent.crc()) {
            throw cluster.failure(
                    "I10: an extent's bytes are not what its index says: " + each, null);
        }
        for (SimulatedProducer.Found found : SimulatedProducer.records(List.of(bytes))) {
            String before = log.put(found.offset(), found.value());
            if (before != null) {
                throw cluster.failure("I2: an offset twice in objects: " + found, null);
            }
        }
    }
}
