package sluice.consumer.queue;

/**
 * Bounds of one queue, that is one group's state of one partition. A message that is leased, came
 * back, or is a dead letter takes some 300 bytes; what is done or was never leased takes none.
 *
 * @param inFlightMax leases at once; no more are given out above it
 * @param heldMax leased, returned and dead together; above it only what came back is given out
 * @param settledKept settled deliveries that are remembered, so that settling again is told apart
 * @param attemptsKept of each message
 */
public record QueueLimits(int inFlightMax, int heldMax, int settledKept, int attemptsKept) {

    public static final QueueLimits DEFAULT = new QueueLimits(50_000, 100_000, 4_096, 5);
}
