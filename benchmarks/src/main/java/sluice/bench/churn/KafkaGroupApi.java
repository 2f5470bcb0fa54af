package sluice.bench.churn;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;

/** Kafka by its own clients. */
public final class KafkaGroupApi implements GroupApi {

    private final String bootstrap;
    private final Duration sessionTimeout;
    private final Map<String, String> settings;
    private final Admin admin;

    /**
     * @param sessionTimeout as brokers and settings have it
     * @param settings of consumers
     */
    public KafkaGroupApi(String bootstrap, Duration sessionTimeout, Map<String, String> settings) {
        this.bootstrap = bootstrap;
        this.sessionTimeout = sessionTimeout;
        this.settings = Map.copyOf(settings);
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    private static final class KafkaWriter implements Writer {
        private final String topic;
        private final KafkaProducer<String, String> producer;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        KafkaWriter(String topic, KafkaProducer<String, String> producer) {
            this.topic = topic;
            this.producer = producer;
        }

        @Override
        public void send(String key, String value) {
            var unused =
                    producer.send(
                            new ProducerRecord<>(topic, key, value),
                            (_, failed) -> {
                                if (failed != null) {
                                    failure.compareAndSet(null, failed);
                                }
                            });
        }

        @Override
        public void flush() {
            producer.flush();
            SluiceGroupApi.failOn(failure.get());
        }

        @Override
        public void close() {
            producer.close(Duration.ZERO);
        }
    }

    @Override
    public Writer writer(String topic) {
        return new KafkaWriter(
                topic,
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap, "acks", "all"),
                        new StringSerializer(),
                        new StringSerializer()));
    }

    /** Kafka makes groups when they are joined. */
    @Override
    public void createGroup(String group, String topic) {}

    @Override
    public Duration sessionTimeout() {
        return sessionTimeout;
    }

    @Override
    public List<String> memberKind() {
        return List.of("kafka", bootstrap);
    }

    @Override
    public List<String> memberSettings() {
        return new TreeMap<>(settings)
                .entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).toList();
    }

    @Override
    public Map<Integer, Long> ends(String topic) {
        int partitions =
                ask(admin.describeTopics(List.of(topic)).allTopicNames())
                        .values()
                        .iterator()
                        .next()
                        .partitions()
                        .size();
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int i = 0; i < partitions; i++) {
            asked.put(new TopicPartition(topic, i), OffsetSpec.latest());
        }
        return byNumber(ask(admin.listOffsets(asked).all()), found -> found.offset());
    }

    @Override
    public Map<Integer, Long> committed(String group, String topic) {
        return byNumber(
                ask(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()),
                found -> found.offset());
    }

    private static <T> Map<Integer, Long> byNumber(
            Map<TopicPartition, T> found, Function<T, Long> offset) {
        return found.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                each -> each.getKey().partition(),
                                each -> offset.apply(each.getValue())));
    }

    private static <T> T ask(KafkaFuture<T> asked) {
        try {
            return asked.get();
        } catch (ExecutionException e) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE,
                    "no-kafka",
                    "Kafka did not answer: " + e.getCause(),
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Kafka was asked", e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
