package sluice.uploader;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.object.PartitionProducers;
import sluice.log.object.SegmentFooter;
import sluice.metadata.SlotRecord;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.WalObject;

/**
 * Builds the index of a slot, and the state of its producers, from what the metadata says: its
 * checkpoint, and the footers of the objects that the checkpoint does not cover. Batches are not
 * read. Blocks on the object store; safe from any thread.
 *
 * <p>To see one consistent state, a caller reads the slot's record, then the records of its
 * sources, and then the slot's record again; if its version changed, it starts over.
 */
public final class SlotIndexLoader {

    /** What a partition or a checkpoint without extents counts for. */
    private static final int ENTRY_WEIGHT = 1;

    private final ObjectStore store;
    private final LoadingCache<String, SegmentFooter> footers;
    private final WeightedCache<String, SlotCheckpoint> checkpoints;

    /**
     * @param cachedExtentsMax extents and producers kept of footers, and as many of checkpoints;
     *     about 120 bytes of heap each, up to 300 for a producer
     */
    public SlotIndexLoader(ObjectStore store, long cachedExtentsMax) {
        this.store = store;
        footers = new LoadingCache<>(cachedExtentsMax, SlotIndexLoader::weight);
        checkpoints = new WeightedCache<>(cachedExtentsMax, SlotIndexLoader::weight);
    }

    /**
     * @param wals the records of all of the slot's sources
     * @throws SluiceException CONFLICT {@code stale-slot-record} if the records do not fit each
     *     other: read them again; DATA {@code missing-object}, {@code short-object}, {@code
     *     corrupt-object}, {@code corrupt-checkpoint}, {@code gap-in-log}, {@code overlap-in-log};
     *     UNAVAILABLE
     */
    public SlotContents load(SlotRecord slot, Map<UUID, WalRecord> wals) {
        Optional<SlotCheckpoint> checkpoint = loadCheckpoint(slot);
        SlotIndex base =
                checkpoint.map(SlotIndex::of).orElseGet(() -> SlotIndex.empty(slot.slot()));
        Map<UUID, Long> coveredTo = checkpoint.map(SlotCheckpoint::coveredTo).orElse(Map.of());
        Map<String, SlotIndex.ObjectExtents> newer = new LinkedHashMap<>();
        var producers = new SlotProducers(slot.slot());
        checkpoint.ifPresent(producers::add);
        boolean foldedBeyond = false;
        for (SlotRecord.Source source : slot.sources()) {
            WalRecord wal = wals.get(source.wal());
            if (wal == null) {
                throw stale(slot, "no record of a source: wal=" + source.wal(), null);
            }
            long covered = Math.max(source.fromEntry(), coveredTo.getOrDefault(source.wal(), 0L));
            foldedBeyond |= wal.foldedEnd() > covered;
            for (WalObject object : wal.objects()) {
                if (object.toEntry() > covered) {
                    SegmentFooter footer = footer(wal.wal(), object);
                    newer.put(
                            object.key(),
                            new SlotIndex.ObjectExtents(
                                    object.key(), object.lengthBytes(), footer.extents()));
                    producers.add(footer);
                }
            }
        }
        try {
            SlotIndex index =
                    base.plusAll(new ArrayList<>(newer.values()), tailMayBeMissing(slot, wals));
            return new SlotContents(index, producers.byPartition());
        } catch (SluiceException e) {
            if (foldedBeyond && e.code().equals("gap-in-log")) {
                throw stale(slot, "a wal was folded beyond it", e);
            }
            throw e;
        }
    }

    /**
     * After a hand-off, the new owner may upload before the old one has uploaded the slot's tail.
     * Then the index ends at that gap, and is whole again once the old wal has caught up.
     */
    private static boolean tailMayBeMissing(SlotRecord slot, Map<UUID, WalRecord> wals) {
        List<SlotRecord.Source> sources = slot.sources();
        for (int i = 0; i < sources.size() - 1; i++) {
            WalRecord wal = wals.get(sources.get(i).wal());
            if (wal != null
                    && (wal.state() == WalRecord.State.OPEN
                            || wal.state() == WalRecord.State.FENCING)) {
                return true;
            }
        }
        return false;
    }

    private Optional<SlotCheckpoint> loadCheckpoint(SlotRecord slot) {
        if (slot.checkpoint().isEmpty()) {
            return Optional.empty();
        }
        SlotRecord.Checkpoint pointer = slot.checkpoint().get();
        Optional<SlotCheckpoint> cached = checkpoints.get(pointer.key());
        if (cached.isPresent()) {
            return cached;
        }
        ByteBuffer bytes = readWhole(pointer.key(), 0, Math.toIntExact(pointer.lengthBytes()));
        SlotCheckpoint loaded = SlotCheckpoint.decode(bytes, pointer.crc());
        if (loaded.slot() != slot.slot()) {
            throw CheckpointCodec.corrupt(
                    "a checkpoint of another slot: key=%s expectedSlot=%d actualSlot=%d"
                            .formatted(pointer.key(), slot.slot(), loaded.slot()),
                    null);
        }
        checkpoints.put(pointer.key(), loaded);
        return Optional.of(loaded);
    }

    /**
     * Reads the footer of a committed object.
     *
     * @throws SluiceException as {@link #load}
     */
    public SegmentFooter footer(UUID wal, WalObject object) {
        // All slots of a wal need the same footers at once.
        return footers.get(object.key(), () -> readFooter(wal, object));
    }

    private SegmentFooter readFooter(UUID wal, WalObject object) {
        ByteBuffer bytes =
                readWhole(
                        object.key(),
                        object.footerAt(),
                        Math.toIntExact(object.lengthBytes() - object.footerAt()));
        SegmentFooter footer = SegmentFooter.read(bytes, object.footerCrc());
        if (!footer.wal().equals(wal)
                || footer.segment() != object.segment()
                || footer.fromEntry() != object.fromEntry()
                || footer.toEntry() != object.toEntry()
                || footer.footerAt() != object.footerAt()) {
            throw new SluiceException(
                    Kind.DATA,
                    "corrupt-object",
                    "an object of another wal segment: key=%s expectedWal=%s expectedSegment=%d actualWal=%s actualSegment=%d"
                            .formatted(
                                    object.key(),
                                    wal,
                                    object.segment(),
                                    footer.wal(),
                                    footer.segment()));
        }
        return footer;
    }

    private ByteBuffer readWhole(String key, long from, int length) {
        return ReferencedObjects.read(store, key, from, length);
    }

    private static long weight(SegmentFooter footer) {
        long count = footer.extents().size();
        for (PartitionProducers each : footer.producers()) {
            count += each.producers().size();
        }
        return count;
    }

    private static long weight(SlotCheckpoint checkpoint) {
        long count = ENTRY_WEIGHT;
        for (SlotCheckpoint.PartitionState state : checkpoint.partitions()) {
            count += ENTRY_WEIGHT + state.index().extents().size() + state.producers().size();
        }
        return count;
    }

    private static SluiceException stale(SlotRecord slot, String why, @Nullable Throwable cause) {
        return new SluiceException(
                Kind.CONFLICT,
                "stale-slot-record",
                "the slot's record does not fit its wals': slot=%d %s; read them again"
                        .formatted(slot.slot(), why),
                cause);
    }
}
