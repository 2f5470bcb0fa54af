package sluice.engine;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import sluice.consumer.PartitionRef;
import sluice.consumer.Tail;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.TopicRecord;

/** The tail of every partition, asked of its owner by way of the router. Safe from any thread. */
final class RoutedTail implements Tail {

    private final Lane lane;
    private final Router router;
    private final EngineLimits limits;
    private final EngineMetrics metrics;

    RoutedTail(Lane lane, Router router, EngineLimits limits, EngineMetrics metrics) {
        this.lane = lane;
        this.router = router;
        this.limits = limits;
        this.metrics = metrics;
    }

    @Override
    public CompletionStage<Answer> fetch(
            PartitionRef partition, long offset, int maxBytes, Duration wait) {
        return ask(
                partition.slot(),
                new CallRequest.Fetch(
                        partition.id(),
                        partition.slot(),
                        partition.retentionMs(),
                        offset,
                        maxBytes,
                        Math.toIntExact(wait.toMillis())),
                limits.callTimeout().plus(wait),
                reply ->
                        switch (reply) {
                            case CallReply.Tail(var batches, var hwm, var logStart) -> {
                                metrics.tailRead();
                                yield new Answer.Records(batches, hwm, logStart);
                            }
                            case CallReply.History(var tailStart, var hwm, var logStart) -> {
                                metrics.historyRead();
                                yield new Answer.InHistory(tailStart, hwm, logStart);
                            }
                            default -> throw unexpected(reply);
                        });
    }

    @Override
    public CompletionStage<Found> offsetAt(PartitionRef partition, long timestampMs) {
        return ask(
                partition.slot(),
                new CallRequest.OffsetAt(partition.id(), partition.slot(), timestampMs),
                limits.callTimeout(),
                reply ->
                        switch (reply) {
                            case CallReply.OffsetFound(var offset, var tailStart, var hwm) ->
                                    new Found(offset, tailStart, hwm);
                            default -> throw unexpected(reply);
                        });
    }

    /** Log start and high watermark. */
    CompletionStage<CallReply.Status> status(PartitionRef partition) {
        return ask(
                partition.slot(),
                new CallRequest.Status(partition.id(), partition.slot(), partition.retentionMs()),
                limits.callTimeout(),
                reply -> {
                    if (reply instanceof CallReply.Status status) {
                        return status;
                    }
                    throw unexpected(reply);
                });
    }

    private <T> CompletionStage<T> ask(
            int slot, CallRequest.OfOwner request, Duration timeout, Function<CallReply, T> then) {
        var future = new CompletableFuture<T>();
        boolean isQueued =
                lane.offerHere(() ->
                        router.route(
                                slot,
                                request,
                                true,
                                timeout,
                                outcome -> complete(future, outcome, then)));
        if (!isQueued) {
            future.completeExceptionally(Router.busy());
        }
        return future;
    }

    static <T> void complete(
            CompletableFuture<T> future, Outcome<CallReply> outcome, Function<CallReply, T> then) {
        switch (outcome) {
            case Outcome.Success<CallReply>(var reply) -> {
                try {
                    future.complete(then.apply(reply));
                } catch (SluiceException e) {
                    future.completeExceptionally(e);
                }
            }
            case Outcome.Failure<CallReply>(var error) -> future.completeExceptionally(error);
        }
    }

    static SluiceException unexpected(CallReply reply) {
        return new SluiceException(
                SluiceException.Kind.UNKNOWN_OUTCOME,
                "unexpected-reply",
                "a gateway answered something else than was asked: "
                        + reply.getClass().getSimpleName()
                        + "; gateways of different versions may be mixed");
    }

    /** What a reader must know of a partition. */
    static PartitionRef ref(TopicRecord topic, int partition) {
        return new PartitionRef(
                topic.partition(partition),
                topic.slots().get(partition),
                topic.config().retention().map(Duration::toMillis).orElse(0L));
    }
}
