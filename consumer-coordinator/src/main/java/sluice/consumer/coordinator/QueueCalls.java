package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sluice.consumer.dispatch.QueueEffects;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.Settlement;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;

/** What a queue group wants of its partitions' owners, brought to them. */
final class QueueCalls implements QueueEffects {

    /** Takes what a request for messages brought. */
    interface Acquired {
        /**
         * @param from null if the group does not take from the partition any more
         */
        void acquired(
                @Nullable QueuePartition from,
                long number,
                Outcome<PartitionReply.Acquired> outcome);
    }

    private final Lane lane;
    private final Function<TopicPartition, @Nullable QueuePartition> partitions;
    private final Acquired acquired;

    QueueCalls(
            Lane lane,
            Function<TopicPartition, @Nullable QueuePartition> partitions,
            Acquired acquired) {
        this.lane = lane;
        this.partitions = partitions;
        this.acquired = acquired;
    }

    private void with(TopicPartition at, Consumer<QueuePartition> then) {
        QueuePartition partition = partitions.apply(at);
        if (partition != null) {
            then.accept(partition);
        }
    }

    @Override
    public void acquire(TopicPartition at, long number, List<PartitionRequest.Grant> grants) {
        QueuePartition partition = partitions.apply(at);
        if (partition == null) {
            var gone =
                    new SluiceException(
                            SluiceException.Kind.NOT_FOUND,
                            "unknown-partition",
                            "the group does not read the partition: partition=" + at);
            lane.execute(() -> acquired.acquired(null, number, new Outcome.Failure<>(gone)));
            return;
        }
        partition.flushEnded();
        partition.call(
                new PartitionRequest.Acquire(number, grants, Duration.ZERO),
                PartitionReply.Acquired.class,
                outcome -> acquired.acquired(partition, number, outcome));
    }

    @Override
    public void watch(TopicPartition at, boolean rested, int above) {
        with(at, partition -> partition.watch(rested, above));
    }

    @Override
    public void attach(TopicPartition at) {
        with(at, QueuePartition::attach);
    }

    @Override
    public void giveBack(TopicPartition at, List<Settlement> settlements) {
        with(at, partition -> QueueAnswers.giveBack(partition, settlements));
    }

    @Override
    public void endSession(TopicPartition at, UUID session) {
        with(at, partition -> partition.endSession(session));
    }
}
