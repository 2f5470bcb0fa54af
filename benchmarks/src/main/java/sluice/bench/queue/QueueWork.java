package sluice.bench.queue;

import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import sluice.bench.beside.CpuTimes;
import sluice.bench.beside.Figures;
import sluice.bench.beside.Workload;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.WorkShape;
import sluice.bench.system.QueueSystem;

/**
 * Senders and consumers of one queue: as many messages as get through with a bounded number under
 * way (closed loop), or as many a second as are told, whatever the system does (open loop). In the
 * end every message that was sent must have come to somebody.
 */
final class QueueWork implements Workload<QueueSystem> {

    private final String id;
    private final WorkShape shape;
    private final int perSecond;
    private final Work work;
    private final QueueSettings settings;

    /**
     * @param perSecond messages of all senders together; 0: as many as get through
     */
    QueueWork(String id, WorkShape shape, int perSecond, QueueSettings settings) {
        this(id, shape, perSecond, Work.NONE, settings);
    }

    /**
     * @param work that consumers do
     */
    QueueWork(String id, WorkShape shape, int perSecond, Work work, QueueSettings settings) {
        this.id = id;
        this.shape = shape;
        this.perSecond = perSecond;
        this.work = work;
        this.settings = settings;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        String load =
                perSecond == 0
                        ? "as much as gets through"
                        : String.format(Locale.ROOT, "%,d messages/s", perSecond);
        return "%s, %d consumer%s%s, prefetch %d, sent and acknowledged %s%s"
                .formatted(
                        load,
                        shape.consumers(),
                        shape.consumers() == 1 ? "" : "s",
                        shape.isConnectionEach() ? " with a connection each" : "",
                        shape.prefetch(),
                        shape.together() == 1 ? "one by one" : "in " + shape.together() + "s",
                        work.describe());
    }

    @Override
    public Figures measure(QueueSystem system) throws InterruptedException {
        system.createQueue(id);
        var outstanding = new Semaphore(settings.outstandingMax());
        var passage = new Passage(outstanding::release, work);
        try (BenchConsumer workers = system.workers(id, shape, passage);
                var sending = new Sending(settings, perSecond, outstanding)) {
            sending.begin(system, id, shape.together(), passage);
            Figures figures = window(system, passage);
            sending.end(passage);
            return figures.put("repeated", passage.repeated());
        }
    }

    private Figures window(QueueSystem system, Passage passage) throws InterruptedException {
        long fromNs = System.nanoTime() + settings.warmUp().toNanos();
        passage.window(fromNs, fromNs + settings.window().toNanos());
        TimeUnit.NANOSECONDS.sleep(fromNs - System.nanoTime());
        long before = passage.done();
        CpuTimes cpuBefore = CpuTimes.now(system.processes());
        long startNs = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(settings.window().toNanos());
        long messages = passage.done() - before;
        double seconds = (System.nanoTime() - startNs) / 1e9;
        CpuTimes cpu = CpuTimes.now(system.processes()).since(cpuBefore);
        passage.check();
        return new Figures()
                .put("messages/s", messages / seconds)
                .latency("end to end", passage.times())
                .put("CPU us/message nodes", cpu.nodes() * 1e6 / Math.max(1, messages))
                .put("CPU us/message client", cpu.client() * 1e6 / Math.max(1, messages));
    }
}
