package sluice.bench.aot;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.admin.QueueSettings;
import sluice.client.produce.Producer;
import sluice.client.produce.ProducerRecord;
import sluice.client.queue.QueueConsumer;

/** A queue in use: messages go in, and come out to consumers that acknowledge each. */
final class QueueTraining {

    private static final String QUEUE = "training-queue";
    private static final int CONSUMERS = 10;
    private static final int PREFETCH = 20;
    private static final int VALUE_BYTES = 200;

    /** Messages that are sent and that nobody had yet. */
    private static final int OUTSTANDING = 1_000;

    private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

    private QueueTraining() {}

    /**
     * @param address of a gateway, {@code http://host:port}
     */
    static void run(String address, Duration time) throws InterruptedException {
        long endNs = System.nanoTime() + time.toNanos();
        var outstanding = new Semaphore(OUTSTANDING);
        byte[] value = new byte[VALUE_BYTES];
        List<QueueConsumer> consumers = new ArrayList<>();
        try (SluiceClient client = Sluice.connect(address);
                Producer producer = client.producer().build()) {
            client.admin().putQueue(QUEUE, QueueSettings.defaults());
            for (int i = 0; i < CONSUMERS; i++) {
                consumers.add(
                        client.queueConsumer(QUEUE)
                                .prefetch(PREFETCH)
                                .start(message -> outstanding.release()));
            }
            while (System.nanoTime() - endNs < 0) {
                if (outstanding.tryAcquire(10, TimeUnit.MILLISECONDS)) {
                    var unused = producer.send(ProducerRecord.of(QUEUE, value));
                }
            }
            consumers.forEach(each -> each.close(CLOSE_MAX));
        }
    }
}
