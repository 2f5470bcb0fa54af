package sluice.uploader;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import sluice.log.PartitionId;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.RecordBatch;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.State;
import sluice.metadata.WalRecord.WalObject;
import sluice.uploader.SegmentPacker.Entry;
import sluice.uploader.SegmentPacker.PackedObject;
import sluice.uploader.SegmentPacker.Source;

/** A wal whose segments a test fills, seals and uploads; remembers what it wrote. */
final class UploadedWal {

    final UUID wal;
    final List<WalObject> objects = new ArrayList<>();
    private final ObjectStore store;
    private final Map<PartitionId, Long> nextOffsets;
    private final Random random;
    private final List<Entry> open = new ArrayList<>();
    private int segment;
    private long nextEntry;
    private long nowMs;

    /**
     * @param nextOffsets shared by wals that own the same partitions one after another
     */
    UploadedWal(ObjectStore store, Map<PartitionId, Long> nextOffsets, long seed) {
        this.store = store;
        this.nextOffsets = nextOffsets;
        random = new Random(seed);
        wal = new UUID(random.nextLong(), random.nextLong());
    }

    UploadedWal(ObjectStore store, long seed) {
        this(store, new HashMap<>(), seed);
    }

    UploadedWal at(long wallMs) {
        nowMs = wallMs;
        return this;
    }

    /** Appends a batch whose records have these timestamps; returns it as it is in the log. */
    ByteBuffer append(int slot, PartitionId partition, long... timestampsMs) {
        return append(RetentionClass.SEVEN_DAYS, slot, partition, timestampsMs);
    }

    ByteBuffer append(
            RetentionClass retentionClass, int slot, PartitionId partition, long... timestampsMs) {
        var builder = new BatchBuilder(64);
        for (long timestampMs : timestampsMs) {
            byte[] value =
                    ("value-" + "x".repeat(random.nextInt(60))).getBytes(StandardCharsets.US_ASCII);
            builder.append(timestampMs, null, value, List.of());
        }
        return append(retentionClass, slot, partition, builder);
    }

    /** Appends one batch of an idempotent producer. */
    ByteBuffer append(
            RetentionClass retentionClass,
            int slot,
            PartitionId partition,
            long producerId,
            int producerEpoch,
            int baseSequence,
            int recordCount) {
        var builder =
                new BatchBuilder(64).producer(producerId, (short) producerEpoch, baseSequence);
        for (int i = 0; i < recordCount; i++) {
            builder.append(nowMs, null, new byte[] {1}, List.of());
        }
        return append(retentionClass, slot, partition, builder);
    }

    private ByteBuffer append(
            RetentionClass retentionClass, int slot, PartitionId partition, BatchBuilder builder) {
        int recordCount = builder.recordCount();
        ByteBuffer batch = builder.build();
        long base = nextOffsets.getOrDefault(partition, 0L);
        RecordBatch.setBaseOffset(batch, 0, base);
        nextOffsets.put(partition, base + recordCount);
        open.add(new Entry(slot, partition, batch, nowMs, retentionClass));
        return batch;
    }

    /** Seals what was appended and stores its objects; returns them. */
    List<WalObject> upload() {
        var source = new Source(wal, segment, nextEntry, nextEntry + open.size());
        List<PackedObject> packed = new SegmentPacker(random).pack(source, open.iterator(), nowMs);
        for (PackedObject each : packed) {
            store.put(each.key(), each.object().body());
            objects.add(each.committed());
        }
        nextEntry += open.size();
        segment++;
        open.clear();
        return packed.stream().map(PackedObject::committed).toList();
    }

    long nextEntry() {
        return nextEntry;
    }

    WalRecord record(State state) {
        return record(state, 0);
    }

    WalRecord record(State state, long foldedEnd) {
        return new WalRecord(
                wal,
                new UUID(1, 1),
                state,
                1,
                List.of(),
                nextEntry,
                objects,
                foldedEnd,
                Optional.empty());
    }
}
