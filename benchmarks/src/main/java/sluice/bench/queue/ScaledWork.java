package sluice.bench.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import sluice.bench.beside.Figures;
import sluice.bench.beside.Workload;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.WorkShape;
import sluice.bench.system.QueueSystem;

/** Consumers that come until there are many, and go until there is one, at a steady rate. */
final class ScaledWork implements Workload<QueueSystem> {

    private static final WorkShape ONE = new WorkShape(1, 10, 1);

    private final String id;
    private final int consumersMax;
    private final int perSecond;
    private final QueueSettings settings;

    ScaledWork(String id, int consumersMax, int perSecond, QueueSettings settings) {
        this.id = id;
        this.consumersMax = consumersMax;
        this.perSecond = perSecond;
        this.settings = settings;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return "consumers from 1 to %d and back to 1 within %d s, prefetch %d, %,d messages/s"
                .formatted(consumersMax, settings.window().toSeconds(), ONE.prefetch(), perSecond);
    }

    @Override
    public Figures measure(QueueSystem system) throws InterruptedException {
        system.createQueue(id);
        var passage = new Passage(() -> {}, Work.NONE);
        var sending = new Sending(settings, perSecond, new Semaphore(0));
        Deque<BenchConsumer> workers = new ArrayDeque<>();
        try (sending) {
            workers.addLast(system.workers(id, ONE, passage));
            sending.begin(system, id, 1, passage);
            TimeUnit.NANOSECONDS.sleep(settings.warmUp().toNanos());
            Duration inPeace = inPeace(passage);
            long fromNs = System.nanoTime();
            passage.window(fromNs, fromNs + settings.window().toNanos());
            long before = passage.done();
            scale(system, workers, passage, fromNs);
            long messages = passage.done() - before;
            double seconds = (System.nanoTime() - fromNs) / 1e9;
            passage.check();
            sending.end(passage);
            return new Figures()
                    .put("messages/s", messages / seconds)
                    .latency("end to end", passage.times())
                    .put("longest pause ms", passage.longestGap().toNanos() / 1e6)
                    .put("longest pause in peace ms", inPeace.toNanos() / 1e6)
                    .put("repeated", passage.repeated());
        } finally {
            workers.forEach(BenchConsumer::close);
        }
    }

    /** What the machine does to it while nobody comes and goes: a window of the same length. */
    private Duration inPeace(Passage passage) throws InterruptedException {
        long fromNs = System.nanoTime();
        passage.window(fromNs, fromNs + settings.window().toNanos());
        TimeUnit.NANOSECONDS.sleep(settings.window().toNanos());
        passage.check();
        return passage.longestGap();
    }

    private void scale(
            QueueSystem system, Deque<BenchConsumer> workers, Passage passage, long fromNs)
            throws InterruptedException {
        int steps = 2 * (consumersMax - 1);
        Duration step = settings.window().dividedBy(steps);
        for (int i = 0; i < steps; i++) {
            if (i < consumersMax - 1) {
                workers.addLast(system.workers(id, ONE, passage));
            } else {
                workers.removeFirst().close();
            }
            long leftNs = fromNs + (i + 1) * step.toNanos() - System.nanoTime();
            if (leftNs > 0) {
                TimeUnit.NANOSECONDS.sleep(leftNs);
            }
        }
    }
}
