package sluice.log.object;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.batch.RecordBatch;

/**
 * Sorts the batches of one wal segment by (slot, partition, offset) and lays them out as an object.
 * No payload is copied: the writer keeps references until {@link #finish}. Owned by one thread.
 *
 * @see SegmentFooter the format
 */
public final class SegmentObjectWriter {

    /** An extent is cut before it would grow over this, so that a reader can fetch pieces. */
    public static final int EXTENT_BYTES_MAX = 4 << 20;

    private static final Comparator<Home> BY_SLOT_THEN_PARTITION =
            Comparator.comparingInt(Home::slot).thenComparing(Home::partition);

    private final UUID wal;
    private final int segment;
    private final long fromEntry;
    private final long toEntry;
    private final String retentionClass;
    private final long createdAtMs;
    private final Map<Home, Batches> batches = new TreeMap<>(BY_SLOT_THEN_PARTITION);

    /**
     * @param fromEntry first entry of the wal segment
     * @param toEntry entry after the segment's last
     * @param retentionClass name of the class under whose prefix the object will be stored
     */
    public SegmentObjectWriter(
            UUID wal,
            int segment,
            long fromEntry,
            long toEntry,
            String retentionClass,
            long createdAtMs) {
        this.wal = wal;
        this.segment = segment;
        this.fromEntry = fromEntry;
        this.toEntry = toEntry;
        this.retentionClass = retentionClass;
        this.createdAtMs = createdAtMs;
    }

    /**
     * Adds one batch, in wal order. Its position is not moved; its bytes must not change any more.
     *
     * @param batch exactly one batch with its base offset set
     * @param appendedAtMs wall clock of the owner when it appended the batch
     * @throws SluiceException DATA {@code torn-batch} if the buffer is not one batch; {@code
     *     overlapping-offsets} if the partition is past the batch's base offset already
     */
    public void add(int slot, PartitionId partition, ByteBuffer batch, long appendedAtMs) {
        ByteBuffer bytes = batch.slice();
        if (bytes.remaining() < RecordBatch.HEADER_BYTES
                || RecordBatch.sizeBytes(bytes, 0) != bytes.remaining()) {
            throw new SluiceException(
                    Kind.DATA,
                    "torn-batch",
                    "an entry of the wal is not one batch: wal=%s partition=%s bytes=%d"
                            .formatted(wal, partition, bytes.remaining()));
        }
        long base = RecordBatch.baseOffset(bytes, 0);
        long next = RecordBatch.nextOffset(bytes, 0);
        Batches ofPartition =
                batches.computeIfAbsent(new Home(slot, partition), home -> new Batches());
        List<Run> runs = ofPartition.runs;
        if (!runs.isEmpty() && base < runs.getLast().nextOffset) {
            throw new SluiceException(
                    Kind.DATA,
                    "overlapping-offsets",
                    "a wal holds an offset twice: wal=%s partition=%s expected>=%d found=%d"
                            .formatted(wal, partition, runs.getLast().nextOffset, base));
        }
        ofPartition.producers.add(bytes, appendedAtMs);
        if (runs.isEmpty() || !runs.getLast().hasRoomFor(base, bytes.remaining())) {
            runs.add(new Run(base, appendedAtMs));
        }
        runs.getLast().add(bytes, next);
    }

    public boolean isEmpty() {
        return batches.isEmpty();
    }

    /**
     * Ends the object. The writer is not used again.
     *
     * @throws IllegalStateException if nothing was added
     */
    public SegmentObject finish() {
        if (batches.isEmpty()) {
            throw new IllegalStateException("an object without batches is not written: wal=" + wal);
        }
        List<ByteBuffer> body = new ArrayList<>();
        List<Extent> extents = new ArrayList<>();
        List<PartitionProducers> producers = new ArrayList<>();
        long position = 0;
        for (var entry : batches.entrySet()) {
            Home home = entry.getKey();
            List<ProducerSnapshot> snapshots = entry.getValue().producers.snapshots();
            if (!snapshots.isEmpty()) {
                producers.add(new PartitionProducers(home.slot, home.partition, snapshots));
            }
            for (Run run : entry.getValue().runs) {
                extents.add(run.extent(home, position));
                body.addAll(run.batches);
                position += run.length;
            }
        }
        var footer =
                new SegmentFooter(
                        wal,
                        segment,
                        fromEntry,
                        toEntry,
                        retentionClass,
                        createdAtMs,
                        extents,
                        producers);
        assert footer.footerAt() == position : "extents tile the body: position=" + position;
        ByteBuffer footerBytes = footer.encode();
        body.add(footerBytes);
        return new SegmentObject(
                body,
                position + footerBytes.remaining(),
                position,
                SegmentFooter.crc(footerBytes),
                extents);
    }

    private record Home(int slot, PartitionId partition) {}

    /** What was added of one partition. */
    private static final class Batches {
        final List<Run> runs = new ArrayList<>(1);
        final SeenProducers producers = new SeenProducers();
    }

    /** An extent as it grows. */
    private static final class Run {
        final long firstOffset;
        final long appendedFromMs;
        final List<ByteBuffer> batches = new ArrayList<>();
        final CRC32C crc = new CRC32C();
        long nextOffset;
        long maxTimestampMs = Long.MIN_VALUE;
        int length;

        Run(long firstOffset, long appendedFromMs) {
            this.firstOffset = firstOffset;
            this.appendedFromMs = appendedFromMs;
        }

        boolean hasRoomFor(long baseOffset, int bytes) {
            return baseOffset == nextOffset && length + bytes <= EXTENT_BYTES_MAX;
        }

        void add(ByteBuffer batch, long next) {
            batches.add(batch);
            crc.update(batch.duplicate());
            nextOffset = next;
            maxTimestampMs = Math.max(maxTimestampMs, RecordBatch.maxTimestampMs(batch, 0));
            length += batch.remaining();
        }

        Extent extent(Home home, long position) {
            return new Extent(
                    home.slot,
                    home.partition,
                    firstOffset,
                    nextOffset,
                    position,
                    length,
                    maxTimestampMs,
                    appendedFromMs,
                    (int) crc.getValue());
        }
    }
}
