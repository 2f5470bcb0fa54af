package sluice.bench.system;

import java.util.OptionalDouble;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.Received;
import sluice.bench.client.WorkShape;
import sluice.log.SluiceException;

/** A messaging system that gives single messages to whoever is free. */
public interface QueueSystem extends RunningSystem {

    /** Makes a queue, replicated to all nodes, that can be used at once. */
    void createQueue(String queue) throws InterruptedException;

    /**
     * The same, with messages of a key given out one after the other, whoever takes them.
     *
     * @throws SluiceException INVALID {@code no-order-by-key} if the system has no such queues
     */
    default void createQueueByKey(String queue) throws InterruptedException {
        throw new SluiceException(
                SluiceException.Kind.INVALID,
                "no-order-by-key",
                "its queues know no keys: messages of one key are worked on side by side");
    }

    /**
     * Sends messages, each of them acknowledged by all replicas; many are on their way at a time.
     * In a queue by key, the partition is the number of the message's key; otherwise it means
     * nothing.
     *
     * @param together messages that the client may send with one request, if it is made for that
     */
    BenchProducer sender(String queue, int together, Acknowledged acknowledged)
            throws InterruptedException;

    /**
     * Consumers that work until they are closed. A message is acknowledged when {@link
     * Received#received} has returned; the partition it is told means nothing.
     */
    BenchConsumer workers(String queue, WorkShape shape, Received received)
            throws InterruptedException;

    /** What the fullest node's heap has in use after a collection, if it is a JVM that tells. */
    default OptionalDouble heapMib() throws InterruptedException {
        return OptionalDouble.empty();
    }
}
