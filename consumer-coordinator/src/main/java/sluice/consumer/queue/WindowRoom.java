package sluice.consumer.queue;

/** Bytes of records that all queues of a gateway hold ahead of need. Owned by the queues' lane. */
final class WindowRoom {

    private static final int FETCH_BYTES = 512 * 1024;
    private static final int FETCH_BYTES_MIN = 16 * 1024;

    private final long bytesMax;
    private long used;

    WindowRoom(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    void add(long bytes) {
        used += bytes;
        assert used >= 0 : "used=" + used;
    }

    boolean isFull() {
        return used >= bytesMax;
    }

    /** How much one read may bring; a queue always gets on, if slowly. */
    int fetchBytes() {
        return isFull() ? FETCH_BYTES_MIN : FETCH_BYTES;
    }

    long used() {
        return used;
    }
}
