package sluice.client.produce;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.client.error.RetriableException;
import sluice.client.http.Futures;
import sluice.client.http.Gateways;
import sluice.client.time.Clock;

/**
 * Writes records. Used by any thread; one for the whole application is usual.
 *
 * <pre>{@code
 * try (Producer producer = client.producer().build()) {
 *     producer.send(ProducerRecord.of("orders", "ann", "two apples"))
 *             .whenComplete((written, failure) -> {
 *                 if (failure == null) {
 *                     System.out.println(written.partition() + "/" + written.offset());
 *                 } else {
 *                     System.err.println(failure);
 *                 }
 *             });
 * } // waits until all of it is written or has failed
 * }</pre>
 *
 * <p>Records are gathered into batches by partition and sent to the gateways that own their
 * partitions. Within a partition they are written in the order of {@code send}. With idempotence,
 * which is the default, each is written once, however often its batch had to be sent; if that
 * cannot be done in the delivery timeout, its future fails: with {@link
 * sluice.client.error.UnknownOutcomeException} if it may be written all the same, otherwise with an
 * exception that says that it is not. Records behind one that failed are written nevertheless.
 *
 * <p>What is held is bounded: {@code send} waits for room, at most as long as the producer may
 * block. Futures are completed by the producer's own thread, in the order of each partition: what
 * depends on them should be short and must not wait for other records; else use the {@code …Async}
 * methods of the future.
 */
public final class Producer implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(Producer.class);

    private final ReentrantLock lock = new ReentrantLock();

    /** Signalled when the lane may have something to do. */
    private final Condition laneWork = lock.newCondition();

    private final ProducerSettings settings;
    private final Cluster cluster;
    private final Clock clock;
    private final Thread lane;

    // Guarded by the lock.
    private final ProducerMachine machine;
    private final ArrayDeque<Runnable> events = new ArrayDeque<>();
    private final Waiters waiters;
    private @Nullable Long laneWakesNs;
    private boolean isLaneAsleep;
    private boolean isClosed;
    private boolean isEnded;

    Producer(
            String name,
            ProducerSettings settings,
            Cluster cluster,
            Gateways gateways,
            Clock clock,
            RandomGenerator random) {
        this.settings = settings;
        this.cluster = cluster;
        this.clock = clock;
        this.waiters = new Waiters(lock, clock);
        this.machine = new ProducerMachine(settings, gateways.all(), random, clock.nowNs());
        this.lane = new Thread(this::runLane, name);
        lane.setDaemon(true);
    }

    /** Called once, by whoever made it. */
    Producer start() {
        lane.start();
        return this;
    }

    /**
     * Gives a record to the producer. Waits while there is no room, and at a topic's first record
     * for its description.
     *
     * @return completes when the record is written. Fails with {@link
     *     sluice.client.error.SluiceApiException} if it was refused ({@code unknown-topic}, {@code
     *     record-too-large}, …); with {@link RetriableException} if it was not written in the
     *     delivery timeout, or not taken in the time that the producer may block; with {@link
     *     sluice.client.error.UnknownOutcomeException} if it is not known whether it is written
     * @throws IllegalStateException if the producer is closed
     */
    public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
        long recordBytes = ProducerMachine.recordBytes(record);
        long deadlineNs = clock.nowNs() + settings.maxBlock().toNanos();
        boolean isMyTurn = false;
        lock.lock();
        try {
            while (true) {
                if (isClosed) {
                    throw new IllegalStateException("the producer is closed");
                }
                long nowNs = clock.nowNs();
                TopicState topic = machine.topic(record.topic(), nowNs);
                if (topic.view == null) {
                    wakeLane();
                    while (topic.view == null && topic.failure == null && !isClosed) {
                        waiters.awaitTopic(deadlineNs, record.topic());
                    }
                    if (topic.failure != null) {
                        return CompletableFuture.failedFuture(topic.failure);
                    }
                } else if ((isMyTurn || waiters.mayPass()) && machine.hasRoom(recordBytes)) {
                    return append(topic, record, recordBytes, nowNs);
                } else {
                    awaitRoom(recordBytes, deadlineNs);
                    isMyTurn = true;
                }
            }
        } catch (RuntimeException refused) {
            if (refused instanceof IllegalStateException) {
                throw refused;
            }
            return CompletableFuture.failedFuture(refused);
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<RecordMetadata> append(
            TopicState topic, ProducerRecord record, long recordBytes, long nowNs) {
        CompletableFuture<RecordMetadata> future =
                machine.append(topic, record, recordBytes, nowNs, clock.wallMs());
        if (isLaneAsleep && machine.wantsWork(laneWakesNs)) {
            wakeLane();
        }
        return future;
    }

    private void awaitRoom(long recordBytes, long deadlineNs) {
        machine.hurry();
        wakeLane();
        try {
            waiters.awaitRoom(
                    () -> isClosed || machine.hasRoom(recordBytes),
                    deadlineNs,
                    settings.heldBytesMax());
        } finally {
            machine.calm();
        }
    }

    /**
     * Sends what was given to {@code send} without lingering, and returns when all of it is written
     * or has failed; which of both, the futures say.
     *
     * @throws RetriableException if the thread is interrupted; it stays interrupted
     */
    public void flush() {
        flush(settings.deliveryTimeout().plus(settings.requestTimeout()));
    }

    /** The same; returns false if the time is over before. */
    public boolean flush(Duration timeout) {
        if (Thread.currentThread() == lane) {
            throw new IllegalStateException(
                    "a flush cannot be waited for by the producer's thread");
        }
        CompletableFuture<Void> all;
        lock.lock();
        try {
            List<PendingBatch> unfinished = machine.unfinished();
            wakeLane();
            all =
                    CompletableFuture.allOf(
                            unfinished.stream()
                                    .map(batch -> batch.told)
                                    .toArray(CompletableFuture<?>[]::new));
        } finally {
            lock.unlock();
        }
        try {
            all.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetriableException("interrupted while it waited for a flush", e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw Futures.thrown(e);
        }
    }

    /** What the producer has done so far. */
    public ProducerMetrics metrics() {
        lock.lock();
        try {
            return machine.metrics(waiters.count());
        } finally {
            lock.unlock();
        }
    }

    /** {@link #close(Duration)} with the time in which all records end by themselves. */
    @Override
    public void close() {
        close(settings.deliveryTimeout().plus(settings.requestTimeout()));
    }

    /**
     * Takes no more records, sends what it has, and ends. What is not written when the time is over
     * fails. Does nothing if it was closed before.
     */
    public void close(Duration timeout) {
        lock.lock();
        try {
            if (isClosed) {
                return;
            }
            isClosed = true;
            waiters.wakeAll();
        } finally {
            lock.unlock();
        }
        if (Thread.currentThread() != lane) {
            flushBeforeEnd(timeout);
        }
        lock.lock();
        try {
            machine.abandon("the producer was closed");
            isEnded = true;
            wakeLane();
        } finally {
            lock.unlock();
        }
        joinLane();
    }

    private void flushBeforeEnd(Duration timeout) {
        try {
            flush(timeout);
        } catch (RetriableException interrupted) {
            // Closes all the same; the thread stays interrupted.
        }
    }

    private void joinLane() {
        if (Thread.currentThread() == lane) {
            return;
        }
        try {
            lane.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // --- the lane

    private void runLane() {
        while (true) {
            ProducerMachine.Work work;
            boolean isLast;
            lock.lock();
            try {
                work = nextWork();
                isLast = isEnded;
            } catch (InterruptedException nobodyDoes) {
                continue;
            } finally {
                lock.unlock();
            }
            work.tellings().forEach(Producer::tell);
            if (isLast) {
                return;
            }
            begin(work);
        }
    }

    /** Waits until there is something to do. */
    private ProducerMachine.Work nextWork() throws InterruptedException {
        while (true) {
            while (!events.isEmpty()) {
                events.removeFirst().run();
            }
            long nowNs = clock.nowNs();
            ProducerMachine.Work work = machine.work(nowNs);
            waiters.roomMade();
            if (!work.isNone() || isEnded) {
                return work;
            }
            laneWakesNs = machine.wakeNs(nowNs);
            isLaneAsleep = true;
            try {
                if (laneWakesNs == null) {
                    laneWork.await();
                } else {
                    long unused = laneWork.awaitNanos(laneWakesNs - nowNs);
                }
            } finally {
                isLaneAsleep = false;
            }
        }
    }

    private static void tell(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException | Error e) {
            LOGGER.atError().setCause(e).log("a producer could not tell what became of records");
        }
    }

    private void begin(ProducerMachine.Work work) {
        for (ProduceRequest request : work.requests()) {
            produce(request);
        }
        for (String topic : work.describes()) {
            cluster.describe(topic)
                    .whenComplete((view, failure) ->
                            event(() -> {
                                if (view != null) {
                                    machine.described(topic, view, clock.nowNs());
                                } else {
                                    machine.notDescribed(
                                            topic, Futures.thrown(failure), clock.nowNs());
                                }
                                waiters.topicsChanged();
                            }));
        }
        if (work.isIdentityWanted()) {
            cluster.newProducerId()
                    .whenComplete((id, failure) ->
                            event(() -> {
                                if (id != null) {
                                    machine.identified(id);
                                } else {
                                    machine.notIdentified(clock.nowNs());
                                }
                            }));
        }
    }

    private void produce(ProduceRequest request) {
        cluster.produce(request)
                .whenComplete((outcome, failure) ->
                        event(() ->
                                machine.answered(
                                        request,
                                        outcome != null
                                                ? outcome
                                                : Cluster.RequestOutcome.unsendable(
                                                        request, failure),
                                        clock.nowNs())));
    }

    /** Something happened: the lane takes it in. */
    private void event(Runnable event) {
        lock.lock();
        try {
            if (!isEnded) {
                events.addLast(event);
                laneWork.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private void wakeLane() {
        laneWork.signal();
    }
}
