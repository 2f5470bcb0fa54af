package sluice.bench.compare;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import sluice.bench.beside.CpuTimes;
import sluice.bench.beside.Figures;
import sluice.bench.beside.Tally;
import sluice.bench.beside.Values;
import sluice.bench.beside.Workload;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.system.MessagingSystem;

/**
 * As much as goes in: producers that send as fast as their client takes it, to all partitions in
 * turn: a batch's worth to each, as clients do that may choose the partition, or a single record to
 * each, as keys would have it.
 */
final class PeakProduce implements Workload<MessagingSystem> {

    private static final int MANY_PARTITIONS = 100;
    private static final int SMALL_BATCH_BYTES = 16 << 10;

    /** What a record takes in a batch besides its value, and its share of the header, about. */
    private static final int RECORD_OVERHEAD_BYTES = 16;

    /** How much longer than it should a warm-up may take, until the rate stops growing. */
    private static final int WARM_UPS_MAX = 4;

    private static final Duration LOOK = Duration.ofSeconds(5);

    private final String id;
    private final int partitions;
    private final boolean isSpread;
    private final Settings settings;

    /**
     * @param isSpread each record goes to another partition than the one before
     */
    PeakProduce(String id, int partitions, boolean isSpread, Settings settings) {
        this.id = id;
        this.partitions = partitions;
        this.isSpread = isSpread;
        this.settings = settings;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return "peak produce, %,d partitions%s"
                .formatted(partitions, isSpread ? ", each record to another one" : "");
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
            warmUp(tally);
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
     * The time asked for, and then on until the rate has stopped growing: processes that begin with
     * a thousand partitions can take a minute to their first MiB/s.
     */
    private void warmUp(Tally tally) throws InterruptedException {
        long lookNs = Math.min(LOOK.toNanos(), settings.warmUp().toNanos() / 2);
        if (lookNs == 0) {
            return;
        }
        var settling = new Settling();
        long startNs = System.nanoTime();
        long before = tally.bytes();
        boolean isSettled = false;
        long spentNs = 0;
        while (spentNs < settings.warmUp().toNanos() * (isSettled ? 1 : WARM_UPS_MAX)) {
            TimeUnit.NANOSECONDS.sleep(lookNs);
            long bytes = tally.bytes();
            isSettled = settling.add(bytes - before);
            before = bytes;
            spentNs = System.nanoTime() - startNs;
        }
    }

    /**
     * With many partitions, batches of the size that Kafka's client has by default. Spread records
     * need room for a batch of each partition and more: that client takes a whole batch's memory
     * for its first record, and with less it sends batches of one.
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
                isSpread
                        ? Math.max(2 * settings.heldBytesMax(), oneOfEach + oneOfEach / 4)
                        : settings.heldBytesMax());
    }

    /** Records that go to a partition before it is the next one's turn. */
    private int turn() {
        return isSpread
                ? 1
                : Math.max(
                        1, shape().batchBytes() / (settings.recordBytes() + RECORD_OVERHEAD_BYTES));
    }

    private void sendUntilInterrupted(BenchProducer producer, int first, Tally tally) {
        var values = new Values(settings.recordBytes());
        int partition = first;
        int turn = turn();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                for (int i = 0; i < turn; i++) {
                    producer.send(partition, values.next(), System.nanoTime());
                }
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
