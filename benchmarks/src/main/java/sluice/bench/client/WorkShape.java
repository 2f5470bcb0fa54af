package sluice.bench.client;

/**
 * How messages of a queue are worked on, the same for all systems.
 *
 * @param consumers side by side
 * @param prefetch messages that one consumer has at a time
 * @param together messages that one request acknowledges; 1: each its own
 * @param isConnectionEach true: each consumer has a connection of its own, as those of as many
 *     processes have; false: they share one to each node, as those of one process do
 */
public record WorkShape(int consumers, int prefetch, int together, boolean isConnectionEach) {

    public WorkShape(int consumers, int prefetch, int together) {
        this(consumers, prefetch, together, false);
    }
}
