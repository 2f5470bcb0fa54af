package sluice.bench.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.Received;
import sluice.bench.client.WorkShape;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.produce.Producer;
import sluice.client.produce.ProducerRecord;
import sluice.client.queue.QueueConsumer;
import sluice.client.queue.QueueConsumerBuilder;
import sluice.client.queue.QueueMessage;

/** Sluice's SDK, as an application uses it with queues: one client for all. */
final class SdkQueueClients implements AutoCloseable {

    /** Messages of a sender that are not acknowledged yet; RabbitMQ's has as many. */
    private static final int UNACKNOWLEDGED_MAX = 4_000;

    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

    private final SluiceClient client;

    /** Queues whose messages have keys. */
    private final Set<String> byKey = ConcurrentHashMap.newKeySet();

    SdkQueueClients(String gateways) {
        client = Sluice.connect(gateways);
    }

    /** Messages of this queue have keys from now on. */
    void byKey(String queue) {
        byKey.add(queue);
    }

    BenchProducer sending(String queue, int together, Acknowledged acknowledged) {
        return new Sending(
                client.producer().build(),
                queue,
                byKey.contains(queue),
                Math.max(UNACKNOWLEDGED_MAX, 10 * together),
                acknowledged);
    }

    /** Each consumer handles one message at a time, as RabbitMQ's do. */
    BenchConsumer working(String queue, WorkShape shape, Received received) {
        List<QueueConsumer> consumers = new ArrayList<>();
        for (int i = 0; i < shape.consumers(); i++) {
            QueueConsumerBuilder consumer =
                    client.queueConsumer(queue)
                            .concurrency(1)
                            .prefetch(shape.prefetch() - 1)
                            .onLost((message, reason) -> received.failed("taken back: " + reason));
            if (shape.isConnectionEach()) {
                consumer.ownConnection();
            }
            consumers.add(consumer.start(message -> received.received(0, valueOf(message))));
        }
        return () -> consumers.forEach(consumer -> consumer.close(CLOSE_MAX));
    }

    private static ByteBuffer valueOf(QueueMessage message) {
        return ByteBuffer.wrap(requireNonNull(message.record().value()));
    }

    @Override
    public void close() {
        client.close();
    }

    /** Each message goes to whichever partition the SDK chooses. */
    private static final class Sending implements BenchProducer {
        private final Producer producer;
        private final String queue;
        private final boolean hasKeys;
        private final Acknowledged acknowledged;
        private final Semaphore room;
        private final AtomicBoolean isClosed = new AtomicBoolean();

        Sending(
                Producer producer,
                String queue,
                boolean hasKeys,
                int unacknowledgedMax,
                Acknowledged acknowledged) {
            this.producer = producer;
            this.queue = queue;
            this.hasKeys = hasKeys;
            this.room = new Semaphore(unacknowledgedMax);
            this.acknowledged = acknowledged;
        }

        @Override
        public void send(int partition, byte[] value, long intendedNs) throws InterruptedException {
            room.acquire();
            ProducerRecord record =
                    hasKeys
                            ? ProducerRecord.of(queue, ("key " + partition).getBytes(UTF_8), value)
                            : ProducerRecord.of(queue, value);
            var unused =
                    producer.send(record)
                            .whenComplete((written, failure) -> {
                                room.release();
                                if (failure == null) {
                                    acknowledged.acknowledged(intendedNs, value.length);
                                } else if (!isClosed.get()) {
                                    acknowledged.failed(String.valueOf(failure));
                                }
                            });
        }

        @Override
        public void flush() {
            producer.flush();
        }

        @Override
        public void close() {
            isClosed.set(true);
            producer.close(Duration.ZERO);
        }
    }
}
