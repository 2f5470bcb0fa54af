package sluice.bench.inner;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import sluice.log.PartitionId;
import sluice.log.batch.RecordBatch;
import sluice.log.object.SegmentFooter;
import sluice.log.object.SegmentObject;
import sluice.log.object.SegmentObjectWriter;
import sluice.uploader.ObjectExtent;
import sluice.uploader.SlotIndex;

/** Where a reader's next records are: an object's footer, and the index of a slot's objects. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IndexPieces {

    private static final long TIMESTAMP_MS = 1_767_225_600_000L;
    private static final long TOPIC = 1;
    private static final int VALUE_BYTES = 100;

    /** In the slot, each with an extent in each object. */
    @Param({"1", "100"})
    public int partitions;

    @Param({"10", "1000"})
    public int objects;

    private ByteBuffer footer = ByteBuffer.allocate(0);
    private SlotIndex index = SlotIndex.empty(0);
    private SegmentObject next = object(0, 1);
    private int asked;

    @Setup
    public void make() {
        var made = new ArrayList<SlotIndex.ObjectExtents>();
        for (int i = 0; i < objects; i++) {
            SegmentObject object = object(i, partitions);
            made.add(key(i, object));
            ByteBuffer all = InnerBytes.joined(object.body());
            footer = all.slice((int) object.footerAt(), all.limit() - (int) object.footerAt());
        }
        index = SlotIndex.empty(0).plusAll(made);
        next = object(objects, partitions);
    }

    /** Bytes of an object's end to its extents. */
    @Benchmark
    public SegmentFooter readFooter() {
        return SegmentFooter.read(footer);
    }

    /** Which object has an offset of a partition. */
    @Benchmark
    public Optional<ObjectExtent> findOffset() {
        asked = (asked + 7_919) % (objects * partitions);
        return index.extentFor(new PartitionId(TOPIC, asked % partitions), asked / partitions);
    }

    /** A new index with one object more. */
    @Benchmark
    public SlotIndex addObject() {
        return index.plusAll(List.of(key(objects, next)));
    }

    private static SlotIndex.ObjectExtents key(int number, SegmentObject object) {
        return new SlotIndex.ObjectExtents(
                "data/7d/object-" + number, object.lengthBytes(), object.extents());
    }

    /** One record of each partition, at the offset of the object's number. */
    private static SegmentObject object(int number, int partitions) {
        var writer =
                new SegmentObjectWriter(
                        new UUID(0, 1), number, number, number + 1L, "7d", TIMESTAMP_MS);
        for (int partition = 0; partition < partitions; partition++) {
            ByteBuffer batch = InnerBytes.batch(VALUE_BYTES, TIMESTAMP_MS);
            RecordBatch.setBaseOffset(batch, 0, number);
            writer.add(0, new PartitionId(TOPIC, partition), batch, TIMESTAMP_MS);
        }
        return writer.finish();
    }
}
