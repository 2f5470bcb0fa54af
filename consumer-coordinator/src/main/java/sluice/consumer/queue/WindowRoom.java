package sluice.consumer.queue;

/**
 * Bytes that all queues of a gateway together hold ahead of need: records, and where messages wait.
 * Owned by the queues' lane.
 */
final class WindowRoom {

    private static final int FETCH_BYTES = 512 * 1024;
    private static final int FETCH_BYTES_MIN = 16 * 1024;

    private final long bytesMax;
    private final long waitingBytesMax;
    private long used;
    private long waiting;

    /**
     * @param bytesMax of records
     * @param waitingBytesMax of sets of messages that wait, above which no queue looks further
     *     ahead
     */
    WindowRoom(long bytesMax, long waitingBytesMax) {
        this.bytesMax = bytesMax;
        this.waitingBytesMax = waitingBytesMax;
    }

    /** So many bytes more, or less, are taken by what waits in a queue. */
    void addWaiting(long bytes) {
        waiting += bytes;
        assert waiting >= 0 : "waiting=" + waiting;
    }

    boolean isFullOfWaiting() {
        return waiting >= waitingBytesMax;
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
