package sluice.log.peer.tcp;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Frames on their way to one taker at a time, bounded in bytes. Any thread offers. One thread takes
 * what nobody else does; it is woken only if it sleeps.
 */
final class FrameQueue {

    /** Counted for each frame besides its bytes, so that empty ones are bounded too. */
    static final int FRAME_OVERHEAD_BYTES = 64;

    private final long bytesMax;
    private final Queue<ByteBuffer[]> frames = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicBoolean sleeping = new AtomicBoolean();
    private volatile @Nullable Thread taker;
    private volatile boolean ended;

    FrameQueue(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Called once by the thread that sleeps here, before it does. */
    void takenBy(Thread thread) {
        taker = thread;
    }

    /**
     * Queues one frame and wakes the thread, or refuses it.
     *
     * @param bytes in all buffers of the frame
     * @return false if the queue is full or has ended: nothing was queued
     */
    boolean offer(ByteBuffer[] frame, long bytes) {
        boolean isQueued = add(frame, bytes);
        if (isQueued) {
            wake();
        }
        return isQueued;
    }

    /** As {@link #offer}, but wakes nobody: the caller sees to it that the frame is taken. */
    boolean add(ByteBuffer[] frame, long bytes) {
        if (ended) {
            return false;
        }
        long counted = bytes + FRAME_OVERHEAD_BYTES;
        long queued = queuedBytes.addAndGet(counted);
        // Alone in the queue any frame goes, so that the overhead never makes one unsendable.
        if (queued > bytesMax && queued != counted) {
            queuedBytes.addAndGet(-counted);
            return false;
        }
        frames.add(frame);
        return true;
    }

    ByteBuffer @Nullable [] poll() {
        return frames.poll();
    }

    /** Makes room for what a taken frame took. */
    void release(long bytes) {
        queuedBytes.addAndGet(-(bytes + FRAME_OVERHEAD_BYTES));
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** Bytes that wait, counted as they are bounded. */
    long waitingBytes() {
        return queuedBytes.get();
    }

    /** Sleeps until there may be something to take, or {@link #wake} is called. */
    void sleep() {
        sleep(() -> false);
    }

    /**
     * As {@link #sleep()}, but not if there is something else to do, which is looked at after
     * whoever finds it could have called {@link #wake}.
     */
    void sleep(BooleanSupplier isAwaited) {
        sleeping.set(true);
        if (frames.isEmpty() && !ended && !isAwaited.getAsBoolean()) {
            LockSupport.park(this);
        }
        sleeping.set(false);
    }

    void wake() {
        if (sleeping.get() && sleeping.compareAndSet(true, false)) {
            LockSupport.unpark(taker);
        }
    }

    /** Refuses everything from now on, drops what is there and wakes the taker. */
    void end() {
        ended = true;
        frames.clear();
        wake();
    }

    boolean hasEnded() {
        return ended;
    }
}
