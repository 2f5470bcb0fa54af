package sluice.bench.compare;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.client.Received;
import sluice.bench.system.MessagingSystem;

/**
 * How long an acknowledgement takes, and a reader waits, at a steady rate. The rate is kept
 * whatever the system does (open loop), and times count from when a record was due.
 */
final class FixedRate implements Workload {

    private static final int PARTITIONS = 6;

    private final String id;
    private final double mibPerSecond;
    private final boolean isRead;
    private final Settings settings;

    /**
     * @param isRead also by a consumer, which is timed
     */
    FixedRate(String id, double mibPerSecond, boolean isRead, Settings settings) {
        this.id = id;
        this.mibPerSecond = mibPerSecond;
        this.isRead = isRead;
        this.settings = settings;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return (isRead ? "written and read" : "written")
                + " at %s MiB/s, %d partitions"
                        .formatted(("" + mibPerSecond).replaceAll("\\.0$", ""), PARTITIONS);
    }

    @Override
    public Figures measure(MessagingSystem system) throws InterruptedException {
        system.createTopic(id, PARTITIONS);
        var acks = new Tally();
        var reads = new Tally();
        var shape =
                new ProducerShape(
                        PARTITIONS,
                        settings.batchBytes(),
                        settings.rateLinger(),
                        settings.heldBytesMax());
        long startNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        long fromNs = startNs + settings.warmUp().toNanos();
        long toNs = fromNs + settings.window().toNanos();
        acks.window(fromNs, toNs);
        reads.window(fromNs, toNs);
        var producers = new ArrayList<BenchProducer>();
        var threads = new ArrayList<Thread>();
        BenchConsumer consumer = isRead ? system.consumer(id, PARTITIONS, timed(reads)) : null;
        try {
            for (int i = 0; i < settings.clients(); i++) {
                BenchProducer producer = system.producer(id, shape, acks);
                producers.add(producer);
                int client = i;
                threads.add(
                        Thread.ofPlatform()
                                .name("send-" + i)
                                .daemon()
                                .start(() -> send(producer, client, startNs, toNs, acks)));
            }
            CpuTimes cpu = cpuOf(system, fromNs, toNs);
            for (Thread thread : threads) {
                thread.join();
            }
            if (isRead) {
                awaitRead(acks, reads);
            }
            acks.check();
            reads.check();
            var figures = new Figures().latency("ack", acks.times());
            if (isRead) {
                figures.latency("end to end", reads.times());
            }
            double bytes = mibPerSecond * (1 << 20) * settings.window().toNanos() / 1e9;
            return figures.cpu(cpu, (long) bytes);
        } finally {
            threads.forEach(Thread::interrupt);
            producers.forEach(BenchProducer::close);
            close(consumer);
        }
    }

    private static void close(@Nullable BenchConsumer consumer) {
        if (consumer != null) {
            consumer.close();
        }
    }

    private static CpuTimes cpuOf(MessagingSystem system, long fromNs, long toNs)
            throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(fromNs - System.nanoTime());
        CpuTimes before = CpuTimes.now(system.processes());
        TimeUnit.NANOSECONDS.sleep(toNs - System.nanoTime());
        return CpuTimes.now(system.processes()).since(before);
    }

    private void send(BenchProducer producer, int client, long startNs, long endNs, Tally tally) {
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
                    aheadNs = dueNs - System.nanoTime();
                }
                int partition = (int) ((i * settings.clients() + client) % PARTITIONS);
                producer.send(partition, isRead ? values.stamped(dueNs) : values.next(), dueNs);
            }
            producer.flush();
        } catch (InterruptedException e) {
            // The end.
        } catch (RuntimeException e) {
            tally.failed(e.toString());
        }
    }

    private static Received timed(Tally reads) {
        return new Received() {
            @Override
            public void received(int partition, ByteBuffer value) {
                reads.acknowledged(value.getLong(value.position()), value.remaining());
            }

            @Override
            public void failed(String why) {
                reads.failed(why);
            }
        };
    }

    /** Until the reader has all that was acknowledged, but not for ever: the check tells. */
    private static void awaitRead(Tally acks, Tally reads) throws InterruptedException {
        for (int i = 0; i < 100 && reads.bytes() < acks.bytes(); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        if (reads.bytes() < acks.bytes()) {
            reads.failed("read %d of %d bytes".formatted(reads.bytes(), acks.bytes()));
        }
    }
}
