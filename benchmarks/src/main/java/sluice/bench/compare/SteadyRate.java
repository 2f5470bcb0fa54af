package sluice.bench.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import sluice.bench.beside.Values;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.system.MessagingSystem;

/**
 * Producers that send at a steady rate whatever the system does (open loop), to all partitions of a
 * topic in turn.
 */
final class SteadyRate implements AutoCloseable {

    /** Longer than anything is measured. */
    private static final long NEVER_NS = Duration.ofDays(1).toNanos();

    private final double mibPerSecond;
    private final boolean isStamped;
    private final int partitions;
    private final Settings settings;
    private final Acknowledged acknowledged;
    private final List<BenchProducer> producers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final long startNs;
    private volatile long endNs;

    private SteadyRate(
            int partitions,
            double mibPerSecond,
            boolean isStamped,
            Settings settings,
            Acknowledged acknowledged,
            long startNs) {
        this.partitions = partitions;
        this.mibPerSecond = mibPerSecond;
        this.isStamped = isStamped;
        this.settings = settings;
        this.acknowledged = acknowledged;
        this.startNs = startNs;
        this.endNs = startNs + NEVER_NS;
    }

    /**
     * @param isStamped values begin with the moment at which they were due
     * @param startNs when the first record is due, by {@link System#nanoTime}
     */
    static SteadyRate begin(
            MessagingSystem system,
            String topic,
            int partitions,
            double mibPerSecond,
            boolean isStamped,
            Settings settings,
            Acknowledged acknowledged,
            long startNs)
            throws InterruptedException {
        var rate =
                new SteadyRate(
                        partitions, mibPerSecond, isStamped, settings, acknowledged, startNs);
        var shape =
                new ProducerShape(
                        partitions,
                        settings.batchBytes(),
                        settings.rateLinger(),
                        settings.heldBytesMax());
        try {
            for (int i = 0; i < settings.clients(); i++) {
                BenchProducer producer = system.producer(topic, shape, acknowledged);
                rate.producers.add(producer);
                int client = i;
                rate.threads.add(
                        Thread.ofPlatform()
                                .name("send-" + i)
                                .daemon()
                                .start(() -> rate.send(producer, client)));
            }
            return rate;
        } catch (InterruptedException | RuntimeException e) {
            rate.close();
            throw e;
        }
    }

    /** Sends what is due before that moment; returns when all was acknowledged or failed. */
    void endAt(long ns) throws InterruptedException {
        endNs = ns;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void send(BenchProducer producer, int client) {
        var values = new Values(settings.recordBytes());
        double everyNs =
                1e9 * settings.recordBytes() * settings.clients() / (mibPerSecond * (1 << 20));
        double offsetNs = everyNs * client / settings.clients();
        try {
            for (long i = 0; ; i++) {
                long dueNs = startNs + (long) (offsetNs + i * everyNs);
                if (dueNs - endNs >= 0) {
                    break;
                }
                long aheadNs = dueNs - System.nanoTime();
                while (aheadNs > 0) {
                    LockSupport.parkNanos(aheadNs);
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                    aheadNs = dueNs - System.nanoTime();
                }
                int partition = (int) ((i * settings.clients() + client) % partitions);
                producer.send(partition, isStamped ? values.stamped(dueNs) : values.next(), dueNs);
            }
            producer.flush();
        } catch (InterruptedException e) {
            // The end.
        } catch (RuntimeException e) {
            acknowledged.failed(e.toString());
        }
    }

    /** Ends without waiting for anything. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        producers.forEach(BenchProducer::close);
    }
}
