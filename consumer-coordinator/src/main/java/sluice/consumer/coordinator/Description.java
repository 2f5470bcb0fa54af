package sluice.consumer.coordinator;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.consumer.coordinator.PartitionEnds.Ends;
import sluice.consumer.group.GroupDescription;
import sluice.consumer.group.GroupDescription.Member;
import sluice.consumer.group.GroupDescription.Partition;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.stream.CommittedOffsets;
import sluice.consumer.stream.StreamGroup;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupRecord;
import sluice.metadata.MembershipRecord;
import sluice.metadata.MembershipRecord.Held;
import sluice.metadata.TopicRecord;

/** A group as it is at one moment; where its partitions end is asked of their owners. */
final class Description {

    private final UUID self;
    private final GroupRecord group;
    private final long epoch;
    private final List<StreamGroup.MemberView> members;
    private final List<MembershipRecord.Topic> topics;
    private final CommittedOffsets offsets;
    private final Map<TopicPartition, Held> held = new HashMap<>();
    private final Map<TopicPartition, Ends> ends = new HashMap<>();

    Description(
            UUID self,
            GroupRecord group,
            StreamGroup machine,
            CommittedOffsets offsets,
            long nowNs) {
        this.self = self;
        this.group = group;
        this.epoch = machine.epoch();
        this.members = machine.members(nowNs);
        this.topics = machine.topics();
        this.offsets = offsets;
        for (MembershipRecord.Topic topic : topics) {
            for (Held each : topic.holds()) {
                held.put(new TopicPartition(topic.name(), each.partition()), each);
            }
        }
    }

    private static List<TopicPartition> partitions(List<MembershipRecord.Topic> topics) {
        var partitions = new ArrayList<TopicPartition>();
        for (MembershipRecord.Topic topic : topics) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                partitions.add(new TopicPartition(topic.name(), partition));
            }
        }
        return partitions;
    }

    /** What is committed of these topics. */
    static List<PartitionOffset> committed(
            List<MembershipRecord.Topic> topics, CommittedOffsets offsets) {
        var found = new ArrayList<PartitionOffset>();
        for (MembershipRecord.Topic topic : topics) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                var at = new TopicPartition(topic.name(), partition);
                offsets.committed(topic.id(), partition)
                        .ifPresent(offset -> found.add(new PartitionOffset(at, offset)));
            }
        }
        return found;
    }

    /** Asks all owners; those that do not answer leave their partitions without ends. */
    void askEnds(
            Asks asks,
            PartitionEnds owners,
            Map<String, TopicRecord> records,
            Consumer<GroupReply> then) {
        List<TopicPartition> all =
                partitions(topics).stream()
                        .filter(each -> records.containsKey(each.topic()))
                        .toList();
        if (all.isEmpty()) {
            then.accept(toReply());
            return;
        }
        int[] left = {all.size()};
        for (TopicPartition each : all) {
            TopicRecord topic = requireNonNull(records.get(each.topic()));
            asks.ask(
                    () -> owners.ends(topic, each.partition()),
                    outcome -> {
                        if (outcome instanceof Outcome.Success<Ends>(var found)) {
                            ends.put(each, found);
                        }
                        if (--left[0] == 0) {
                            then.accept(toReply());
                        }
                    });
        }
    }

    GroupReply.Described toReply() {
        var described = new ArrayList<Partition>();
        for (MembershipRecord.Topic topic : topics) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                var at = new TopicPartition(topic.name(), partition);
                Optional<Ends> known = Optional.ofNullable(ends.get(at));
                described.add(
                        new Partition(
                                at,
                                offsets.committed(topic.id(), partition),
                                known.map(each -> OptionalLong.of(each.logStart()))
                                        .orElse(OptionalLong.empty()),
                                known.map(each -> OptionalLong.of(each.highWatermark()))
                                        .orElse(OptionalLong.empty()),
                                Optional.ofNullable(held.get(at)).map(Held::member)));
            }
        }
        return new GroupReply.Described(
                new GroupDescription(
                        group.config(),
                        group.createdAtMs(),
                        epoch,
                        self,
                        members.stream().map(this::member).toList(),
                        described));
    }

    private Member member(StreamGroup.MemberView view) {
        MembershipRecord.Member stored = view.stored();
        return new Member(
                stored.id(),
                stored.instance(),
                stored.client(),
                stored.gateway(),
                stored.joinedAtMs(),
                view.heardBefore(),
                held(stored.id(), false),
                held(stored.id(), true));
    }

    private List<TopicPartition> held(UUID member, boolean isRevoking) {
        return held.entrySet().stream()
                .filter(each -> each.getValue().member().equals(member))
                .filter(each -> each.getValue().revoking() == isRevoking)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
