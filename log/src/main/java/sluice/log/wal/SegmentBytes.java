package sluice.log.wal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The bytes of one copy of a segment, wherever they lie. */
public interface SegmentBytes {

    /**
     * Reads up to {@code into.remaining()} bytes from a position.
     *
     * @return number of bytes read; 0 or −1 at or beyond the end
     */
    int read(long position, ByteBuffer into) throws IOException;

    /** Length of the copy in bytes. */
    long length() throws IOException;

    /** A disk's copy. */
    static SegmentBytes of(WalDisk disk, SegmentId segment) {
        return new SegmentBytes() {
            @Override
            public int read(long position, ByteBuffer into) throws IOException {
                return disk.read(segment, position, into);
            }

            @Override
            public long length() throws IOException {
                return disk.length(segment);
            }
        };
    }

    /** A copy in memory, from index 0 to the buffer's limit. */
    static SegmentBytes of(ByteBuffer copy) {
        return new SegmentBytes() {
            @Override
            public int read(long position, ByteBuffer into) {
                int from = (int) Math.min(position, copy.limit());
                int count = Math.min(into.remaining(), copy.limit() - from);
                into.put(copy.slice(from, count));
                return count;
            }

            @Override
            public long length() {
                return copy.limit();
            }
        };
    }
}
