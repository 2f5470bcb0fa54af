package sluice.consumer.coordinator;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import sluice.consumer.coordinator.PartitionEnds.Ends;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupReply.Move;
import sluice.consumer.group.GroupRequest.Reset;
import sluice.consumer.group.GroupRequest.Target;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.stream.CommittedOffsets;
import sluice.consumer.stream.CommittedOffsets.Entry;
import sluice.consumer.stream.Refusals;
import sluice.consumer.stream.StreamGroup;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;
import sluice.metadata.TopicRecord;

/**
 * Moves committed offsets:
 *
 * <pre>
 *   owners asked ─▶ partitions locked, offsets written ─▶ holds begun anew, written ─▶ answered
 * </pre>
 *
 * <p>While a partition is locked nobody commits it and nobody is given it. A coordinator that dies
 * before the answer may leave the offsets moved and the holds as they were: then the member's next
 * commit moves them back, as if the reset had not been; it was not answered.
 */
final class GroupResets {

    private final GroupPorts ports;
    private final Asks asks;
    private final StreamGroup machine;
    private final CommittedOffsets offsets;
    private final OffsetWrites writes;
    private final Set<TopicPartition> locked = new HashSet<>();

    GroupResets(
            GroupPorts ports,
            Asks asks,
            StreamGroup machine,
            CommittedOffsets offsets,
            OffsetWrites writes) {
        this.ports = ports;
        this.asks = asks;
        this.machine = machine;
        this.offsets = offsets;
        this.writes = writes;
    }

    boolean isLocked(TopicPartition partition) {
        return locked.contains(partition);
    }

    /**
     * @throws SluiceException UNAVAILABLE {@code offsets-resetting}
     */
    void checkNotLocked(List<PartitionOffset> commit) {
        if (commit.stream().anyMatch(each -> isLocked(each.partition()))) {
            throw resetting();
        }
    }

    private static SluiceException resetting() {
        return new SluiceException(
                SluiceException.Kind.UNAVAILABLE,
                "offsets-resetting",
                "the partition's offset is being reset; retry after a pause");
    }

    /**
     * @param restart begins the holds of these partitions anew
     * @param whenDurable calls back when all that changed so far is written
     */
    void start(
            Reset request,
            Map<String, TopicRecord> topics,
            Answer answer,
            Consumer<List<TopicPartition>> restart,
            BiConsumer<Runnable, Consumer<SluiceException>> whenDurable) {
        List<TopicPartition> partitions = partitions(request, topics);
        var moves = new ArrayList<Move>();
        if (partitions.isEmpty()) {
            answer.reply(new GroupReply.Moved(request.dryRun(), moves));
            return;
        }
        int[] left = {partitions.size()};
        var failure = new ArrayList<SluiceException>();
        for (TopicPartition each : partitions) {
            TopicRecord topic = requireNonNull(topics.get(each.topic()));
            asks.ask(
                    () -> move(request.target(), topic, each),
                    outcome -> {
                        switch (outcome) {
                            case Outcome.Success<Move>(var move) -> moves.add(move);
                            case Outcome.Failure<Move>(var error) -> failure.add(error);
                        }
                        if (--left[0] > 0) {
                            return;
                        }
                        moves.sort(Comparator.comparing(Move::partition));
                        if (!failure.isEmpty()) {
                            answer.fail(failure.getFirst());
                        } else if (request.dryRun()) {
                            answer.reply(new GroupReply.Moved(true, moves));
                        } else {
                            move(moves, topics, answer, restart, whenDurable);
                        }
                    });
        }
    }

    /** The partitions that a reset names. */
    static List<TopicPartition> partitions(Reset request, Map<String, TopicRecord> topics) {
        for (String topic : request.topics()) {
            if (!topics.containsKey(topic)) {
                throw Refusals.unknownTopic(topic);
            }
        }
        var partitions = new ArrayList<TopicPartition>();
        for (TopicRecord topic : topics.values()) {
            if (!request.topics().isEmpty() && !request.topics().contains(topic.name())) {
                continue;
            }
            for (int partition : request.partitions()) {
                if (partition < 0 || partition >= topic.partitions()) {
                    throw Refusals.unknownPartition(
                            new TopicPartition(topic.name(), partition), topic.partitions());
                }
            }
            for (int partition = 0; partition < topic.partitions(); partition++) {
                if (request.partitions().isEmpty() || request.partitions().contains(partition)) {
                    partitions.add(new TopicPartition(topic.name(), partition));
                }
            }
        }
        return partitions;
    }

    private CompletionStage<Move> move(Target target, TopicRecord topic, TopicPartition at) {
        var from = offsets.committed(topic.id(), at.partition());
        return ports.ends()
                .ends(topic, at.partition())
                .thenCompose(ends ->
                        wanted(ports, target, topic, at.partition(), ends)
                                .thenApply(wanted -> {
                                    long start = ends.logStart();
                                    long end = ends.highWatermark();
                                    long to = Math.clamp(wanted, start, end);
                                    return new Move(at, from, to, to != wanted, start, end);
                                }));
    }

    /** Where the target is in a partition; perhaps outside of the log. */
    static CompletionStage<Long> wanted(
            GroupPorts ports, Target target, TopicRecord topic, int partition, Ends ends) {
        return switch (target) {
            case Target.Earliest() -> CompletableFuture.completedStage(ends.logStart());
            case Target.Latest() -> CompletableFuture.completedStage(ends.highWatermark());
            case Target.Offset(long offset) -> CompletableFuture.completedStage(offset);
            case Target.Timestamp(long ms) -> ports.ends().offsetAt(topic, partition, ms);
            case Target.Back(var by) ->
                    ports.ends()
                            .offsetAt(
                                    topic,
                                    partition,
                                    Math.max(0, ports.lane().wallMs() - by.toMillis()));
        };
    }

    private void move(
            List<Move> moves,
            Map<String, TopicRecord> topics,
            Answer answer,
            Consumer<List<TopicPartition>> restart,
            BiConsumer<Runnable, Consumer<SluiceException>> whenDurable) {
        List<TopicPartition> partitions = moves.stream().map(Move::partition).toList();
        if (partitions.stream().anyMatch(this::isLocked)) {
            answer.fail(resetting());
            return;
        }
        locked.addAll(partitions);
        List<Entry> entries =
                moves.stream()
                        .map(each ->
                                entry(each, requireNonNull(topics.get(each.partition().topic()))))
                        .toList();
        writes.write(
                entries,
                failure -> {
                    partitions.forEach(locked::remove);
                    restart.accept(machine.held(partitions));
                    ended(moves, failure, answer, whenDurable);
                });
    }

    /** Also when the write failed: of what was partly written the holders begin anew. */
    private static void ended(
            List<Move> moves,
            Optional<SluiceException> failure,
            Answer answer,
            BiConsumer<Runnable, Consumer<SluiceException>> whenDurable) {
        if (failure.isPresent()) {
            answer.fail(failure.get());
        } else {
            whenDurable.accept(
                    () -> answer.reply(new GroupReply.Moved(false, moves)), answer::fail);
        }
    }

    private static Entry entry(Move move, TopicRecord topic) {
        TopicPartition partition = move.partition();
        return new Entry(partition.topic(), topic.id(), partition.partition(), move.to());
    }
}
