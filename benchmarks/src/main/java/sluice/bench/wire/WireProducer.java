package sluice.bench.wire;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;

/** Writes to the owners of partitions: some connections to each, a partition always by the same. */
public final class WireProducer implements BenchProducer {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private final ProducerShape shape;
    private final List<BatchLane> lanes = new ArrayList<>();
    private final BatchLane[] laneOf;
    private final PartitionBatches[] partitions;
    private long heldBytes;

    /**
     * @param connections to each owner
     * @param ownerOf the address of a partition's owner, as {@code host:port}
     */
    public WireProducer(
            String topic,
            ProducerShape shape,
            long producerId,
            int connections,
            IntFunction<String> ownerOf,
            Acknowledged acknowledged) {
        this.shape = shape;
        laneOf = new BatchLane[shape.partitions()];
        partitions = new PartitionBatches[shape.partitions()];
        var byAddress = new HashMap<String, List<BatchLane>>();
        var used = new HashMap<String, Integer>();
        for (int i = 0; i < shape.partitions(); i++) {
            String owner = ownerOf.apply(i);
            List<BatchLane> ofOwner =
                    byAddress.computeIfAbsent(
                            owner,
                            address -> {
                                var opened = new ArrayList<BatchLane>();
                                for (int c = 0; c < connections; c++) {
                                    opened.add(
                                            new BatchLane(
                                                    address,
                                                    topic,
                                                    shape,
                                                    acknowledged,
                                                    this::release));
                                }
                                lanes.addAll(opened);
                                return opened;
                            });
            laneOf[i] = ofOwner.get(used.merge(owner, 1, Integer::sum) % connections);
            partitions[i] = new PartitionBatches(i, producerId, shape.batchBytes());
        }
    }

    @Override
    public void send(int partition, byte[] value, long intendedNs) throws InterruptedException {
        hold(value.length);
        laneOf[partition].append(
                partitions[partition], value, intendedNs, System.currentTimeMillis());
    }

    private void hold(int bytes) throws InterruptedException {
        lock.lock();
        try {
            while (heldBytes + bytes > shape.heldBytesMax()) {
                released.await();
            }
            heldBytes += bytes;
        } finally {
            lock.unlock();
        }
    }

    private void release(long bytes) {
        lock.lock();
        try {
            heldBytes -= bytes;
            released.signal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() throws InterruptedException {
        lanes.forEach(lane -> lane.flushing(true));
        lock.lock();
        try {
            while (heldBytes > 0) {
                released.await();
            }
        } finally {
            lock.unlock();
        }
        lanes.forEach(lane -> lane.flushing(false));
    }

    @Override
    public void close() {
        lanes.forEach(BatchLane::close);
    }
}
