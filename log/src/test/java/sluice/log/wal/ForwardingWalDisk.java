package sluice.log.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/** Another disk; tests override what they want to watch or to break. */
public class ForwardingWalDisk implements WalDisk {

    private final WalDisk disk;

    protected ForwardingWalDisk(WalDisk disk) {
        this.disk = disk;
    }

    @Override
    public UUID diskId() {
        return disk.diskId();
    }

    @Override
    public void create(SegmentId segment, ByteBuffer... first) throws IOException {
        disk.create(segment, first);
    }

    @Override
    public void write(SegmentId segment, long position, ByteBuffer... bytes) throws IOException {
        disk.write(segment, position, bytes);
    }

    @Override
    public void sync(SegmentId segment, SyncDone done) {
        disk.sync(segment, done);
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
        disk.truncate(segment, length);
    }

    @Override
    public boolean exists(SegmentId segment) {
        return disk.exists(segment);
    }

    @Override
    public void writeFence(SegmentId segment, long epoch) throws IOException {
        disk.writeFence(segment, epoch);
    }

    @Override
    public OptionalLong fence(SegmentId segment) throws IOException {
        return disk.fence(segment);
    }

    @Override
    public void delete(SegmentId segment) throws IOException {
        disk.delete(segment);
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
