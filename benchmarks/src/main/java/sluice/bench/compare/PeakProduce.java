package sluice.bench.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.system.MessagingSystem;

/**
 * As much as goes in: producers that send as fast as their client takes it, to all partitions in
 * turn.
 */
final class PeakProduce implements Workload {

    private static final int MANY_PARTITIONS = 100;
    private static final int SMALL_BATCH_BYTES = 16 << 10;

    private final String id;
    private final int partitions;
    private final Settings settings;

    PeakProduce(String id, int partitions, Settings settings) {
        this.id = id;
        this.partitions = partitions;
        this.settings = settings;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return "peak produce, %,d partitions".formatted(partitions);
    }

    @Override
    public Figures measure(MessagingSystem system) throws InterruptedException {
        system.createTopic(id, partitions);
        var tally = new Tally();
        ProducerShape shape = shape();
        var threads = new ArrayList<Thread>();
        var producers = new ArrayList<BenchProducer>();
        try {
            for (int i = 0; i < settings.clients(); i++) {
                BenchProducer producer = system.producer(id, shape, tally);
                producers.add(producer);
                int first = i * partitions / settings.clients();
                threads.add(
                        Thread.ofPlatform()
                                .name("send-" + i)
                                .daemon()
                                .start(() -> sendUntilInterrupted(producer, first, tally)));
            }
            sleep(settings.warmUp());
            long startNs = System.nanoTime();
            long before = tally.bytes();
            CpuTimes cpuBefore = CpuTimes.now(system.processes());
            sleep(settings.window());
            long bytes = tally.bytes() - before;
            double seconds = (System.nanoTime() - startNs) / 1e9;
            CpuTimes cpu = CpuTimes.now(system.processes()).since(cpuBefore);
            tally.check();
            return new Figures().throughput(bytes, seconds).cpu(cpu, Math.max(1, bytes));
        } finally {
            end(threads);
            producers.forEach(BenchProducer::close);
        }
    }

    /**
     * With many partitions, batches of the size that Kafka's client has by default, and room for
     * one of each partition: its client takes the whole batch's memory for the first record, and
     * with less it sends hardly anything.
     */
    private ProducerShape shape() {
        int batchBytes =
                partitions > MANY_PARTITIONS
                        ? Math.min(settings.batchBytes(), SMALL_BATCH_BYTES)
                        : settings.batchBytes();
        long oneOfEach = (long) partitions * batchBytes;
        return new ProducerShape(
                partitions,
                batchBytes,
                settings.linger(),
                Math.max(settings.heldBytesMax(), oneOfEach + oneOfEach / 4));
    }

    private void sendUntilInterrupted(BenchProducer producer, int first, Tally tally) {
        var values = new Values(settings.recordBytes());
        int partition = first;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                producer.send(partition, values.next(), System.nanoTime());
                partition = (partition + 1) % partitions;
            }
        } catch (InterruptedException e) {
            // The end.
        } catch (RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                tally.failed(e.toString());
            }
        }
    }

    private static void end(List<Thread> threads) throws InterruptedException {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void sleep(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }
}
