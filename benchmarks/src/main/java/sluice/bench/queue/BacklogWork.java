package sluice.bench.queue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;
import sluice.bench.beside.Figures;
import sluice.bench.beside.Values;
import sluice.bench.beside.Workload;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.Received;
import sluice.bench.client.WorkShape;
import sluice.bench.system.QueueSystem;
import sluice.log.SluiceException;

/**
 * How long a consumer that is done with a message waits for the next one, with so many waiting: the
 * backlog is there before anybody asks, and for each message that somebody has another is sent.
 */
final class BacklogWork implements Workload<QueueSystem> {

    private static final int CONSUMERS = 10;
    private static final WorkShape ONE = new WorkShape(1, 1, 1);
    private static final int VALUE_BYTES = 100;

    /** Messages in a request, if the client is made for that. */
    private static final int TOGETHER = 1_000;

    private static final long TIME_NS_MAX = 120_000_000_000L;

    /** Its gateways, its stores' caches: what is left of the filling. */
    private static final Duration SETTLE = Duration.ofSeconds(5);

    private final String id;
    private final long backlog;
    private final QueueSettings settings;

    BacklogWork(String id, long backlog, QueueSettings settings) {
        this.id = id;
        this.backlog = backlog;
        this.settings = settings;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return "%d consumers, prefetch 1, %,d messages of %d bytes waiting"
                .formatted(CONSUMERS, backlog, VALUE_BYTES);
    }

    @Override
    public Figures measure(QueueSystem system) throws InterruptedException {
        system.createQueue(id);
        var failure = new AtomicReference<@Nullable String>();
        try (BenchProducer sender = system.sender(id, TOGETHER, noting(failure))) {
            long startNs = System.nanoTime();
            fill(sender);
            check(failure);
            double fillSeconds = (System.nanoTime() - startNs) / 1e9;
            TimeUnit.NANOSECONDS.sleep(SETTLE.toNanos());
            return work(system, sender, failure).put("filled in s", fillSeconds);
        }
    }

    private Figures work(
            QueueSystem system, BenchProducer sender, AtomicReference<@Nullable String> failure)
            throws InterruptedException {
        var taken = new Semaphore(0);
        Thread feeder =
                Thread.ofPlatform().name("feed").daemon().start(() -> feed(sender, taken, failure));
        var times = new ConcurrentHistogram(TIME_NS_MAX, 3);
        List<BenchConsumer> workers = new ArrayList<>();
        try {
            long fromNs = System.nanoTime() + settings.warmUp().toNanos();
            for (int i = 0; i < CONSUMERS; i++) {
                workers.add(system.workers(id, ONE, new Turns(times, fromNs, taken, failure)));
            }
            long endNs = fromNs + settings.window().toNanos();
            TimeUnit.NANOSECONDS.sleep(endNs - System.nanoTime());
            long messages = times.getTotalCount();
            OptionalDouble heap = system.heapMib();
            check(failure);
            Figures figures =
                    new Figures()
                            .put("messages/s", messages / (settings.window().toNanos() / 1e9))
                            .latency("wait for the next", times);
            heap.ifPresent(mib -> figures.put("largest heap MiB", mib));
            return figures;
        } finally {
            workers.forEach(BenchConsumer::close);
            feeder.interrupt();
            feeder.join();
        }
    }

    /** One for each that was taken, until it is interrupted. */
    private static void feed(
            BenchProducer sender, Semaphore taken, AtomicReference<@Nullable String> failure) {
        var values = new Values(VALUE_BYTES);
        try {
            while (true) {
                taken.acquire();
                sender.send(0, values.next(), System.nanoTime());
            }
        } catch (InterruptedException e) {
            // The end.
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e.toString());
        }
    }

    private void fill(BenchProducer sender) throws InterruptedException {
        var values = new Values(VALUE_BYTES);
        for (long i = 0; i < backlog; i++) {
            sender.send(0, values.next(), System.nanoTime());
        }
        sender.flush();
    }

    private static Acknowledged noting(AtomicReference<@Nullable String> failure) {
        return new Acknowledged() {
            @Override
            public void acknowledged(long intendedNs, int valueBytes) {
                // The flush waits for all of them.
            }

            @Override
            public void failed(String why) {
                failure.compareAndSet(null, why);
            }
        };
    }

    private static void check(AtomicReference<@Nullable String> failure) {
        String why = failure.get();
        if (why != null) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE, "not-measured", "a message failed: " + why);
        }
    }

    /** Times one consumer's waits. Its messages come one after the other. */
    private static final class Turns implements Received {
        private final ConcurrentHistogram times;
        private final long fromNs;
        private final Semaphore taken;
        private final AtomicReference<@Nullable String> failure;
        private volatile long doneNs;

        Turns(
                ConcurrentHistogram times,
                long fromNs,
                Semaphore taken,
                AtomicReference<@Nullable String> failure) {
            this.times = times;
            this.fromNs = fromNs;
            this.taken = taken;
            this.failure = failure;
            this.doneNs = System.nanoTime();
        }

        @Override
        public void received(int partition, ByteBuffer value) {
            long nowNs = System.nanoTime();
            if (doneNs - fromNs >= 0) {
                times.recordValue(Math.clamp(nowNs - doneNs, 0, TIME_NS_MAX));
            }
            taken.release();
            doneNs = System.nanoTime();
        }

        @Override
        public void failed(String why) {
            failure.compareAndSet(null, why);
        }
    }
}
