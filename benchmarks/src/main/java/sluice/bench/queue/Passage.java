package sluice.bench.queue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.Received;
import sluice.log.SluiceException;

/**
 * Messages on their way from senders to consumers: each has a number and the moment at which it was
 * meant to be sent, counts once, and is timed until a consumer has it. Callable from many threads.
 */
final class Passage implements Acknowledged, Received {

    /** Of a value, before what only fills it: the moment, and the number. */
    static final int STAMP_BYTES = 2 * Long.BYTES;

    private static final long TIME_NS_MAX = 120_000_000_000L;

    private final ConcurrentHistogram times = new ConcurrentHistogram(TIME_NS_MAX, 3);
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private final Runnable whenDone;
    private final Work work;
    private final BitSet done = new BitSet();
    private long doneCount;
    private long repeated;
    private long lastNs = Long.MIN_VALUE / 2;
    private long longestGapNs;
    private volatile long fromNs = Long.MAX_VALUE;
    private volatile long toNs = Long.MIN_VALUE;

    /**
     * @param whenDone called for each message when a consumer has it the first time
     */
    Passage(Runnable whenDone, Work work) {
        this.whenDone = whenDone;
        this.work = work;
    }

    /** Stamps a value that is its own. */
    static void stamp(byte[] value, long intendedNs, long number) {
        ByteBuffer.wrap(value).putLong(intendedNs).putLong(number);
    }

    /**
     * Times messages that are meant to be sent from then to then, by {@link System#nanoTime}, and
     * forgets the window before.
     */
    synchronized void window(long from, long to) {
        fromNs = from;
        toNs = to;
        times.reset();
        longestGapNs = 0;
        lastNs = Long.MIN_VALUE / 2;
    }

    @Override
    public void acknowledged(long intendedNs, int valueBytes) {
        // What counts here is that somebody has it.
    }

    @Override
    public void received(int partition, ByteBuffer value) {
        if (value.remaining() < STAMP_BYTES) {
            failed("a message of %d bytes that was never sent".formatted(value.remaining()));
            return;
        }
        long intendedNs = value.getLong(value.position());
        long number = value.getLong(value.position() + Long.BYTES);
        if (!first(number)) {
            return;
        }
        boolean isSlow = work.isSlow(number);
        long nowNs = System.nanoTime();
        noteGap(nowNs);
        // Of the slow ones nothing is asked but that they do not hold up the others.
        if (intendedNs - fromNs >= 0 && intendedNs - toNs < 0 && !isSlow) {
            times.recordValue(Math.clamp(nowNs - intendedNs, 0, TIME_NS_MAX));
        }
        whenDone.run();
        take(isSlow ? work.slow() : work.quick());
    }

    private void take(Duration time) {
        if (time.isZero()) {
            return;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The consumer is closed.
        }
    }

    private synchronized void noteGap(long nowNs) {
        if (nowNs - fromNs >= 0 && nowNs - toNs < 0) {
            if (lastNs - fromNs >= 0) {
                longestGapNs = Math.max(longestGapNs, nowNs - lastNs);
            }
            lastNs = nowNs;
        }
    }

    /** The longest time within the window in which nobody got anything. */
    synchronized Duration longestGap() {
        return Duration.ofNanos(longestGapNs);
    }

    private synchronized boolean first(long number) {
        int index = Math.toIntExact(number);
        if (done.get(index)) {
            repeated++;
            return false;
        }
        done.set(index);
        doneCount++;
        return true;
    }

    @Override
    public void failed(String why) {
        failure.compareAndSet(null, why);
    }

    /** Messages that somebody had. */
    synchronized long done() {
        return doneCount;
    }

    /** How often somebody had one that somebody had before. */
    synchronized long repeated() {
        return repeated;
    }

    Histogram times() {
        return times;
    }

    /**
     * @throws SluiceException UNAVAILABLE {@code not-measured} if anything failed: a figure that
     *     leaves out what failed would flatter
     */
    void check() {
        String why = failure.get();
        if (why != null) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE, "not-measured", "a message failed: " + why);
        }
    }
}
