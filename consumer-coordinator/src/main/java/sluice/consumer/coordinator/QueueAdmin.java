package sluice.consumer.coordinator;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupReply.Move;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.QueueStart;
import sluice.consumer.stream.Refusals;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;
import sluice.metadata.TopicRecord;

/** What operators ask of a queue group: numbers, messages, a purge, another beginning. */
final class QueueAdmin {

    private final GroupPorts ports;
    private final Asks asks;
    private final QueuePartitions partitions;
    private final Consumer<QueuePartition> moved;

    /**
     * @param moved called when all leases of a partition are over
     */
    QueueAdmin(
            GroupPorts ports,
            Asks asks,
            QueuePartitions partitions,
            Consumer<QueuePartition> moved) {
        this.ports = ports;
        this.asks = asks;
        this.partitions = partitions;
        this.moved = moved;
    }

    /** Asks each of the partitions; tells when all have answered. */
    private <T extends PartitionReply> void each(
            Collection<QueuePartition> of,
            PartitionRequest request,
            Class<T> kind,
            PerPartition<T> then,
            Runnable end) {
        int[] left = {of.size() + 1};
        Runnable one =
                () -> {
                    if (--left[0] == 0) {
                        end.run();
                    }
                };
        for (QueuePartition partition : of) {
            partition.call(
                    request,
                    kind,
                    outcome -> {
                        then.accept(partition, outcome);
                        one.run();
                    });
        }
        one.run();
    }

    /** Takes what one partition's owner answered. */
    private interface PerPartition<T> {
        void accept(QueuePartition partition, Outcome<T> outcome);
    }

    /**
     * @param toReply makes the answer of the partitions' numbers
     */
    void count(Function<List<QueueReply.Partition>, GroupReply> toReply, Answer answer) {
        var counted = new ArrayList<QueueReply.Partition>();
        each(
                partitions.all(),
                new PartitionRequest.Count(),
                PartitionReply.Numbers.class,
                (partition, outcome) ->
                        counted.add(
                                new QueueReply.Partition(
                                        partition.partition,
                                        outcome
                                                        instanceof
                                                        Outcome.Success<PartitionReply.Numbers>(
                                                                var numbers)
                                                ? Optional.of(numbers)
                                                : Optional.empty())),
                () -> {
                    counted.sort(Comparator.comparing(QueueReply.Partition::partition));
                    answer.reply(toReply.apply(counted));
                });
    }

    /**
     * @throws SluiceException NOT_FOUND {@code unknown-topic}, {@code unknown-partition}
     */
    void peek(QueueRequest.Peek request, Map<String, TopicRecord> topics, Answer answer) {
        QueuePartition partition = partitions.get(request.partition());
        if (partition == null) {
            TopicRecord topic = topics.get(request.partition().topic());
            throw topic == null
                    ? Refusals.unknownTopic(request.partition().topic())
                    : Refusals.unknownPartition(request.partition(), topic.partitions());
        }
        partition.call(
                new PartitionRequest.Peek(
                        request.from(),
                        request.max(),
                        request.bytesMax(),
                        request.states(),
                        request.filter()),
                PartitionReply.Peeked.class,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<PartitionReply.Peeked>(var page) ->
                                answer.reply(new QueueReply.Peeked(page));
                        case Outcome.Failure<PartitionReply.Peeked>(var error) ->
                                answer.fail(error);
                    }
                });
    }

    void purge(Answer answer) {
        long[] messages = {0};
        var failure = new ArrayList<SluiceException>();
        each(
                partitions.all(),
                new PartitionRequest.Purge(),
                PartitionReply.Purged.class,
                (_, outcome) -> {
                    switch (outcome) {
                        case Outcome.Success<PartitionReply.Purged>(var purged) ->
                                messages[0] += purged.messages();
                        case Outcome.Failure<PartitionReply.Purged>(var error) ->
                                failure.add(error);
                    }
                },
                () -> {
                    if (failure.isEmpty()) {
                        answer.reply(new QueueReply.Purged(messages[0]));
                    } else {
                        answer.fail(partly(failure.getFirst()));
                    }
                });
    }

    private static SluiceException partly(SluiceException cause) {
        return new SluiceException(
                SluiceException.Kind.UNKNOWN_OUTCOME,
                "partly-done",
                "some partitions could not be asked, others did it; do it again: cause="
                        + cause.getMessage(),
                cause);
    }

    /** Where each partition stands, and where the target is; then each begins there. */
    void reset(GroupRequest.Reset request, Map<String, TopicRecord> topics, Answer answer) {
        List<TopicPartition> wanted = GroupResets.partitions(request, topics);
        var moves = new ArrayList<Move>();
        var failure = new ArrayList<SluiceException>();
        int[] left = {wanted.size() + 1};
        Runnable one =
                () -> {
                    if (--left[0] > 0) {
                        return;
                    }
                    moves.sort(Comparator.comparing(Move::partition));
                    if (!failure.isEmpty()) {
                        answer.fail(failure.getFirst());
                    } else if (request.dryRun()) {
                        answer.reply(new GroupReply.Moved(true, moves));
                    } else {
                        move(moves, answer);
                    }
                };
        for (TopicPartition at : wanted) {
            QueuePartition partition = partitions.get(at);
            TopicRecord topic = requireNonNull(topics.get(at.topic()));
            asks.ask(
                    () -> target(request.target(), topic, at),
                    outcome -> {
                        switch (outcome) {
                            case Outcome.Success<Move>(var move) ->
                                    from(partition, move, moves, one);
                            case Outcome.Failure<Move>(var error) -> {
                                failure.add(error);
                                one.run();
                            }
                        }
                    });
        }
        one.run();
    }

    private CompletionStage<Move> target(
            GroupRequest.Target target, TopicRecord topic, TopicPartition at) {
        return ports.ends()
                .ends(topic, at.partition())
                .thenCompose(ends ->
                        GroupResets.wanted(ports, target, topic, at.partition(), ends)
                                .thenApply(wanted -> {
                                    long start = ends.logStart();
                                    long end = ends.highWatermark();
                                    long to = Math.clamp(wanted, start, end);
                                    return new Move(
                                            at, OptionalLong.empty(), to, to != wanted, start, end);
                                }));
    }

    /** From where the group would go on; unknown if the owner does not say. */
    private static void from(
            @Nullable QueuePartition partition, Move move, List<Move> moves, Runnable then) {
        if (partition == null) {
            moves.add(move);
            then.run();
            return;
        }
        partition.call(
                new PartitionRequest.Count(),
                PartitionReply.Numbers.class,
                outcome -> {
                    OptionalLong from =
                            outcome instanceof Outcome.Success<PartitionReply.Numbers>(var numbers)
                                    ? OptionalLong.of(numbers.floor())
                                    : OptionalLong.empty();
                    moves.add(
                            new Move(
                                    move.partition(),
                                    from,
                                    move.to(),
                                    move.isCut(),
                                    move.logStart(),
                                    move.highWatermark()));
                    then.run();
                });
    }

    private void move(List<Move> moves, Answer answer) {
        var failure = new ArrayList<SluiceException>();
        int[] left = {moves.size() + 1};
        Runnable one =
                () -> {
                    if (--left[0] == 0) {
                        if (failure.isEmpty()) {
                            answer.reply(new GroupReply.Moved(false, moves));
                        } else {
                            answer.fail(partly(failure.getFirst()));
                        }
                    }
                };
        for (Move each : moves) {
            QueuePartition partition = partitions.get(each.partition());
            if (partition == null) {
                one.run();
                continue;
            }
            partition.call(
                    new PartitionRequest.Reset(new QueueStart.Offset(each.to())),
                    PartitionReply.Done.class,
                    outcome -> {
                        if (outcome instanceof Outcome.Failure<PartitionReply.Done>(var error)) {
                            failure.add(error);
                        }
                        moved.accept(partition);
                        one.run();
                    });
        }
        one.run();
    }
}
