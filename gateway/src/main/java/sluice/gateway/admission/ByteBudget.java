package sluice.gateway.admission;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound on bytes held at one time for one purpose. Callable from any thread; full means no, at
 * once.
 */
public final class ByteBudget {

    private final long bytesMax;
    private final AtomicLong bytesHeld = new AtomicLong();

    public ByteBudget(long bytesMax) {
        if (bytesMax <= 0) {
            throw new IllegalArgumentException("a budget must be positive: bytesMax=" + bytesMax);
        }
        this.bytesMax = bytesMax;
    }

    /**
     * @return false if there is no room: nothing was taken
     */
    private boolean tryTake(long bytes) {
        long before = bytesHeld.get();
        while (before + bytes <= bytesMax) {
            long witness = bytesHeld.compareAndExchange(before, before + bytes);
            if (witness == before) {
                return true;
            }
            before = witness;
        }
        return false;
    }

    /** An empty share of this budget; whoever holds it grows it, and releases it once. */
    public Share newShare() {
        return new Share();
    }

    public long bytesHeld() {
        return bytesHeld.get();
    }

    public long bytesMax() {
        return bytesMax;
    }

    /** Bytes held by one request. Grown by one thread at a time; released by any, and only once. */
    public final class Share {
        private final AtomicBoolean released = new AtomicBoolean();
        private long bytes;

        /**
         * @return false if the budget has no room: the share is as before
         */
        public boolean tryGrowTo(long newBytes) {
            assert !released.get() : "a released share does not grow";
            if (newBytes <= bytes) {
                return true;
            }
            if (!tryTake(newBytes - bytes)) {
                return false;
            }
            bytes = newBytes;
            return true;
        }

        /** Gives all bytes back; later calls do nothing. */
        public void release() {
            if (released.compareAndSet(false, true)) {
                long left = bytesHeld.addAndGet(-bytes);
                assert left >= 0 : "more released than taken: left=" + left;
            }
        }
    }
}
