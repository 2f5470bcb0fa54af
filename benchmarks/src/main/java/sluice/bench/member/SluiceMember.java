package sluice.bench.member;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.record.TopicPartition;
import sluice.client.stream.ConsumerRecord;
import sluice.client.stream.RebalanceListener;
import sluice.client.stream.StreamConsumer;

/** The SDK's consumer. */
final class SluiceMember implements MemberClient {

    private final SluiceClient client;
    private final StreamConsumer consumer;
    private final String topic;

    /**
     * @param name what gateways show of it
     */
    SluiceMember(String gateways, String name, String topic, String group, Changes changes) {
        this.topic = topic;
        this.client = Sluice.builder(gateways).label(name).build();
        this.consumer =
                client.streamConsumer(group)
                        .autoCommit(true)
                        // But for what is given back: the member commits, and tells of it.
                        .commitInterval(Duration.ofHours(1))
                        .listener(
                                new RebalanceListener() {
                                    @Override
                                    public void onAssigned(Set<TopicPartition> partitions) {
                                        changes.assigned(numbers(partitions));
                                    }

                                    @Override
                                    public void onRevoking(Set<TopicPartition> partitions) {
                                        changes.returning(numbers(partitions));
                                    }

                                    @Override
                                    public void onLost(Set<TopicPartition> partitions) {
                                        changes.lost(numbers(partitions));
                                    }
                                })
                        .build();
    }

    private static Set<Integer> numbers(Set<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).collect(Collectors.toSet());
    }

    @Override
    public List<Read> poll(Duration max) {
        var read = new ArrayList<Read>();
        for (ConsumerRecord record : consumer.poll(max)) {
            read.add(
                    new Read(
                            record.partition(),
                            new MemberEvent.Item(
                                    record.offset(),
                                    Objects.requireNonNull(record.keyText()),
                                    Long.parseLong(Objects.requireNonNull(record.valueText())))));
        }
        return read;
    }

    @Override
    public void commit(Map<Integer, Long> offsets, Consumer<@Nullable Throwable> answered) {
        var unused =
                consumer.commitAsync(places(offsets))
                        .whenComplete((_, failure) -> answered.accept(failure));
    }

    @Override
    public void commitNow(Map<Integer, Long> offsets) {
        consumer.commit(places(offsets));
    }

    /** The consumer does it when it was told, and gives back afterwards. */
    @Override
    public boolean commitReturned(Map<Integer, Long> offsets) {
        return false;
    }

    private Map<TopicPartition, Long> places(Map<Integer, Long> offsets) {
        var places = new HashMap<TopicPartition, Long>();
        offsets.forEach(
                (partition, offset) -> places.put(new TopicPartition(topic, partition), offset));
        return places;
    }

    @Override
    public void close() {
        consumer.close();
        client.close();
    }
}
