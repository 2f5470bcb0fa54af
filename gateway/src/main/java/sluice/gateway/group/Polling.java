package sluice.gateway.group;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.gateway.OnEventLoop;
import sluice.gateway.admission.Budgets;
import sluice.gateway.admission.ByteBudget;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/** Polls of members, within the bounds that fetches have too. */
@Singleton
final class Polling {

    private final GroupCalls calls;
    private final Vertx vertx;
    private final Budgets budgets;
    private final GroupMetrics metrics;

    Polling(GroupCalls calls, Vertx vertx, Budgets budgets, GroupMetrics metrics) {
        this.calls = calls;
        this.vertx = vertx;
        this.budgets = budgets;
        this.metrics = metrics;
    }

    CompletionStage<Response> poll(RoutingContext request, GroupName group, PollQuery query) {
        Context context = Vertx.currentContext();
        if (!budgets.pollSeats().tryTake()) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_POLLS,
                    "%d requests are waiting".formatted(budgets.pollSeats().taken()));
        }
        return OnEventLoop.of(
                        context,
                        calls.coordinator()
                                .call(group, query.request())
                                .whenComplete((_, _) -> budgets.pollSeats().leave()))
                .thenCompose(reply -> answer(request, query, (GroupReply.Polled) reply));
    }

    private CompletionStage<Response> answer(
            RoutingContext request, PollQuery query, GroupReply.Polled polled) {
        long bytes = 0;
        long records = 0;
        for (GroupReply.Slice slice : polled.slices()) {
            bytes += slice.batches().stream().mapToLong(ByteBuffer::remaining).sum();
            records += slice.to() - slice.from();
        }
        // What was taken counts as delivered: it is not refused any more, only counted.
        ByteBudget.Share share = budgets.fetchBytes().newShare();
        boolean _ = share.tryGrowTo(bytes);
        if (request.response().closed()) {
            share.release();
        } else {
            request.addEndHandler(_ -> share.release());
        }
        metrics.delivered(records, bytes);
        if (bytes == 0) {
            return java.util.concurrent.CompletableFuture.completedStage(
                    GroupCalls.json(200, PolledJson.of(polled, query.format())));
        }
        // Decompression and text take time that the event loop has not.
        return vertx.executeBlocking(
                        () -> GroupCalls.json(200, PolledJson.of(polled, query.format())), false)
                .toCompletionStage();
    }
}
