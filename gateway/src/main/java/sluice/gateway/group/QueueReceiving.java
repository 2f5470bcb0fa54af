package sluice.gateway.group;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.gateway.OnEventLoop;
import sluice.gateway.admission.Budgets;
import sluice.gateway.admission.ByteBudget;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/**
 * Calls for messages, within the bounds that fetches have too. A caller that goes away takes none
 * with him: his call ends at once, and what came too late goes back.
 */
@Singleton
final class QueueReceiving {

    private final GroupCalls calls;
    private final Vertx vertx;
    private final Budgets budgets;
    private final GroupMetrics metrics;

    QueueReceiving(GroupCalls calls, Vertx vertx, Budgets budgets, GroupMetrics metrics) {
        this.calls = calls;
        this.vertx = vertx;
        this.budgets = budgets;
        this.metrics = metrics;
    }

    CompletionStage<Response> receive(RoutingContext request, GroupName group, ReceiveBody body) {
        Context context = Vertx.currentContext();
        if (!budgets.pollSeats().tryTake()) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_POLLS,
                    "%d requests are waiting".formatted(budgets.pollSeats().taken()));
        }
        var isAnswered = new boolean[1];
        request.addEndHandler(_ -> {
            if (!isAnswered[0]) {
                stopWaiting(group, body.request());
            }
        });
        return OnEventLoop.of(
                        context,
                        calls.coordinator()
                                .call(group, body.request())
                                .whenComplete((_, _) -> budgets.pollSeats().leave()))
                .whenComplete((_, _) -> isAnswered[0] = true)
                .thenCompose(reply -> answer(request, group, body, (QueueReply.Received) reply));
    }

    /** A call of the session for no messages ends the one that waits. */
    private void stopWaiting(GroupName group, QueueRequest.Receive waiting) {
        if (waiting.session().isPresent()) {
            var _ =
                    calls.coordinator()
                            .call(
                                    group,
                                    new QueueRequest.Receive(
                                            waiting.session(),
                                            waiting.connection(),
                                            waiting.received(),
                                            0,
                                            1,
                                            Duration.ZERO,
                                            Optional.empty()));
        }
    }

    private CompletionStage<Response> answer(
            RoutingContext request,
            GroupName group,
            ReceiveBody body,
            QueueReply.Received received) {
        if (request.response().closed()) {
            giveBack(group, body.request(), received);
        }
        long bytes =
                received.messages().stream()
                        .mapToLong(each -> size(each.record().key()) + size(each.record().value()))
                        .sum();
        // What was taken counts as delivered: it is not refused any more, only counted.
        ByteBudget.Share share = budgets.fetchBytes().newShare();
        boolean _ = share.tryGrowTo(bytes);
        if (request.response().closed()) {
            share.release();
        } else {
            request.addEndHandler(_ -> share.release());
        }
        metrics.delivered(received.messages().size(), bytes);
        return vertx.executeBlocking(
                        () -> GroupCalls.json(200, QueueJson.of(received, body.format())), false)
                .toCompletionStage();
    }

    private static long size(@Nullable ByteBuffer buffer) {
        return buffer == null ? 0 : buffer.remaining();
    }

    /** A session that counts its answers is given this one again; others lost it. */
    private void giveBack(
            GroupName group, QueueRequest.Receive request, QueueReply.Received received) {
        if (request.received() >= 0 || received.messages().isEmpty()) {
            return;
        }
        List<QueueRequest.Item> items =
                received.messages().stream()
                        .map(each ->
                                new QueueRequest.Item(each.delivery(), new Outcome.NotDelivered()))
                        .toList();
        var _ =
                calls.coordinator()
                        .call(
                                group,
                                new QueueRequest.Settle(
                                        request.session(), request.connection(), items));
    }
}
