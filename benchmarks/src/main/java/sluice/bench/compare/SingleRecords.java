package sluice.bench.compare;

import java.util.concurrent.TimeUnit;
import sluice.bench.beside.CpuTimes;
import sluice.bench.beside.Figures;
import sluice.bench.beside.Tally;
import sluice.bench.beside.Workload;
import sluice.bench.client.SingleWrites;
import sluice.bench.system.MessagingSystem;

/** Many small writers that each wait for the acknowledgement of one record before the next. */
final class SingleRecords implements Workload<MessagingSystem> {

    private static final int PARTITIONS = 24;
    private static final int VALUE_BYTES = 100;

    private final String id;
    private final int writers;
    private final Settings settings;

    SingleRecords(String id, int writers, Settings settings) {
        this.id = id;
        this.writers = writers;
        this.settings = settings;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return "%,d writers, each one record of %d bytes at a time".formatted(writers, VALUE_BYTES);
    }

    @Override
    public Figures measure(MessagingSystem system) throws InterruptedException {
        system.createTopic(id, PARTITIONS);
        var tally = new Tally();
        try (SingleWrites all = system.singleWrites(id, writers, VALUE_BYTES, tally)) {
            long fromNs = System.nanoTime() + settings.warmUp().toNanos();
            tally.window(fromNs, fromNs + settings.window().toNanos());
            TimeUnit.NANOSECONDS.sleep(fromNs - System.nanoTime());
            long before = tally.bytes();
            CpuTimes cpuBefore = CpuTimes.now(system.processes());
            long startNs = System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(settings.window().toNanos());
            long records = (tally.bytes() - before) / VALUE_BYTES;
            double seconds = (System.nanoTime() - startNs) / 1e9;
            CpuTimes cpu = CpuTimes.now(system.processes()).since(cpuBefore);
            tally.check();
            return new Figures()
                    .put("records/s", records / seconds)
                    .latency("ack", tally.times())
                    .put("CPU us/record nodes", cpu.nodes() * 1e6 / records)
                    .put("CPU us/record client", cpu.client() * 1e6 / records);
        }
    }
}
