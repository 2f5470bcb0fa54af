package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;
import sluice.metadata.TopicRecord;

/** A queue group that takes from a topic, with consumers of some constancy. */
final class SimulatedQueueGroup {

    private static final GroupName NAME = new GroupName("default", "workers");
    private static final String DEAD = "orders.dead";
    private static final Duration LOOK = Duration.ofMillis(400);
    private static final Duration BACKOFF = Duration.ofMillis(100);
    private static final int FETCH_BYTES = 64 << 10;

    private final SimulatedCluster cluster;
    private final TopicRecord topic;
    private final QueueWatch watch;
    private final Duration backoff;
    private final List<SimulatedConsumer> consumers = new ArrayList<>();

    /** As the coordinator told it last; none while it cannot tell of all partitions. */
    private List<QueueReply.Partition> counted = List.of();

    private boolean isStopped;

    SimulatedQueueGroup(SimulatedCluster cluster, TopicRecord topic, RunShape shape) {
        this.cluster = cluster;
        this.topic = topic;
        this.watch = new QueueWatch(cluster);
        this.backoff = shape.hasDelays() ? BACKOFF : Duration.ZERO;
        for (int i = 0; i < shape.consumers(); i++) {
            this.consumers.add(new SimulatedConsumer(cluster, watch, NAME, shape));
        }
    }

    /** Before any fault. */
    void start() {
        cluster.createTopic(DEAD, 1);
        var config =
                new QueueConfig(
                        List.of(topic.name()),
                        new GroupConfig.Start.Earliest(),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(6),
                        1,
                        50,
                        0,
                        new QueueConfig.Backoff(
                                QueueConfig.Backoff.Growth.FIXED, backoff, backoff, 0),
                        Optional.of(DEAD),
                        QueueConfig.OnReject.DEAD_LETTER,
                        QueueConfig.ActiveConsumer.ALL,
                        false);
        cluster.await(
                cluster.up()
                        .getFirst()
                        .engine()
                        .groups()
                        .call(NAME, new GroupRequest.Put(config, false)));
        consumers.forEach(SimulatedConsumer::start);
    }

    /** From now on all is acknowledged, and the numbers are looked at. */
    void calm() {
        consumers.forEach(SimulatedConsumer::calm);
        look();
    }

    private void look() {
        List<SimulatedGateway> up = cluster.up();
        if (isStopped) {
            return;
        }
        cluster.world.schedule(LOOK, this::look);
        if (!up.isEmpty()) {
            up.get(cluster.time.random().nextInt(up.size()))
                    .engine()
                    .groups()
                    .call(NAME, new QueueRequest.Count())
                    .whenComplete((reply, _) ->
                            cluster.world.schedule(Duration.ZERO, () -> counted(reply)));
        }
    }

    private void counted(@Nullable GroupReply reply) {
        if (reply instanceof QueueReply.Counted now
                && now.partitions().size() == topic.partitions()
                && now.partitions().stream().allMatch(each -> each.numbers().isPresent())) {
            counted = now.partitions();
        }
    }

    /** True if all before the ends is done, and every dead letter is where it belongs. */
    boolean hasDone(long[] ends) {
        for (QueueReply.Partition each : counted) {
            var numbers = each.numbers().orElseThrow();
            if (numbers.floor() < ends[each.partition().partition()]
                    || numbers.backlog().dead() > 0) {
                return false;
            }
        }
        return !counted.isEmpty();
    }

    void stop(long[] ends) {
        isStopped = true;
        consumers.forEach(SimulatedConsumer::stop);
        for (int partition = 0; partition < ends.length; partition++) {
            watch.checkNothingLost(partition, ends[partition]);
        }
        watch.checkRejected(deadLetters().keySet());
    }

    /** Value to offset. */
    private Map<String, Long> deadLetters() {
        SimulatedGateway via = cluster.up().getFirst();
        TopicRecord dead = cluster.await(via.engine().topics().find("default", DEAD)).orElseThrow();
        Map<String, Long> letters = new HashMap<>();
        long at = 0;
        while (true) {
            var found = cluster.await(via.engine().fetch(dead, 0, at, FETCH_BYTES, Duration.ZERO));
            for (SimulatedProducer.Found each : SimulatedProducer.records(found.batches())) {
                if (each.offset() >= at) {
                    watch.dead(letters, each.value(), each.offset());
                    at = each.offset() + 1;
                }
            }
            if (at >= found.highWatermark()) {
                return letters;
            }
        }
    }

    @Override
    public String toString() {
        return "%s counted=%s".formatted(consumers, counted);
    }
}
