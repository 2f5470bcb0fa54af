package sluice.cli.produce;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Problem;
import sluice.cli.http.Time;
import sluice.log.batch.Partitioner;

/**
 * Writes records to one topic, each exactly once (unless acks=0) and in order within its partition.
 *
 * <p>Every partition has one lane with at most one request in flight; lanes send side by side. A
 * batch gets its sequence when it is closed and keeps it however often it is sent, so a gateway can
 * tell a repetition. The first failure stops all lanes. {@link #append} is called by one thread.
 *
 * <p>Held memory is bounded: over {@link ProducerSettings#heldBytesMax} {@code append} waits, and
 * batches stop lingering.
 */
public final class Producer {

    /** Fewer than the batches that a gateway remembers of a producer, to know repetitions by. */
    private static final int REQUEST_BATCHES_MAX = 4;

    private static final int REQUEST_BYTES_MAX = 1024 * 1024;
    private static final int REQUESTS_IN_FLIGHT_MAX = 32;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition roomMade = lock.newCondition();
    private final Semaphore inFlight = new Semaphore(REQUESTS_IN_FLIGHT_MAX);
    private final List<PartitionQueue> queues = new ArrayList<>();
    private final List<Thread> lanes = new ArrayList<>();
    private final ProducerSettings settings;
    private final BatchSender sender;
    private final Time time;
    private final ProduceStats stats;

    // Guarded by the lock.
    private long heldBytes;
    private boolean pressed;
    private boolean finished;
    private @Nullable CommandFailure failure;

    // Owned by the appending thread.
    private int sticky;
    private boolean stickyUsed;
    private byte @Nullable [] lastKey;
    private int lastPartition;

    /**
     * @param firstSticky where records without a key begin: 0 to the number of partitions − 1
     */
    Producer(
            ProducerSettings settings,
            int partitions,
            ProducerIdentity identity,
            int firstSticky,
            BatchSender sender,
            Time time,
            ProduceStats stats) {
        this.settings = settings;
        this.sender = sender;
        this.time = time;
        this.stats = stats;
        this.sticky = firstSticky;
        for (int partition = 0; partition < partitions; partition++) {
            queues.add(new PartitionQueue(lock.newCondition(), identity.id(), identity.epoch()));
        }
    }

    /** Starts one lane for each partition. Called once, before the first record. */
    void start() {
        for (int partition = 0; partition < queues.size(); partition++) {
            int index = partition;
            lanes.add(
                    Thread.ofVirtual()
                            .name("produce-" + partition)
                            .unstarted(() -> runLane(index)));
        }
        lanes.forEach(Thread::start);
    }

    /**
     * Takes a record; waits while too much is held.
     *
     * @throws CommandFailure if a lane has failed: the producer takes no more
     */
    void append(byte @Nullable [] key, byte[] value) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            awaitRoom();
            int partition = partitionOf(key, value);
            PartitionQueue queue = queues.get(partition);
            boolean wasIdle = !queue.hasOpen() && !queue.hasClosed();
            boolean hadClosed = queue.hasClosed();
            heldBytes +=
                    queue.append(
                            time.wallMs(),
                            key,
                            value,
                            settings.headers(),
                            settings.batchBytes(),
                            time.nowNs());
            if (wasIdle || hadClosed != queue.hasClosed()) {
                queue.ready.signal();
            }
            stats.recordsRead.increment();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends what is left and waits for the last acknowledgement.
     *
     * @throws CommandFailure the first failure of a lane
     */
    void finish() throws InterruptedException {
        lock.lock();
        try {
            finished = true;
            queues.forEach(queue -> queue.ready.signal());
        } finally {
            lock.unlock();
        }
        for (Thread lane : lanes) {
            lane.join();
        }
        lock.lock();
        try {
            if (failure != null) {
                throw failure;
            }
            assert heldBytes == 0 : "all that was taken was sent: heldBytes=" + heldBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the lanes without sending what is left; does nothing after {@link #finish}. */
    void abandon() {
        lanes.forEach(Thread::interrupt);
    }

    private void awaitRoom() throws InterruptedException {
        while (failure == null && heldBytes >= settings.heldBytesMax()) {
            if (!pressed) {
                pressed = true;
                queues.forEach(queue -> queue.ready.signal());
            }
            roomMade.await();
        }
        pressed = false;
        if (failure != null) {
            throw failure;
        }
    }

    private int partitionOf(byte @Nullable [] key, byte[] value) {
        if (settings.partition().isPresent()) {
            return settings.partition().getAsInt();
        }
        if (key == null) {
            // A full batch ends the stay, so that no partition is left with a batch of one record.
            PartitionQueue queue = queues.get(sticky);
            queue.closeUnlessFits(PartitionQueue.payload(null, value), settings.batchBytes());
            if (stickyUsed && !queue.hasOpen()) {
                queue.ready.signal();
                sticky = (sticky + 1) % queues.size();
            }
            stickyUsed = true;
            return sticky;
        }
        // All lines of a file may share one key: the same array has the same partition.
        if (key != lastKey) {
            lastKey = key;
            lastPartition = Partitioner.forKey(key, queues.size());
        }
        return lastPartition;
    }

    private void runLane(int partition) {
        PartitionQueue queue = queues.get(partition);
        long nextOffsetMin = 0;
        try {
            for (var batches = take(queue); !batches.isEmpty(); batches = take(queue)) {
                inFlight.acquire();
                try {
                    nextOffsetMin = sender.send(partition, batches, nextOffsetMin);
                } finally {
                    inFlight.release();
                }
                release(batches);
            }
        } catch (InterruptedException told) {
            fail(
                    new CommandFailure(
                            Problem.local("Stopped", "the producer was told to stop", ""),
                            CommandFailure.Outcome.UNKNOWN));
        } catch (CommandFailure refused) {
            fail(refused);
        } catch (RuntimeException unexpected) {
            var failed =
                    new CommandFailure(
                            Problem.local("Unexpected failure", String.valueOf(unexpected), ""),
                            CommandFailure.Outcome.UNKNOWN);
            failed.initCause(unexpected);
            fail(failed);
        }
    }

    /** Waits for the next batches of a partition; none when there will be no more. */
    private List<PartitionQueue.Batch> take(PartitionQueue queue) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (failure == null) {
                if (queue.hasClosed()) {
                    return queue.takeClosed(requestBatchesMax(), REQUEST_BYTES_MAX);
                }
                if (queue.hasOpen()) {
                    long dueNs = queue.openSinceNs() + settings.linger().toNanos();
                    long waitNs = finished || pressed ? 0 : dueNs - time.nowNs();
                    if (waitNs <= 0) {
                        queue.close();
                    } else {
                        var _ = queue.ready.awaitNanos(waitNs);
                    }
                } else if (finished) {
                    return List.of();
                } else {
                    queue.ready.await();
                }
            }
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    /** Without a sequence, a request that was done in part must not be repeated as a whole. */
    private int requestBatchesMax() {
        return settings.acks() == ProducerSettings.Acks.NONE ? 1 : REQUEST_BATCHES_MAX;
    }

    private void release(List<PartitionQueue.Batch> batches) {
        lock.lock();
        try {
            for (PartitionQueue.Batch batch : batches) {
                heldBytes -= batch.bytes().remaining();
                stats.recordsAcked.add(batch.records());
                stats.payloadBytesAcked.add(batch.payloadBytes());
            }
            roomMade.signal();
        } finally {
            lock.unlock();
        }
    }

    private void fail(CommandFailure first) {
        lock.lock();
        try {
            if (failure != null) {
                return;
            }
            failure = first;
            roomMade.signal();
            queues.forEach(queue -> queue.ready.signal());
        } finally {
            lock.unlock();
        }
        // What the other lanes still repeat would only delay the message.
        for (Thread lane : lanes) {
            if (lane != Thread.currentThread()) {
                lane.interrupt();
            }
        }
    }
}
