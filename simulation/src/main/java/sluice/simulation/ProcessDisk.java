package sluice.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalDisk;

/** The disk as one process uses it. */
final class ProcessDisk implements WalDisk {

    /** Told before a copy is removed. */
    interface Watch {
        void deletes(UUID disk, SegmentId segment);

        void used(UUID disk, long bytes);
    }

    private final WalDisk disk;
    private final Steps steps;
    private final @Nullable Watch watch;

    ProcessDisk(WalDisk disk, Steps steps, @Nullable Watch watch) {
        this.disk = disk;
        this.steps = steps;
        this.watch = watch;
    }

    @Override
    public UUID diskId() {
        return disk.diskId();
    }

    @Override
    public void create(SegmentId segment, ByteBuffer... first) throws IOException {
        steps.before(Steps.Port.DISK);
        disk.create(segment, first);
        steps.after(Steps.Port.DISK);
    }

    @Override
    public void write(SegmentId segment, long position, ByteBuffer... bytes) throws IOException {
        steps.before(Steps.Port.DISK);
        disk.write(segment, position, bytes);
        if (watch != null) {
            watch.used(disk.diskId(), disk.usedBytes());
        }
        steps.after(Steps.Port.DISK);
    }

    @Override
    public void sync(SegmentId segment, SyncDone done) {
        steps.before(Steps.Port.DISK);
        disk.sync(
                segment,
                failure -> {
                    done.done(failure);
                    steps.after(Steps.Port.DISK);
                });
    }

    @Override
    public int read(SegmentId segment, long position, ByteBuffer into) throws IOException {
        return disk.read(segment, position, into);
    }

    @Override
    public long length(SegmentId segment) throws IOException {
        return disk.length(segment);
    }

    @Override
    public void truncate(SegmentId segment, long length) throws IOException {
        steps.before(Steps.Port.DISK);
        disk.truncate(segment, length);
        steps.after(Steps.Port.DISK);
    }

    @Override
    public boolean exists(SegmentId segment) {
        return disk.exists(segment);
    }

    @Override
    public void writeFence(SegmentId segment, long epoch) throws IOException {
        steps.before(Steps.Port.DISK);
        disk.writeFence(segment, epoch);
        steps.after(Steps.Port.DISK);
    }

    @Override
    public OptionalLong fence(SegmentId segment) throws IOException {
        return disk.fence(segment);
    }

    @Override
    public void delete(SegmentId segment) throws IOException {
        steps.before(Steps.Port.DISK);
        if (watch != null) {
            watch.deletes(disk.diskId(), segment);
        }
        disk.delete(segment);
        steps.after(Steps.Port.DISK);
    }

    @Override
    public List<SegmentId> list() throws IOException {
        return disk.list();
    }

    @Override
    public long age() {
        return disk.age();
    }

    @Override
    public void grow(long age, SyncDone done) {
        disk.grow(age, done);
    }

    @Override
    public long usedBytes() {
        return disk.usedBytes();
    }

    @Override
    public long freeBytes() {
        return disk.freeBytes();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
