package sluice.consumer.queue;

/**
 * Bounds of one queue, that is one group's state of one partition. A message that is leased, came
 * back, or is a dead letter takes some 300 bytes; what is done or was never leased takes none.
 *
 * @param inFlightMax leases at once; no more are given out above it
 * @param heldMax leased, returned and dead together; above it only what came back is given out
 * @param settledKept settled deliveries that are remembered, so that settling again is told apart
 * @param attemptsKept of each message
 * @param aheadMax messages that are ready and were looked at; above it nobody looks further
 * @param aheadByKeyMax the same of a queue that is ordered by key, where each takes some 200 bytes
 * @param linesMax lines with messages, above which nobody looks further
 * @param waitingBytesMax of memory for all that waits, above which nobody looks further
 */
public record QueueLimits(
        int inFlightMax,
        int heldMax,
        int settledKept,
        int attemptsKept,
        int aheadMax,
        int aheadByKeyMax,
        int linesMax,
        long waitingBytesMax) {

    public static final QueueLimits DEFAULT =
            new QueueLimits(50_000, 100_000, 4_096, 5, 1_000_000, 20_000, 10_000, 32L << 20);

    QueueLimits(int inFlightMax, int heldMax, int settledKept, int attemptsKept) {
        this(
                inFlightMax,
                heldMax,
                settledKept,
                attemptsKept,
                DEFAULT.aheadMax,
                DEFAULT.aheadByKeyMax,
                DEFAULT.linesMax,
                DEFAULT.waitingBytesMax);
    }
}
