package sluice.consumer.coordinator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import sluice.consumer.PartitionRef;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.QueueRef;
import sluice.consumer.queue.QueueStart;
import sluice.log.SluiceException;
import sluice.metadata.GroupConfig;
import sluice.metadata.GroupRecord;
import sluice.metadata.MembershipRecord;
import sluice.metadata.TopicRecord;
import sluice.metadata.Versioned;

/**
 * The topics that a queue group takes from, and with how many partitions it found each: those that
 * come later are new to the group, wherever it begins. That is stored before a partition is taken
 * up, in the item that a stream group has for its members.
 */
final class QueueTopics implements GroupRemoval.Membership {

    /** Told what becomes of the writes. */
    interface Observer {
        /** The group reads these partitions now. */
        void follow(Map<TopicPartition, QueueRef> partitions);

        /** The item is another coordinator's now, or what it holds is not known. */
        void lost(SluiceException why);
    }

    private final GroupPorts ports;
    private final GroupRecord group;
    private final Observer observer;
    private Versioned<MembershipRecord> stored;
    private Map<String, TopicRecord> wanted = new TreeMap<>();
    private Map<String, TopicRecord> topics = new TreeMap<>();
    private boolean isFollowed;
    private boolean isWriting;
    private boolean isStopped;
    private Runnable onceEnded = () -> {};

    QueueTopics(
            GroupPorts ports,
            GroupRecord group,
            Versioned<MembershipRecord> stored,
            Observer observer) {
        this.ports = ports;
        this.group = group;
        this.stored = stored;
        this.observer = observer;
    }

    @Override
    public long version() {
        return stored.version();
    }

    @Override
    public void whenEnded(Runnable then) {
        if (isWriting) {
            onceEnded = then;
        } else {
            then.run();
        }
    }

    boolean isIdle() {
        return !isWriting;
    }

    /** True if all that the settings name is followed. */
    boolean isSettled() {
        return isFollowed && !isWriting && wanted.equals(topics);
    }

    /** Topics that are read, by name. */
    Map<String, TopicRecord> topics() {
        return topics;
    }

    /** An id that this group has for a topic, and no other group for any. */
    static long queueId(UUID group, long topic) {
        long mixed =
                mix(
                        mix(mix(group.getMostSignificantBits()) ^ group.getLeastSignificantBits())
                                ^ topic);
        long id = mixed & Long.MAX_VALUE;
        return id == 0 ? 1 : id;
    }

    /** The last step of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** These are the topics that the settings name. */
    void follow(List<TopicRecord> found) {
        var next = new TreeMap<String, TopicRecord>();
        int partitions = 0;
        for (TopicRecord each : found) {
            if (next.size() < ports.limits().topicsMax()
                    && partitions + each.partitions() <= ports.limits().partitionsMax()) {
                next.put(each.name(), each);
                partitions += each.partitions();
            }
        }
        wanted = next;
        write();
    }

    private void write() {
        if (isWriting || isStopped || (isFollowed && wanted.equals(topics))) {
            return;
        }
        Map<String, TopicRecord> now = wanted;
        var next = new MembershipRecord(0, List.of(), topics(now));
        if (next.equals(stored.value())) {
            written(now);
            return;
        }
        isWriting = true;
        GroupRemoval.write(
                ports,
                () -> ports.store().putMembership(group.id(), next, stored.version()),
                version -> {
                    stored = new Versioned<>(next, version);
                    ended();
                    if (!isStopped) {
                        written(now);
                        write();
                    }
                },
                error -> {
                    ended();
                    if (!OffsetWrites.isNotDone(error) || OffsetWrites.isMoved(error)) {
                        observer.lost(error);
                    }
                });
    }

    private void ended() {
        isWriting = false;
        Runnable then = onceEnded;
        onceEnded = () -> {};
        then.run();
    }

    private List<MembershipRecord.Topic> topics(Map<String, TopicRecord> now) {
        Map<Long, MembershipRecord.Topic> before = new HashMap<>();
        stored.value().topics().forEach(each -> before.put(each.id(), each));
        var next = new ArrayList<MembershipRecord.Topic>();
        for (TopicRecord each : now.values()) {
            MembershipRecord.Topic known = before.get(each.id());
            int first =
                    known != null
                            ? known.first()
                            : each.createdAtMs() > group.createdAtMs() ? 0 : each.partitions();
            next.add(
                    new MembershipRecord.Topic(
                            each.name(), each.id(), each.partitions(), first, List.of()));
        }
        return next;
    }

    private void written(Map<String, TopicRecord> now) {
        topics = now;
        isFollowed = true;
        var partitions = new TreeMap<TopicPartition, QueueRef>();
        for (TopicRecord topic : now.values()) {
            long retentionMs = topic.config().retention().map(each -> each.toMillis()).orElse(0L);
            for (int i = 0; i < topic.partitions(); i++) {
                var partition =
                        new PartitionRef(topic.partition(i), topic.slots().get(i), retentionMs);
                partitions.put(
                        new TopicPartition(topic.name(), i),
                        new QueueRef(group.id(), queueId(group.id(), topic.id()), partition));
            }
        }
        observer.follow(partitions);
    }

    /** Where the group begins a partition of which nothing is stored. */
    QueueStart start(GroupConfig.Start start, TopicPartition partition) {
        return switch (start) {
            case GroupConfig.Start.Earliest() -> new QueueStart.Earliest();
            case GroupConfig.Start.Latest() ->
                    isNew(partition) ? new QueueStart.Earliest() : new QueueStart.Latest();
            case GroupConfig.Start.Timestamp(long ms) -> new QueueStart.Timestamp(ms);
            case GroupConfig.Start.Offset(long offset) -> new QueueStart.Offset(offset);
        };
    }

    /** True if it came after the group took its topic up. */
    private boolean isNew(TopicPartition partition) {
        return stored.value().topics().stream()
                .filter(each -> each.name().equals(partition.topic()))
                .anyMatch(each -> partition.partition() >= each.first());
    }

    void stop() {
        isStopped = true;
    }
}
