package sluice.engine;

import java.util.Arrays;

/**
 * How long one disk took to answer, of late. One question is followed at a time: the first that is
 * sent while none is. So a disk that does not answer adds nothing here until it does.
 */
final class AckTimes {

    private static final int SAMPLES_MAX = 128;

    private final long[] samplesNs = new long[SAMPLES_MAX];
    private int count;
    private boolean isAsked;
    private long askedEnd;
    private long askedNs;

    /** Entries up to {@code end} are on their way. */
    void sent(long end, long nowNs) {
        if (!isAsked) {
            isAsked = true;
            askedEnd = end;
            askedNs = nowNs;
        }
    }

    /** The disk holds all entries below {@code end}. */
    void durable(long end, long nowNs) {
        if (isAsked && end >= askedEnd) {
            isAsked = false;
            samplesNs[count++ % SAMPLES_MAX] = nowNs - askedNs;
        }
    }

    /** What was sent is sent again elsewhere: no answer to it counts. */
    void forget() {
        isAsked = false;
    }

    int count() {
        return Math.min(count, SAMPLES_MAX);
    }

    /** All but a hundredth of the last answers were faster. */
    long p99Ns() {
        long[] sorted = Arrays.copyOf(samplesNs, count());
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[sorted.length - 1 - sorted.length / 100];
    }
}
