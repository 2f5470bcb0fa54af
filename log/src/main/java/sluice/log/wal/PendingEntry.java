package sluice.log.wal;

import java.nio.ByteBuffer;

/** An entry that is not yet on the disks of all members, as its owner keeps it. */
final class PendingEntry {

    final long sequence;
    final ByteBuffer header;
    final ByteBuffer payload;
    final int bytes;
    final long appendedNs;

    /** In the current segment, in bytes; another one after each roll. */
    long position;

    /**
     * @param payload not copied; the caller may move its buffer but not change what is in it
     */
    PendingEntry(long sequence, ByteBuffer header, ByteBuffer payload, long appendedNs) {
        this.sequence = sequence;
        this.header = header;
        this.payload = payload.slice();
        this.bytes = header.remaining() + payload.remaining();
        this.appendedNs = appendedNs;
    }
}
