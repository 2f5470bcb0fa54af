package sluice.bench.member;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Kafka's own consumer. */
final class KafkaMember implements MemberClient {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;

    /**
     * @param settings besides those that every member has
     */
    KafkaMember(
            String bootstrap,
            String name,
            String topic,
            String group,
            Map<String, String> settings,
            Changes changes) {
        this.topic = topic;
        var config = new HashMap<String, Object>(settings);
        config.put("bootstrap.servers", bootstrap);
        config.put("client.id", name);
        config.put("group.id", group);
        config.put("enable.auto.commit", false);
        config.put("auto.offset.reset", "earliest");
        consumer =
                new KafkaConsumer<>(
                        config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(
                List.of(topic),
                new ConsumerRebalanceListener() {
                    @Override
                    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                        changes.assigned(numbers(partitions));
                    }

                    @Override
                    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                        changes.returning(numbers(partitions));
                    }

                    @Override
                    public void onPartitionsLost(Collection<TopicPartition> partitions) {
                        changes.lost(numbers(partitions));
                    }
                });
    }

    private static Set<Integer> numbers(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).collect(Collectors.toSet());
    }

    @Override
    public List<Read> poll(Duration max) {
        var read = new ArrayList<Read>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(max)) {
            read.add(
                    new Read(
                            record.partition(),
                            new MemberEvent.Item(
                                    record.offset(),
                                    new String(record.key(), StandardCharsets.UTF_8),
                                    Long.parseLong(
                                            new String(record.value(), StandardCharsets.UTF_8)))));
        }
        return read;
    }

    @Override
    public void commit(Map<Integer, Long> offsets, Consumer<@Nullable Throwable> answered) {
        consumer.commitAsync(places(offsets), (_, failure) -> answered.accept(failure));
    }

    @Override
    public void commitNow(Map<Integer, Long> offsets) {
        consumer.commitSync(places(offsets));
    }

    @Override
    public boolean commitReturned(Map<Integer, Long> offsets) {
        commitNow(offsets);
        return true;
    }

    private Map<TopicPartition, OffsetAndMetadata> places(Map<Integer, Long> offsets) {
        var places = new HashMap<TopicPartition, OffsetAndMetadata>();
        offsets.forEach((partition, offset) ->
                places.put(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)));
        return places;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
