package sluice.consumer.queue;

import java.util.function.Consumer;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;

/** A request that came, and where its answer goes, once. */
record Asked(
        QueueRef queue,
        long epoch,
        PartitionRequest request,
        Consumer<Outcome<PartitionReply>> answer) {

    void reply(PartitionReply reply) {
        answer.accept(new Outcome.Success<>(reply));
    }

    void fail(SluiceException error) {
        answer.accept(new Outcome.Failure<>(error));
    }
}
