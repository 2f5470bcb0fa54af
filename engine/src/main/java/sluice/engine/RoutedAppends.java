package sluice.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.engine.Engine.Acks;
import sluice.engine.Engine.Appended;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.batch.RecordBatch;
import sluice.log.lane.Lane;
import sluice.metadata.TopicRecord;
import sluice.uploader.RetentionClass;

/** Appends to every partition, by way of the router. Safe from any thread. */
final class RoutedAppends {

    private final Lane lane;
    private final Router router;
    private final EngineLimits limits;

    RoutedAppends(Lane lane, Router router, EngineLimits limits) {
        this.lane = lane;
        this.router = router;
        this.limits = limits;
    }

    /** See {@link Engine#append}. */
    CompletionStage<Appended> append(
            TopicRecord topic, int partition, Acks acks, ByteBuffer batch) {
        int slot = topic.slots().get(partition);
        byte retention = RetentionClass.of(topic.config().retention()).id();
        var request =
                new CallRequest.Append(topic.partition(partition), slot, retention, acks, batch);
        boolean isRepeatable = RecordBatch.producerId(batch, 0) != RecordBatch.NO_PRODUCER_ID;
        var future = new CompletableFuture<Appended>();
        Duration within = limits.ackTimeout().plusSeconds(1);
        boolean isQueued =
                lane.offerHere(() ->
                        router.route(
                                slot,
                                request,
                                isRepeatable,
                                within,
                                outcome ->
                                        RoutedTail.complete(
                                                future, outcome, RoutedAppends::appended)));
        if (!isQueued) {
            future.completeExceptionally(Router.busy());
        }
        return future;
    }

    private static Appended appended(CallReply reply) {
        if (reply instanceof CallReply.Appended(var baseOffset, var duplicate)) {
            return new Appended(baseOffset, duplicate);
        }
        throw RoutedTail.unexpected(reply);
    }
}
