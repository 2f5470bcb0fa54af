package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.stream.CommittedOffsets;
import sluice.consumer.stream.CommittedOffsets.Entry;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupConfig.Start;
import sluice.metadata.TopicRecord;

/**
 * Where a group begins a partition of which it committed nothing. A start that is not the earliest
 * record is found once and committed, before the partition is given to anybody: else each member
 * that has the partition before the first commit would begin elsewhere, and what came between would
 * be skipped.
 */
final class StartPins {

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final GroupPorts ports;
    private final Asks asks;
    private final CommittedOffsets offsets;
    private final OffsetWrites writes;
    private final Supplier<Start> start;
    private final Function<String, TopicRecord> topics;
    private final Runnable pinned;
    private final Set<TopicPartition> underWay = new HashSet<>();

    /**
     * @param pinned called when a partition may be given that could not before
     */
    StartPins(
            GroupPorts ports,
            Asks asks,
            CommittedOffsets offsets,
            OffsetWrites writes,
            Supplier<Start> start,
            Function<String, TopicRecord> topics,
            Runnable pinned) {
        this.ports = ports;
        this.asks = asks;
        this.offsets = offsets;
        this.writes = writes;
        this.start = start;
        this.topics = topics;
        this.pinned = pinned;
    }

    /** True if it is settled where the partition's next holder begins; else that is begun. */
    boolean isGivable(String topic, long topicId, int first, int partition) {
        if (offsets.isPending(topicId, partition)) {
            return false;
        }
        if (offsets.committed(topicId, partition).isPresent()
                || start.get() instanceof Start.Earliest) {
            return true;
        }
        if (underWay.add(new TopicPartition(topic, partition))) {
            pin(topic, topicId, first, partition);
        }
        return false;
    }

    private void pin(String topic, long topicId, int first, int partition) {
        Start now = start.get();
        asks.ask(
                () -> offset(now, topics.apply(topic), first, partition),
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<Long>(Long offset) ->
                                writes.write(
                                        List.of(new Entry(topic, topicId, partition, offset)),
                                        failure -> {
                                            if (failure.isPresent()) {
                                                later(topic, partition);
                                            } else {
                                                done(topic, partition);
                                            }
                                        });
                        case Outcome.Failure<Long> _ -> later(topic, partition);
                    }
                });
    }

    /** What came after the group took its topic up is new to it, so it reads all of it. */
    private CompletionStage<Long> offset(Start now, TopicRecord topic, int first, int partition) {
        return switch (now) {
            case Start.Earliest() -> CompletableFuture.completedStage(0L);
            case Start.Latest() ->
                    partition >= first
                            ? CompletableFuture.completedStage(0L)
                            : ports.ends()
                                    .ends(topic, partition)
                                    .thenApply(PartitionEnds.Ends::highWatermark);
            case Start.Timestamp(long ms) -> ports.ends().offsetAt(topic, partition, ms);
            case Start.Offset(long offset) ->
                    ports.ends()
                            .ends(topic, partition)
                            .thenApply(ends ->
                                    Math.clamp(offset, ends.logStart(), ends.highWatermark()));
        };
    }

    private void later(String topic, int partition) {
        ports.lane().schedule(AGAIN, () -> done(topic, partition));
    }

    private void done(String topic, int partition) {
        underWay.remove(new TopicPartition(topic, partition));
        pinned.run();
    }
}
