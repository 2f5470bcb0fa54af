package sluice.consumer.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.consumer.group.GroupRequest.Commit;
import sluice.consumer.group.GroupRequest.Join;
import sluice.consumer.group.Hold;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.metadata.GroupConfig;
import sluice.metadata.MembershipRecord;
import sluice.metadata.StreamConfig;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;

/** One stream group, driven as its coordinator drives it. */
abstract class StreamGroupWorld {

    static final long SECOND_NS = 1_000_000_000L;
    static final UUID ANN = new UUID(0, 1);
    static final UUID BOB = new UUID(0, 2);
    static final UUID CEM = new UUID(0, 3);
    static final StreamConfig CONFIG = GroupConfig.stream(List.of("t*"));

    final CommittedOffsets offsets = new CommittedOffsets(List.of());
    MembershipRecord stored = MembershipRecord.EMPTY;
    long nowNs = 5 * SECOND_NS;
    StreamGroup group = loaded();

    StreamGroup loaded() {
        return new StreamGroup(CONFIG, stored, nowNs, new GroupLimits(3, 4, 100));
    }

    static TopicRecord topic(String name, long id, int partitions) {
        return new TopicRecord(
                "default",
                name,
                id,
                TopicRecord.State.ACTIVE,
                Collections.nCopies(partitions, 0),
                new TopicConfig(Optional.empty(), TopicConfig.Profile.LATENCY, 1000),
                0);
    }

    void reads(TopicRecord... topics) {
        group.topics(List.of(topics), 1);
        write();
    }

    /** As the coordinator does once for all requests that wait. */
    void write() {
        group.settle((_, _, _, _) -> true);
        if (group.isChanged()) {
            stored = group.next();
            group.written(stored, nowNs);
        }
    }

    static Join join(String instance) {
        return new Join(
                instance.isEmpty() ? Optional.empty() : Optional.of(instance),
                Optional.empty(),
                Optional.empty(),
                "client",
                "gateway");
    }

    void joins(UUID... members) {
        for (UUID member : members) {
            group.join(join(""), member, nowNs, 0);
        }
        write();
    }

    void joinsAs(String instance, UUID member) {
        group.join(join(instance), member, nowNs, 0);
        write();
    }

    void heard(UUID member) {
        group.heard(member, Optional.empty(), true, nowNs);
    }

    List<Integer> partitions(UUID member, Hold.State state) {
        return group.holds(member, offsets, nowNs).stream()
                .filter(hold -> hold.state() == state)
                .map(hold -> hold.partition().partition())
                .toList();
    }

    List<Integer> assigned(UUID member) {
        return partitions(member, Hold.State.ASSIGNED);
    }

    List<Integer> revoking(UUID member) {
        return partitions(member, Hold.State.REVOKING);
    }

    void releases(UUID member) {
        List<TopicPartition> all =
                group.holds(member, offsets, nowNs).stream()
                        .filter(hold -> hold.state() == Hold.State.REVOKING)
                        .map(Hold::partition)
                        .toList();
        group.release(member, group.epoch(), all);
        write();
    }

    static TopicPartition at(int partition) {
        return new TopicPartition("t", partition);
    }

    void commit(UUID member, long epoch, int partition) {
        group.checked(
                new Commit(
                        Optional.of(member),
                        Optional.empty(),
                        epoch,
                        List.of(new PartitionOffset(at(partition), 1))));
    }

    void assertRefused(String code, Runnable request) {
        assertEquals(code, assertThrows(SluiceException.class, request::run).code());
    }
}
