package sluice.bench.beside;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import sluice.bench.client.Acknowledged;
import sluice.log.SluiceException;

/**
 * Counts acknowledgements, and times those of records that were meant to be sent within a window.
 * Times count from the moment at which a record was meant to be sent, so that a system that holds
 * up the sender is not thanked for it. Callable from many threads.
 */
public final class Tally implements Acknowledged {

    private static final long TIME_NS_MAX = 120_000_000_000L;

    private final LongAdder bytes = new LongAdder();
    private final ConcurrentHistogram times = new ConcurrentHistogram(TIME_NS_MAX, 3);
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private final AtomicLong fromNs = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong toNs = new AtomicLong(Long.MIN_VALUE);

    /** Times records that are meant to be sent from then to then, by {@link System#nanoTime}. */
    public void window(long from, long to) {
        fromNs.set(from);
        toNs.set(to);
    }

    @Override
    public void acknowledged(long intendedNs, int valueBytes) {
        bytes.add(valueBytes);
        if (intendedNs - fromNs.get() >= 0 && intendedNs - toNs.get() < 0) {
            long took = System.nanoTime() - intendedNs;
            times.recordValue(Math.clamp(took, 0, TIME_NS_MAX));
        }
    }

    @Override
    public void failed(String why) {
        failure.compareAndSet(null, why);
    }

    public long bytes() {
        return bytes.sum();
    }

    public Histogram times() {
        return times;
    }

    /**
     * @throws SluiceException UNAVAILABLE {@code not-measured} if any record failed: a figure that
     *     leaves out what failed would flatter
     */
    public void check() {
        String why = failure.get();
        if (why != null) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE, "not-measured", "a record failed: " + why);
        }
    }
}
