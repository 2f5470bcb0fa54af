package sluice.bench.system;

import java.time.Duration;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.client.Received;
import sluice.bench.client.SingleWrites;

/** A messaging system of three nodes that keeps topics. */
public interface MessagingSystem extends RunningSystem {

    /** Makes a topic, replicated to all three nodes, that can be written to at once. */
    void createTopic(String topic, int partitions) throws InterruptedException;

    /** A producer that asks for an acknowledgement of all replicas. */
    BenchProducer producer(String topic, ProducerShape shape, Acknowledged acknowledged)
            throws InterruptedException;

    /** Reads a whole topic from its end on; returns when nothing written later is missed. */
    BenchConsumer consumer(String topic, int partitions, Received received)
            throws InterruptedException;

    /**
     * Reads a whole topic from its first record on.
     *
     * @throws sluice.log.SluiceException INVALID {@code no-history} if the system keeps none
     */
    BenchConsumer reader(String topic, int partitions, Received received)
            throws InterruptedException;

    /**
     * Returns when what was written is where readers find it that come late, if that is elsewhere.
     */
    default void awaitStored(Duration max) throws InterruptedException {}

    /**
     * Begins so many writers of values of so many bytes, spread over all nodes.
     *
     * @throws sluice.log.SluiceException INVALID {@code no-such-clients} if the system has no
     *     clients that small
     */
    SingleWrites singleWrites(String topic, int writers, int valueBytes, Acknowledged acknowledged);
}
