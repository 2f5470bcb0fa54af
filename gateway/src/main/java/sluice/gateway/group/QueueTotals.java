package sluice.gateway.group;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.PartitionReply;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/**
 * A queue group's numbers, all partitions together.
 *
 * @param isComplete false if the owner of a partition did not answer; then it is left out
 * @param behind another message of their key
 * @param dead on their way to the dead-letter topic
 */
record QueueTotals(
        boolean isComplete,
        long ready,
        long inFlight,
        long delayed,
        long behind,
        long dead,
        long settled,
        long expired,
        OptionalLong oldestReadyMs) {

    static QueueTotals of(QueueReply.Counted counted) {
        List<PartitionReply.Numbers> numbers = numbers(counted);
        return new QueueTotals(
                numbers.size() == counted.partitions().size(),
                numbers.stream().mapToLong(each -> each.backlog().ready()).sum(),
                numbers.stream().mapToLong(each -> each.backlog().inFlight()).sum(),
                numbers.stream().mapToLong(each -> each.backlog().delayed()).sum(),
                numbers.stream().mapToLong(each -> each.backlog().behind()).sum(),
                numbers.stream().mapToLong(each -> each.backlog().dead()).sum(),
                numbers.stream().mapToLong(PartitionReply.Numbers::settled).sum(),
                numbers.stream().mapToLong(PartitionReply.Numbers::expired).sum(),
                numbers.stream()
                        .map(PartitionReply.Numbers::oldestReadyMs)
                        .filter(OptionalLong::isPresent)
                        .mapToLong(OptionalLong::getAsLong)
                        .min());
    }

    /** Of the partitions of which the owners answered. */
    static List<PartitionReply.Numbers> numbers(QueueReply.Counted counted) {
        return counted.partitions().stream()
                .map(QueueReply.Partition::numbers)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The same, or a refusal: a part of the numbers would mislead. */
    QueueTotals complete(QueueReply.Counted counted) {
        if (!isComplete) {
            throw incomplete(
                    counted.partitions().stream()
                            .filter(each -> each.numbers().isEmpty())
                            .findFirst()
                            .orElseThrow()
                            .partition());
        }
        return this;
    }

    static ProblemException incomplete(TopicPartition at) {
        return new ProblemException(
                ProblemType.NUMBERS_INCOMPLETE,
                "The owner of partition %d of %s does not answer now"
                        .formatted(at.partition(), at.topic()));
    }
}
