package sluice.consumer.coordinator;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.QueueRef;
import sluice.consumer.queue.QueueStart;
import sluice.consumer.stream.Refusals;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.metadata.QueueConfig;

/** The partitions that a queue group takes from now. */
final class QueuePartitions {

    private static final class Entry {
        final QueuePartition partition;
        final DeadLetterRounds deadLetters;

        Entry(QueuePartition partition, DeadLetterRounds deadLetters) {
            this.partition = partition;
            this.deadLetters = deadLetters;
        }
    }

    private final Lane lane;
    private final QueueGroupPorts queues;
    private final Asks asks;
    private final GroupName name;
    private final long epoch;
    private final Supplier<QueueConfig> config;
    private final Function<TopicPartition, QueueStart> start;
    private final QueuePartition.Observer observer;
    private final Map<TopicPartition, Entry> entries = new TreeMap<>();
    private final Map<Long, Map<Integer, QueuePartition>> byQueue = new HashMap<>();
    private long dropped;

    /**
     * @param start where the group begins a partition of which nothing is stored
     */
    QueuePartitions(
            Lane lane,
            QueueGroupPorts queues,
            Asks asks,
            GroupName name,
            long epoch,
            Supplier<QueueConfig> config,
            Function<TopicPartition, QueueStart> start,
            QueuePartition.Observer observer) {
        this.lane = lane;
        this.queues = queues;
        this.asks = asks;
        this.name = name;
        this.epoch = epoch;
        this.config = config;
        this.start = start;
        this.observer = observer;
    }

    @Nullable QueuePartition get(TopicPartition at) {
        Entry entry = entries.get(at);
        return entry == null ? null : entry.partition;
    }

    /** The partition of a delivery, if it is one of this group's. */
    @Nullable QueuePartition of(DeliveryId delivery) {
        Map<Integer, QueuePartition> ofTopic = byQueue.get(delivery.queue());
        return ofTopic == null ? null : ofTopic.get(delivery.partition());
    }

    Collection<QueuePartition> all() {
        return entries.values().stream().map(each -> each.partition).toList();
    }

    List<TopicPartition> names() {
        return List.copyOf(entries.keySet());
    }

    /**
     * Lets go of those that are not these; also of one that is another under the old name.
     *
     * @return true if there were any
     */
    boolean retain(Map<TopicPartition, QueueRef> wanted) {
        boolean isLess = false;
        for (QueuePartition each : all()) {
            QueueRef now = wanted.get(each.partition);
            if (now != null && now.stateLog().equals(each.queue().stateLog())) {
                each.is(now);
            } else {
                entries.remove(each.partition);
                each.stop(Refusals.unknownTopic(each.partition.topic()));
                isLess = true;
            }
        }
        return isLess;
    }

    /** Takes up those that are not there. */
    void add(Map<TopicPartition, QueueRef> wanted) {
        wanted.forEach((at, queue) -> entries.computeIfAbsent(at, _ -> made(at, queue)));
        byQueue.clear();
        for (QueuePartition each : all()) {
            byQueue.computeIfAbsent(each.queue().queue(), _ -> new HashMap<>())
                    .put(each.partition.partition(), each);
        }
    }

    private Entry made(TopicPartition at, QueueRef queue) {
        var partition =
                new QueuePartition(
                        queues,
                        lane,
                        asks,
                        epoch,
                        at,
                        queue,
                        () ->
                                new PartitionRequest.Attach(
                                        QueueSettings.policy(config.get()), start.apply(at)),
                        observer);
        var deadLetters =
                new DeadLetterRounds(queues, lane, name, partition, config, () -> dropped++);
        return new Entry(partition, deadLetters);
    }

    /** The partition's owner has dead letters. */
    void deadLetters(QueuePartition of) {
        Entry entry = entries.get(of.partition);
        if (entry != null && entry.partition == of) {
            entry.deadLetters.wanted();
        }
    }

    /** Dead letters that went nowhere. */
    long dropped() {
        return dropped;
    }

    void stop(SluiceException why) {
        all().forEach(each -> each.stop(why));
    }
}
