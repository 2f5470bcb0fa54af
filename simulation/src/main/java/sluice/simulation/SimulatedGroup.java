package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupRequest;
import sluice.metadata.GroupConfig;
import sluice.metadata.StreamConfig;
import sluice.metadata.TopicRecord;

/** A stream group that reads a topic, with members of some constancy. */
final class SimulatedGroup {

    private static final GroupName NAME = new GroupName("default", "readers");

    private final SimulatedCluster cluster;
    private final TopicRecord topic;
    private final GroupWatch watch;
    private final List<SimulatedMember> members = new ArrayList<>();

    SimulatedGroup(SimulatedCluster cluster, TopicRecord topic, int members, int pauseMsMax) {
        this.cluster = cluster;
        this.topic = topic;
        this.watch = new GroupWatch(cluster, topic.partitions());
        for (int i = 0; i < members; i++) {
            this.members.add(new SimulatedMember(cluster, watch, NAME, topic, pauseMsMax));
        }
    }

    /** Before any fault. */
    void start() {
        var config =
                new StreamConfig(
                        List.of(topic.name()),
                        new GroupConfig.Start.Earliest(),
                        GroupConfig.Delivery.AT_LEAST_ONCE,
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5));
        cluster.await(
                cluster.up()
                        .getFirst()
                        .engine()
                        .groups()
                        .call(NAME, new GroupRequest.Put(config, false)));
        members.forEach(SimulatedMember::start);
    }

    void calm() {
        members.forEach(SimulatedMember::calm);
    }

    /** True if all before the ends was committed. */
    boolean hasCommitted(long[] ends) {
        for (int partition = 0; partition < ends.length; partition++) {
            if (watch.committed(partition) < ends[partition]) {
                return false;
            }
        }
        return true;
    }

    void stop(long[] ends) {
        members.forEach(SimulatedMember::stop);
        for (int partition = 0; partition < ends.length; partition++) {
            watch.checkAllDelivered(partition, ends[partition]);
        }
    }

    @Override
    public String toString() {
        return members.toString();
    }
}
