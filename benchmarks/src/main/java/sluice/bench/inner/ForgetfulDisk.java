package sluice.bench.inner;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalDisk;

/** Takes all and keeps nothing, at once. */
final class ForgetfulDisk implements WalDisk {

    private final UUID id;
    private final Set<SegmentId> made = new HashSet<>();

    ForgetfulDisk(UUID id) {
        this.id = id;
    }

    @Override
    public UUID diskId() {
        return id;
    }

    @Override
    public void create(SegmentId segment, ByteBuffer... first) {
        made.add(segment);
    }

    @Override
    public void write(SegmentId segment, long position, ByteBuffer... bytes) {
        for (ByteBuffer each : bytes) {
            each.position(each.limit());
        }
    }

    @Override
    public void sync(SegmentId segment, SyncDone done) {
        done.done(null);
    }

    @Override
    public int read(SegmentId segment, long position, ByteBuffer into) {
        return -1;
    }

    @Override
    public long length(SegmentId segment) {
        return 0;
    }

    @Override
    public void truncate(SegmentId segment, long length) {}

    @Override
    public boolean exists(SegmentId segment) {
        return made.contains(segment);
    }

    @Override
    public void writeFence(SegmentId segment, long epoch) {}

    @Override
    public OptionalLong fence(SegmentId segment) {
        return OptionalLong.empty();
    }

    @Override
    public void delete(SegmentId segment) {
        made.remove(segment);
    }

    @Override
    public List<SegmentId> list() {
        return List.copyOf(made);
    }

    @Override
    public long age() {
        return 0;
    }

    @Override
    public void grow(long age, SyncDone done) {
        done.done(null);
    }

    @Override
    public long usedBytes() {
        return 0;
    }

    @Override
    public long freeBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public void close() {}
}
