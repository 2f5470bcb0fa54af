package sluice.bench.compare;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import sluice.bench.beside.CpuTimes;
import sluice.bench.beside.Figures;
import sluice.bench.beside.Tally;
import sluice.bench.beside.Workload;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.Received;
import sluice.bench.system.MessagingSystem;

/**
 * How long an acknowledgement takes, and a reader waits, at a steady rate. The rate is kept
 * whatever the system does (open loop), and times count from when a record was due.
 */
final class FixedRate implements Workload<MessagingSystem> {

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
        try (BenchConsumer _ = isRead ? system.consumer(id, PARTITIONS, timed(reads)) : () -> {}) {
            long startNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            long fromNs = startNs + settings.warmUp().toNanos();
            long toNs = fromNs + settings.window().toNanos();
            acks.window(fromNs, toNs);
            reads.window(fromNs, toNs);
            try (var writes =
                    SteadyRate.begin(
                            system,
                            id,
                            PARTITIONS,
                            mibPerSecond,
                            isRead,
                            settings,
                            acks,
                            startNs)) {
                CpuTimes cpu = cpuOf(system, fromNs, toNs);
                writes.endAt(toNs);
                return figures(acks, reads, cpu);
            }
        }
    }

    private Figures figures(Tally acks, Tally reads, CpuTimes cpu) throws InterruptedException {
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
    }

    private static CpuTimes cpuOf(MessagingSystem system, long fromNs, long toNs)
            throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(fromNs - System.nanoTime());
        CpuTimes before = CpuTimes.now(system.processes());
        TimeUnit.NANOSECONDS.sleep(toNs - System.nanoTime());
        return CpuTimes.now(system.processes()).since(before);
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
