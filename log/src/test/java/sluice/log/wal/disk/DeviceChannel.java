package sluice.log.wal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file on a device that takes bytes, keeps none and fails to sync on demand. */
final class DeviceChannel extends FileChannel {

    static final class Device {
        boolean failing;
        int opened;
        Runnable duringForce = () -> {};
    }

    private final Device device;
    private long position;
    private long size;

    DeviceChannel(Device device) {
        this.device = device;
        device.opened++;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        boolean failing = device.failing;
        Runnable during = device.duringForce;
        device.duringForce = () -> {};
        during.run();
        if (failing) {
            throw new IOException("Input/output error");
        }
    }

    @Override
    public int write(ByteBuffer bytes) {
        int count = bytes.remaining();
        bytes.position(bytes.limit());
        position += count;
        size = Math.max(size, position);
        return count;
    }

    @Override
    public long write(ByteBuffer[] parts, int offset, int length) {
        long count = 0;
        for (int i = offset; i < offset + length; i++) {
            count += write(parts[i]);
        }
        return count;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public FileChannel truncate(long newSize) {
        size = Math.min(size, newSize);
        return this;
    }

    @Override
    protected void implCloseChannel() {}

    @Override
    public int read(ByteBuffer into) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer into, long at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer bytes, long at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long at, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long at, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long at, long length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long at, long length, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long at, long length, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
