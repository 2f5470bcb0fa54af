package sluice.log.wal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The newest entries, which go out together in the next frame. */
final class UnsentEntries {

    private final List<ByteBuffer> buffers = new ArrayList<>();
    private long first;
    private int bytes;

    boolean isEmpty() {
        return buffers.isEmpty();
    }

    /** Sequence of the first of them. */
    long first() {
        assert !buffers.isEmpty() : "nothing is unsent";
        return first;
    }

    boolean fits(PendingEntry entry, int frameBytesMax) {
        return buffers.isEmpty() || bytes + entry.bytes <= frameBytesMax;
    }

    void add(PendingEntry entry) {
        if (buffers.isEmpty()) {
            first = entry.sequence;
        }
        buffers.add(entry.header);
        buffers.add(entry.payload);
        bytes += entry.bytes;
    }

    ByteBuffer[] frame(SegmentId segment) {
        return WalFrame.append(segment, first, buffers);
    }

    void clear() {
        buffers.clear();
        bytes = 0;
    }
}
