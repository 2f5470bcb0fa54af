package sluice.bench.compare;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import sluice.bench.beside.CpuTimes;
import sluice.bench.beside.Figures;
import sluice.bench.beside.Tally;
import sluice.bench.beside.Values;
import sluice.bench.beside.Workload;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.client.Received;
import sluice.bench.system.MessagingSystem;

/**
 * A reader that comes late: it reads a large backlog from the first record on while producers write
 * at a steady rate, whose acknowledgements are timed before it came and beside it.
 */
final class CatchUp implements Workload<MessagingSystem> {

    private static final int PARTITIONS = 6;
    private static final double MIB_PER_SECOND = 5;
    private static final Duration STORED_MAX = Duration.ofSeconds(90);
    private static final Duration READ_MAX = Duration.ofSeconds(120);

    private final String id;
    private final long backlogBytes;
    private final Duration fillMax;
    private final Settings settings;

    /**
     * @param backlogBytes written before, unless that takes longer than {@code fillMax}
     */
    CatchUp(String id, long backlogBytes, Duration fillMax, Settings settings) {
        this.id = id;
        this.backlogBytes = backlogBytes;
        this.fillMax = fillMax;
        this.settings = settings;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return "a backlog of %,d MiB read from its start, beside writes at %.0f MiB/s, %d partitions"
                .formatted(backlogBytes >> 20, MIB_PER_SECOND, PARTITIONS);
    }

    @Override
    public Figures measure(MessagingSystem system) throws InterruptedException {
        system.createTopic(id, PARTITIONS);
        long filled = fill(system);
        system.awaitStored(STORED_MAX);
        var alone = new Tally();
        var beside = new Tally();
        long startNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        long fromNs = startNs + settings.warmUp().toNanos();
        long toNs = fromNs + settings.window().toNanos();
        alone.window(fromNs, toNs);
        try (var writes =
                SteadyRate.begin(
                        system,
                        id,
                        PARTITIONS,
                        MIB_PER_SECOND,
                        false,
                        settings,
                        both(alone, beside),
                        startNs)) {
            TimeUnit.NANOSECONDS.sleep(toNs - System.nanoTime());
            var figures = new Figures();
            read(system, filled + beside.bytes(), beside, figures);
            writes.endAt(System.nanoTime());
            beside.check();
            return figures.latency("ack alone", alone.times())
                    .latency("ack beside", beside.times());
        }
    }

    /**
     * @return bytes of all values that were acknowledged
     */
    private long fill(MessagingSystem system) throws InterruptedException {
        var tally = new Tally();
        var shape =
                new ProducerShape(
                        PARTITIONS,
                        settings.batchBytes(),
                        settings.linger(),
                        settings.heldBytesMax());
        long deadlineNs = System.nanoTime() + fillMax.toNanos();
        long each = backlogBytes / settings.clients() / settings.recordBytes();
        var producers = new ArrayList<BenchProducer>();
        var threads = new ArrayList<Thread>();
        try {
            for (int i = 0; i < settings.clients(); i++) {
                BenchProducer producer = system.producer(id, shape, tally);
                producers.add(producer);
                threads.add(
                        Thread.ofPlatform()
                                .name("fill-" + i)
                                .daemon()
                                .start(() -> send(producer, each, deadlineNs, tally)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            tally.check();
            return tally.bytes();
        } finally {
            threads.forEach(Thread::interrupt);
            producers.forEach(BenchProducer::close);
        }
    }

    private void send(BenchProducer producer, long count, long deadlineNs, Tally tally) {
        var values = new Values(settings.recordBytes());
        try {
            for (long i = 0; i < count && System.nanoTime() - deadlineNs < 0; i++) {
                producer.send((int) (i % PARTITIONS), values.next(), System.nanoTime());
            }
            producer.flush();
        } catch (InterruptedException e) {
            // The end.
        } catch (RuntimeException e) {
            tally.failed(e.toString());
        }
    }

    /** Until as much was read as was there when it began, or the time is over. */
    private void read(MessagingSystem system, long backlog, Tally beside, Figures figures)
            throws InterruptedException {
        var read = new Tally();
        CpuTimes cpuBefore = CpuTimes.now(system.processes());
        long fromNs = System.nanoTime();
        beside.window(fromNs, fromNs + READ_MAX.toNanos());
        try (BenchConsumer reader = system.reader(id, PARTITIONS, counted(read))) {
            while (read.bytes() < backlog && System.nanoTime() - fromNs < READ_MAX.toNanos()) {
                TimeUnit.MILLISECONDS.sleep(5);
                read.check();
            }
            long bytes = read.bytes();
            long endNs = System.nanoTime();
            beside.window(fromNs, endNs);
            CpuTimes cpu = CpuTimes.now(system.processes()).since(cpuBefore);
            figures.put("backlog MiB", backlog / (double) (1 << 20))
                    .put("read MiB", bytes / (double) (1 << 20))
                    .throughput(bytes, (endNs - fromNs) / 1e9)
                    .cpu(cpu, Math.max(1, bytes));
        }
    }

    private static Received counted(Tally read) {
        return new Received() {
            @Override
            public void received(int partition, ByteBuffer value) {
                read.acknowledged(0, value.remaining());
            }

            @Override
            public void failed(String why) {
                read.failed(why);
            }
        };
    }

    private static Acknowledged both(Tally first, Tally second) {
        return new Acknowledged() {
            @Override
            public void acknowledged(long intendedNs, int valueBytes) {
                first.acknowledged(intendedNs, valueBytes);
                second.acknowledged(intendedNs, valueBytes);
            }

            @Override
            public void failed(String why) {
                second.failed(why);
            }
        };
    }
}
