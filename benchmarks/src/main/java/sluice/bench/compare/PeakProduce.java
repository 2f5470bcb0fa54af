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
        var shape =
                new ProducerShape(
                        partitions,
                        settings.batchBytes(),
                        settings.linger(),
                        settings.heldBytesMax());
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
