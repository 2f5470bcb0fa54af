package sluice.engine;

import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.consumer.PartitionReader;
import sluice.consumer.queue.LocalQueues;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.QueueLimits;
import sluice.consumer.queue.QueuePorts;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;

/**
 * The queues of the partitions that this gateway owns, on the groups' lane. Methods are called on
 * the engine's lane.
 */
final class OwnedQueues {

    private final EngineCore core;
    private final Lane engineLane;
    private final Lane groupLane;
    private final LocalQueues queues;
    private boolean isUsed;
    private volatile int count;

    /**
     * @param wal of this process, never used before
     */
    OwnedQueues(
            EnginePorts ports, UUID wal, EngineCore core, RoutedTail tail, PartitionReader reader) {
        this.core = core;
        this.engineLane = ports.lane();
        this.groupLane = ports.groupLane();
        this.queues =
                new LocalQueues(
                        new QueuePorts(
                                groupLane,
                                new OwnerLogs(engineLane, core, tail, reader),
                                new SplittableRandom(wal.getLeastSignificantBits()),
                                QueueLimits.DEFAULT));
    }

    /**
     * @param answer called on the engine's lane, once
     */
    void handle(CallRequest.Queue request, Consumer<CallReply> answer) {
        core.whenOwned(
                request.slot(),
                _ -> ask(request, answer),
                error -> answer.accept(OwnerAppends.failed(error)));
    }

    private void ask(CallRequest.Queue request, Consumer<CallReply> answer) {
        isUsed = true;
        boolean isQueued =
                groupLane.offer(() -> {
                    queues.handle(
                            request.call(),
                            outcome -> engineLane.executeHere(() -> answer.accept(reply(outcome))));
                    count = queues.count();
                });
        if (!isQueued) {
            answer.accept(OwnerAppends.failed(Router.busy()));
        }
    }

    private static CallReply reply(Outcome<PartitionReply> outcome) {
        return switch (outcome) {
            case Outcome.Success<PartitionReply>(var reply) -> new CallReply.Queue(reply);
            case Outcome.Failure<PartitionReply>(var error) -> OwnerAppends.failed(error);
        };
    }

    /** The slot is no longer this gateway's. */
    void drop(int slot) {
        if (isUsed) {
            groupLane.execute(() -> {
                queues.drop(each -> each == slot);
                count = queues.count();
            });
        }
    }

    /** How many queues were here a moment ago. */
    int count() {
        return count;
    }
}
