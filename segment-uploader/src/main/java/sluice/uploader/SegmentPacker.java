package sluice.uploader;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import sluice.log.PartitionId;
import sluice.log.object.SegmentObject;
import sluice.log.object.SegmentObjectWriter;
import sluice.metadata.WalRecord.WalObject;

/**
 * Makes of one sealed wal segment one object for each retention class in it. Owned by one thread;
 * payloads are not copied.
 */
public final class SegmentPacker {

    private final RandomGenerator random;

    /**
     * @param random makes each key one that was never used
     */
    public SegmentPacker(RandomGenerator random) {
        this.random = random;
    }

    /**
     * A sealed wal segment.
     *
     * @param index position in the wal's chain
     * @param fromEntry first entry
     * @param toEntry entry after the last
     */
    public record Source(UUID wal, int index, long fromEntry, long toEntry) {}

    /**
     * One batch of the segment.
     *
     * @param batch with its base offset set
     * @param appendedAtMs wall clock of the owner when it appended the batch
     */
    public record Entry(
            int slot,
            PartitionId partition,
            ByteBuffer batch,
            long appendedAtMs,
            RetentionClass retentionClass) {}

    /**
     * An object ready to be put.
     *
     * @param committed what the wal's record will say of it
     */
    public record PackedObject(
            RetentionClass retentionClass, SegmentObject object, WalObject committed) {

        public String key() {
            return committed.key();
        }
    }

    /**
     * @param entries in wal order
     * @param createdAtMs wall clock now
     * @return in order of class; none if there is no entry
     * @throws sluice.log.SluiceException DATA if an entry is not one batch or holds an offset again
     */
    public List<PackedObject> pack(Source source, Iterator<Entry> entries, long createdAtMs) {
        Map<RetentionClass, SegmentObjectWriter> writers = new EnumMap<>(RetentionClass.class);
        Map<RetentionClass, Long> appendedFromMs = new EnumMap<>(RetentionClass.class);
        while (entries.hasNext()) {
            Entry entry = entries.next();
            writers.computeIfAbsent(
                            entry.retentionClass(),
                            each ->
                                    new SegmentObjectWriter(
                                            source.wal(),
                                            source.index(),
                                            source.fromEntry(),
                                            source.toEntry(),
                                            each.label(),
                                            createdAtMs))
                    .add(entry.slot(), entry.partition(), entry.batch(), entry.appendedAtMs());
            appendedFromMs.putIfAbsent(entry.retentionClass(), entry.appendedAtMs());
        }
        List<PackedObject> packed = new ArrayList<>();
        writers.forEach((retentionClass, writer) -> {
            SegmentObject object = writer.finish();
            var committed =
                    new WalObject(
                            ObjectKeys.segment(
                                    retentionClass, source.wal(), source.index(), random),
                            source.index(),
                            source.fromEntry(),
                            source.toEntry(),
                            object.lengthBytes(),
                            object.footerAt(),
                            object.footerCrc(),
                            appendedFromMs.getOrDefault(retentionClass, createdAtMs));
            packed.add(new PackedObject(retentionClass, object, committed));
        });
        return List.copyOf(packed);
    }
}
