package sluice.bench.queue;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import sluice.bench.beside.Figures;
import sluice.bench.beside.Values;
import sluice.bench.beside.Workload;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.Received;
import sluice.bench.client.WorkShape;
import sluice.bench.system.QueueSystem;

/**
 * A queue by key, of which one key's first message is held by a consumer all the time while so many
 * of that key wait behind it: how the other keys' messages get through.
 */
final class BlockedKeyWork implements Workload<QueueSystem> {

    private static final WorkShape SHAPE = new WorkShape(50, 1, 1);
    private static final int BLOCKED_BYTES = Passage.STAMP_BYTES - 1;
    private static final int TOGETHER = 1_000;

    private final String id;
    private final int blocked;
    private final int perSecond;
    private final QueueSettings settings;

    /**
     * @param blocked messages of one key; 0: none is held either
     */
    BlockedKeyWork(String id, int blocked, int perSecond, QueueSettings settings) {
        this.id = id;
        this.blocked = blocked;
        this.perSecond = perSecond;
        this.settings = settings;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return "order by key, %,d messages/s of 1,000 keys, %d consumers, prefetch 1%s"
                .formatted(
                        perSecond,
                        SHAPE.consumers(),
                        blocked == 0
                                ? ""
                                : ", %,d of another key wait behind one".formatted(blocked));
    }

    @Override
    public Figures measure(QueueSystem system) throws InterruptedException {
        system.createQueueByKey(id);
        var passage = new Passage(() -> {}, Work.NONE);
        var over = new CountDownLatch(1);
        try (BenchConsumer workers = system.workers(id, SHAPE, new Holding(passage, over));
                var sending = new Sending(settings, perSecond, new Semaphore(0))) {
            try {
                fill(system, passage);
                sending.begin(system, id, 1, passage);
                long fromNs = System.nanoTime() + settings.warmUp().toNanos();
                passage.window(fromNs, fromNs + settings.window().toNanos());
                TimeUnit.NANOSECONDS.sleep(fromNs - System.nanoTime());
                long before = passage.done();
                TimeUnit.NANOSECONDS.sleep(settings.window().toNanos());
                long messages = passage.done() - before;
                passage.check();
                sending.end(passage);
                Figures figures =
                        new Figures()
                                .put("messages/s", messages / (settings.window().toNanos() / 1e9))
                                .latency("end to end", passage.times());
                system.heapMib().ifPresent(mib -> figures.put("largest heap MiB", mib));
                return figures;
            } finally {
                over.countDown();
            }
        }
    }

    private void fill(QueueSystem system, Passage passage) throws InterruptedException {
        if (blocked == 0) {
            return;
        }
        var values = new Values(BLOCKED_BYTES);
        try (BenchProducer sender = system.sender(id, TOGETHER, passage)) {
            for (int i = 0; i < blocked; i++) {
                sender.send(0, values.next(), System.nanoTime());
            }
            sender.flush();
        }
        passage.check();
    }

    /** Holds the blocked key's message until the end, and passes all others on. */
    private record Holding(Passage passage, CountDownLatch over) implements Received {
        @Override
        public void received(int partition, ByteBuffer value) {
            if (value.remaining() != BLOCKED_BYTES) {
                passage.received(partition, value);
                return;
            }
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // The consumer is closed.
            }
        }

        @Override
        public void failed(String why) {
            passage.failed(why);
        }
    }
}
