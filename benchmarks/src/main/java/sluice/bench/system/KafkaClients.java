package sluice.bench.system;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.client.Received;

/** Kafka's own clients, with the settings that all systems get and its defaults for the rest. */
final class KafkaClients {

    private KafkaClients() {}

    static Map<String, Object> common(String bootstrap) {
        var config = new HashMap<String, Object>();
        config.put("bootstrap.servers", bootstrap);
        return config;
    }

    static final class Producing implements BenchProducer {
        private final String topic;
        private final Acknowledged acknowledged;
        private final KafkaProducer<byte[], byte[]> client;

        Producing(String bootstrap, String topic, ProducerShape shape, Acknowledged acknowledged) {
            this.topic = topic;
            this.acknowledged = acknowledged;
            Map<String, Object> config = common(bootstrap);
            config.put("acks", "all");
            config.put("batch.size", shape.batchBytes());
            config.put("linger.ms", shape.linger().toMillis());
            config.put("buffer.memory", shape.heldBytesMax());
            config.put("max.block.ms", 120_000);
            client =
                    new KafkaProducer<>(
                            config, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public void send(int partition, byte[] value, long intendedNs) {
            var unused =
                    client.send(
                            new ProducerRecord<>(topic, partition, null, value),
                            (_, failure) -> {
                                if (failure == null) {
                                    acknowledged.acknowledged(intendedNs, value.length);
                                } else {
                                    acknowledged.failed(failure.toString());
                                }
                            });
        }

        @Override
        public void flush() {
            client.flush();
        }

        @Override
        public void close() {
            client.close(Duration.ZERO);
        }
    }

    /** One consumer with all partitions assigned, polled by a thread of its own. */
    static final class Consuming implements BenchConsumer {
        private final KafkaConsumer<byte[], ByteBuffer> client;
        private final Received received;
        private final Thread thread;
        private volatile boolean isClosed;

        private Consuming(KafkaConsumer<byte[], ByteBuffer> client, Received received) {
            this.client = client;
            this.received = received;
            this.thread = Thread.ofPlatform().name("kafka-poll").daemon().unstarted(this::run);
        }

        static Consuming begin(
                String bootstrap,
                String topic,
                int partitions,
                boolean isFromStart,
                Received received) {
            Map<String, Object> config = common(bootstrap);
            config.put("enable.auto.commit", false);
            var client =
                    new KafkaConsumer<byte[], ByteBuffer>(
                            config, new ByteArrayDeserializer(), new ByteBufferDeserializer());
            var all =
                    IntStream.range(0, partitions)
                            .mapToObj(i -> new TopicPartition(topic, i))
                            .toList();
            client.assign(all);
            if (isFromStart) {
                client.seekToBeginning(all);
            } else {
                client.seekToEnd(all);
            }
            // A seek is done when its position is asked for.
            all.forEach(client::position);
            var consuming = new Consuming(client, received);
            consuming.thread.start();
            return consuming;
        }

        private void run() {
            try (client) {
                while (!isClosed) {
                    for (ConsumerRecord<byte[], ByteBuffer> record :
                            client.poll(Duration.ofSeconds(1))) {
                        received.received(record.partition(), record.value());
                    }
                }
            } catch (WakeupException e) {
                // Closed.
            } catch (RuntimeException e) {
                received.failed(e.toString());
            }
        }

        @Override
        public void close() {
            isClosed = true;
            client.wakeup();
        }
    }
}
