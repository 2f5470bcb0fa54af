package sluice.bench.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.ProducerShape;
import sluice.bench.wire.PartitionBatches.Batch;

/**
 * One connection to a gateway and the partitions that are written through it. At most one request
 * is under way, so that a partition's batches stay in order; while it is, the next one gathers.
 */
final class BatchLane {

    private static final String GROUPS = "application/vnd.sluice.partitioned-batches";
    private static final int REQUEST_BYTES_MAX = 1 << 20;

    /** One fewer than the batches that a gateway remembers of a producer. */
    private static final int BATCHES_OF_PARTITION_MAX = 4;

    private static final Duration RETRY_FOR = Duration.ofSeconds(30);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(100);

    /** Told what became of a request. */
    interface Ended {
        void ended(long heldBytes);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<PartitionBatches> queue = new ArrayDeque<>();
    private final String address;
    private final String path;
    private final ProducerShape shape;
    private final Acknowledged acknowledged;
    private final Ended onEnded;
    private final Thread thread;
    private @Nullable HttpConnection connection;
    private boolean isWaiting;
    private boolean isFlushing;
    private volatile boolean isClosed;

    BatchLane(
            String address,
            String topic,
            ProducerShape shape,
            Acknowledged acknowledged,
            Ended onEnded) {
        this.address = address;
        this.path = "/v1/topics/" + topic + "/records?acks=all";
        this.shape = shape;
        this.acknowledged = acknowledged;
        this.onEnded = onEnded;
        this.thread = Thread.ofVirtual().name("lane-" + address).start(this::run);
    }

    void append(PartitionBatches partition, byte[] value, long intendedNs, long wallMs) {
        lock.lock();
        try {
            partition.append(value, intendedNs, wallMs);
            if (!partition.isQueued) {
                partition.isQueued = true;
                partition.sinceNs = System.nanoTime();
                queue.addLast(partition);
            }
            if (isWaiting && (partition.hasFullBatch() || queue.getFirst() == partition)) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** From now on nothing lingers, or again. */
    void flushing(boolean isOn) {
        lock.lock();
        try {
            isFlushing = isOn;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        isClosed = true;
        thread.interrupt();
        HttpConnection present = connection;
        if (present != null) {
            present.close();
        }
    }

    private void run() {
        try {
            while (!isClosed) {
                send(gather());
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private List<Batch> gather() throws InterruptedException {
        lock.lock();
        try {
            awaitDue();
            var batches = new ArrayList<Batch>();
            var later = new ArrayList<PartitionBatches>();
            int bytes = 0;
            while (!queue.isEmpty() && bytes < REQUEST_BYTES_MAX && isDue(queue.getFirst())) {
                PartitionBatches partition = queue.removeFirst();
                for (int i = 0; i < BATCHES_OF_PARTITION_MAX && !partition.isEmpty(); i++) {
                    Batch batch = partition.take();
                    bytes += batch.bytes().remaining();
                    batches.add(batch);
                }
                partition.isQueued = !partition.isEmpty();
                if (partition.isQueued) {
                    partition.sinceNs = System.nanoTime();
                    later.add(partition);
                }
            }
            queue.addAll(later);
            return batches;
        } finally {
            lock.unlock();
        }
    }

    private void awaitDue() throws InterruptedException {
        isWaiting = true;
        while (queue.isEmpty() || !isDue(queue.getFirst())) {
            if (queue.isEmpty()) {
                changed.await();
            } else {
                long untilNs =
                        queue.getFirst().sinceNs + shape.linger().toNanos() - System.nanoTime();
                long unused = changed.awaitNanos(untilNs);
            }
        }
        isWaiting = false;
    }

    private boolean isDue(PartitionBatches partition) {
        return isFlushing
                || partition.hasFullBatch()
                || System.nanoTime() - partition.sinceNs >= shape.linger().toNanos();
    }

    private void send(List<Batch> batches) throws InterruptedException {
        var body = new ArrayList<ByteBuffer>(2 * batches.size());
        long heldBytes = 0;
        for (Batch batch : batches) {
            int length = batch.bytes().remaining();
            body.add(ByteBuffer.allocate(8).putInt(batch.partition()).putInt(length).flip());
            body.add(batch.bytes());
            heldBytes += batch.valueBytes();
        }
        String failure = sendUntilAnswered(body);
        for (Batch batch : batches) {
            long each = batch.valueBytes() / batch.intendedNs().length;
            for (long intendedNs : batch.intendedNs()) {
                if (failure == null) {
                    acknowledged.acknowledged(intendedNs, (int) each);
                } else {
                    acknowledged.failed(failure);
                }
            }
        }
        onEnded.ended(heldBytes);
    }

    /**
     * Repeats what may be repeated: the batches have a sequence.
     *
     * @return null if all batches were acknowledged
     */
    private @Nullable String sendUntilAnswered(List<ByteBuffer> body) throws InterruptedException {
        long deadlineNs = System.nanoTime() + RETRY_FOR.toNanos();
        while (true) {
            String failure;
            try {
                HttpConnection open = connection;
                if (open == null) {
                    open = HttpConnection.open(address);
                    connection = open;
                }
                HttpConnection.Answer answer = open.ask("POST", path, GROUPS, body);
                if (answer.status() == 200) {
                    return null;
                }
                failure = answer.status() + " " + answer.text();
                boolean mayRepeat =
                        answer.status() == 429 || answer.status() == 503 || answer.status() == 504;
                if (!mayRepeat) {
                    return failure;
                }
            } catch (IOException e) {
                failure = address + ": " + e;
                HttpConnection broken = connection;
                if (broken != null) {
                    broken.close();
                }
                connection = null;
            }
            if (isClosed || System.nanoTime() - deadlineNs > 0) {
                return failure;
            }
            TimeUnit.NANOSECONDS.sleep(RETRY_PAUSE.toNanos());
        }
    }
}
