package sluice.bench.system;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.produce.Producer;
import sluice.client.produce.ProducerRecord;

/** Sluice's SDK, as an application uses it. */
final class SdkProducer implements BenchProducer {

    private final String topic;
    private final Acknowledged acknowledged;
    private final SluiceClient client;
    private final Producer producer;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    SdkProducer(String gateways, String topic, ProducerShape shape, Acknowledged acknowledged) {
        this.topic = topic;
        this.acknowledged = acknowledged;
        this.client = Sluice.connect(gateways);
        this.producer =
                client.producer()
                        .batchBytes(shape.batchBytes())
                        .linger(shape.linger())
                        .heldBytesMax(shape.heldBytesMax())
                        .build();
    }

    @Override
    public void send(int partition, byte[] value, long intendedNs) {
        var unused =
                producer.send(ProducerRecord.of(topic, value).toPartition(partition))
                        .whenComplete((written, failure) -> {
                            if (failure == null) {
                                acknowledged.acknowledged(intendedNs, value.length);
                            } else if (!isClosed.get() && !Thread.currentThread().isInterrupted()) {
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
        client.close();
    }
}
