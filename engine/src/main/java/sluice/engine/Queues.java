package sluice.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.consumer.queue.PartitionQueues;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.QueueCall;
import sluice.consumer.queue.QueueRef;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.lane.Lane;

/** The way to a queue: the owner of its partition's slot. Safe from any thread. */
final class Queues implements PartitionQueues {

    private final Lane lane;
    private final Router router;
    private final EngineLimits limits;

    Queues(Lane lane, Router router, EngineLimits limits) {
        this.lane = lane;
        this.router = router;
        this.limits = limits;
    }

    @Override
    public CompletionStage<PartitionReply> call(
            QueueRef queue, long coordinatorEpoch, PartitionRequest request) {
        var call = new QueueCall(queue, coordinatorEpoch, request);
        var future = new CompletableFuture<PartitionReply>();
        boolean isQueued =
                lane.offerHere(() ->
                        router.route(
                                queue.partition().slot(),
                                new CallRequest.Queue(call),
                                call.isRepeatable(),
                                limits.ackTimeout().plus(limits.callTimeout()).plus(call.waitMax()),
                                outcome -> RoutedTail.complete(future, outcome, Queues::reply)));
        if (!isQueued) {
            future.completeExceptionally(Router.busy());
        }
        return future;
    }

    private static PartitionReply reply(CallReply reply) {
        if (reply instanceof CallReply.Queue(var ofQueue)) {
            return ofQueue;
        }
        throw RoutedTail.unexpected(reply);
    }
}
