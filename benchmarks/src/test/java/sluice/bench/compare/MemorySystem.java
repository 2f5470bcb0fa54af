package sluice.bench.compare;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.client.Received;
import sluice.bench.client.SingleWrites;
import sluice.bench.system.MessagingSystem;
import sluice.bench.system.SystemProcess;

/** A system that acknowledges at once and remembers in which order it was asked. */
final class MemorySystem implements MessagingSystem {

    /** What was asked of it, without records. */
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    /** The partitions of the first records, of the first producer. */
    final List<Integer> partitions = Collections.synchronizedList(new ArrayList<>());

    private static final int REMEMBERED = 100;

    private final List<byte[]> log = Collections.synchronizedList(new ArrayList<>());
    private int producers;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void start() {}

    @Override
    public void createTopic(String topic, int count) {
        asked.add("topic of " + count);
    }

    @Override
    public synchronized BenchProducer producer(
            String topic, ProducerShape shape, Acknowledged acknowledged) {
        boolean isFirst = producers++ == 0;
        return new BenchProducer() {
            @Override
            public void send(int partition, byte[] value, long intendedNs)
                    throws InterruptedException {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (isFirst && partitions.size() < REMEMBERED) {
                    partitions.add(partition);
                }
                log.add(value);
                acknowledged.acknowledged(intendedNs, value.length);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    @Override
    public BenchConsumer consumer(String topic, int count, Received received) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BenchConsumer reader(String topic, int count, Received received) {
        asked.add("reader after " + log.size());
        Thread thread =
                Thread.ofVirtual()
                        .start(() -> {
                            for (int i = 0; i < log.size(); i++) {
                                received.received(0, ByteBuffer.wrap(log.get(i)));
                            }
                        });
        return thread::interrupt;
    }

    @Override
    public void awaitStored(Duration max) {
        asked.add("stored " + log.size());
    }

    @Override
    public SingleWrites singleWrites(
            String topic, int writers, int valueBytes, Acknowledged acknowledged) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<SystemProcess> processes() {
        return List.of();
    }

    @Override
    public void close() {}
}
