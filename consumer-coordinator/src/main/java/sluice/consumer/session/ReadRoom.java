package sluice.consumer.session;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all sessions of a gateway together may hold read ahead. Callable from any thread;
 * full means no, at once.
 */
public final class ReadRoom {

    private final long bytesMax;
    private final AtomicLong held = new AtomicLong();

    public ReadRoom(long bytesMax) {
        if (bytesMax <= 0) {
            throw new IllegalArgumentException("a room holds something: bytesMax=" + bytesMax);
        }
        this.bytesMax = bytesMax;
    }

    /**
     * An empty room takes one answer of any size, else a batch larger than all of it would never be
     * read.
     *
     * @return false if there is no room: nothing was taken
     */
    boolean tryTake(long bytes) {
        long before = held.get();
        while (before == 0 || before + bytes <= bytesMax) {
            long witness = held.compareAndExchange(before, before + bytes);
            if (witness == before) {
                return true;
            }
            before = witness;
        }
        return false;
    }

    void give(long bytes) {
        long left = held.addAndGet(-bytes);
        assert left >= 0 : "more given back than taken: left=" + left;
    }

    /** Bytes held now. */
    public long bytesHeld() {
        return held.get();
    }
}
