package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import sluice.consumer.coordinator.CoordinatorWorld.Node;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.Hold;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.metadata.GroupConfig;
import sluice.metadata.GroupConfig.Start;
import sluice.metadata.StreamConfig;

/** One coordinator, a topic of four partitions, and short words for what is asked. */
abstract class LocalGroupsWorld {

    final CoordinatorWorld world = new CoordinatorWorld(5);
    final Node node = world.node("a");

    @BeforeEach
    void aTopicOfFourPartitions() {
        world.topic("t", 4);
        for (int partition = 0; partition < 4; partition++) {
            world.ends("t", partition, 10, 100);
        }
    }

    static StreamConfig config(Start start, String... topics) {
        StreamConfig usual = GroupConfig.stream(List.of(topics));
        return new StreamConfig(
                usual.topics(),
                start,
                usual.delivery(),
                usual.sessionTimeout(),
                usual.revocationTimeout());
    }

    void put(StreamConfig config) {
        world.reply(node, new GroupRequest.Put(config, false));
    }

    void group() {
        put(GroupConfig.stream(List.of("t")));
    }

    static GroupRequest.Join join() {
        return new GroupRequest.Join(
                Optional.empty(), Optional.empty(), Optional.empty(), "client", "gateway");
    }

    GroupReply.Joined joinedAs(String instance) {
        var join =
                new GroupRequest.Join(
                        Optional.of(instance), Optional.empty(), Optional.empty(), "c", "gateway");
        return (GroupReply.Joined) world.reply(node, join);
    }

    GroupReply.Joined joined(Node at) {
        return (GroupReply.Joined) world.reply(at, join());
    }

    static GroupRequest.Heartbeat heartbeat(UUID member, long known, Duration wait) {
        return new GroupRequest.Heartbeat(member, Optional.empty(), known, List.of(), wait, true);
    }

    List<Hold> holds(Node at, UUID member) {
        return ((GroupReply.Holds) world.reply(at, heartbeat(member, -1, Duration.ZERO))).holds();
    }

    static GroupRequest.Commit commit(
            Optional<UUID> member, long epoch, int partition, long offset) {
        return new GroupRequest.Commit(
                member,
                Optional.empty(),
                epoch,
                List.of(new PartitionOffset(new TopicPartition("t", partition), offset)));
    }

    static GroupRequest.Commit commit(GroupReply.Joined by, int partition, long offset) {
        return commit(Optional.of(by.member()), by.epoch(), partition, offset);
    }

    List<PartitionOffset> offsets(Node at) {
        return ((GroupReply.Offsets) world.reply(at, new GroupRequest.Offsets())).offsets();
    }

    static PartitionOffset offset(int partition, long offset) {
        return new PartitionOffset(new TopicPartition("t", partition), offset);
    }
}
