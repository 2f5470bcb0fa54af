package sluice.gateway.consume;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import sluice.engine.Engine;
import sluice.engine.Engine.Fetched;
import sluice.engine.Engine.PartitionStatus;
import sluice.gateway.EdgeClock;
import sluice.gateway.OnEventLoop;
import sluice.gateway.admission.Budgets;
import sluice.gateway.admission.ByteBudget;
import sluice.gateway.consume.FetchQuery.Position;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.log.SluiceException;
import sluice.metadata.TopicRecord;

/**
 * From a position to the answer: one fetch of the engine, told in the format that was asked for.
 */
@Singleton
final class Fetching {

    static final String BATCHES_MEDIA_TYPE = "application/vnd.sluice.record-batches";

    private final Engine engine;
    private final Vertx vertx;
    private final EdgeClock clock;
    private final Budgets budgets;
    private final FetchMetrics metrics;

    Fetching(Engine engine, Vertx vertx, EdgeClock clock, Budgets budgets, FetchMetrics metrics) {
        this.engine = engine;
        this.vertx = vertx;
        this.clock = clock;
        this.budgets = budgets;
        this.metrics = metrics;
    }

    /** A partition that the topic has. */
    record Source(TopicRecord topic, int partition) {}

    private record Found(long from, Fetched fetched) {}

    CompletionStage<Response> fetch(RoutingContext request, Source source, FetchQuery query) {
        Context context = Vertx.currentContext();
        long startNs = clock.nowNs();
        return OnEventLoop.of(context, seated(query, () -> find(source, query)))
                .thenCompose(found -> {
                    long bytes = bytesOf(found.fetched());
                    holdUntilAnswered(request, bytes);
                    return answer(query, found)
                            .thenApply(response -> {
                                metrics.answered(bytes, clock.nowNs() - startNs);
                                return response;
                            });
                });
    }

    /** A request that may wait takes a seat for as long as the engine has it. */
    private CompletionStage<Found> seated(FetchQuery query, Supplier<CompletionStage<Found>> work) {
        if (query.pollWait().isZero()) {
            return work.get();
        }
        if (!budgets.pollSeats().tryTake()) {
            throw new ProblemException(
                    ProblemType.TOO_MANY_POLLS,
                    "%d requests are waiting".formatted(budgets.pollSeats().taken()));
        }
        CompletionStage<Found> found;
        try {
            found = work.get();
        } catch (RuntimeException e) {
            found = CompletableFuture.failedStage(e);
        }
        return found.whenComplete((_, _) -> budgets.pollSeats().leave());
    }

    private CompletionStage<Found> find(Source source, FetchQuery query) {
        return switch (query.position()) {
            case Position.AtOffset(long offset) -> fetchAt(source, query, offset);
            case Position.AtTime(long timestampMs) ->
                    engine.offsetAt(source.topic(), source.partition(), timestampMs)
                            .thenCompose(offset -> fetchAt(source, query, offset));
            case Position.Latest() ->
                    status(source)
                            .thenCompose(status -> fetchAt(source, query, status.highWatermark()));
            case Position.Earliest() -> fromLogStart(source, query);
        };
    }

    private CompletionStage<Found> fromLogStart(Source source, FetchQuery query) {
        CompletionStage<Found> first =
                status(source).thenCompose(status -> fetchAt(source, query, status.logStart()));
        // Retention may pass the log start between the two calls; the caller named no offset, so it
        // is asked again, once.
        return first.exceptionallyCompose(failure ->
                isOutOfRange(failure)
                        ? status(source).thenCompose(now -> fetchAt(source, query, now.logStart()))
                        : CompletableFuture.failedStage(failure));
    }

    private CompletionStage<PartitionStatus> status(Source source) {
        return engine.status(source.topic(), source.partition());
    }

    private CompletionStage<Found> fetchAt(Source source, FetchQuery query, long offset) {
        return engine.fetch(
                        source.topic(),
                        source.partition(),
                        offset,
                        query.maxBytes(),
                        query.pollWait())
                .thenApply(fetched -> {
                    boolean isBehind = offset < fetched.logStart();
                    if (isBehind || offset > fetched.highWatermark()) {
                        throw outOfRange(offset, fetched.logStart(), fetched.highWatermark());
                    }
                    return new Found(offset, fetched);
                })
                .exceptionallyCompose(failure -> withRange(source, offset, failure));
    }

    /** The engine says that an offset is out of range, but not what the range is. */
    private CompletionStage<Found> withRange(Source source, long offset, Throwable failure) {
        if (!(causeOf(failure) instanceof SluiceException known)
                || !known.code().equals(ProblemType.OFFSET_OUT_OF_RANGE.code())) {
            return CompletableFuture.failedStage(failure);
        }
        return status(source)
                .thenCompose(status ->
                        CompletableFuture.failedStage(
                                outOfRange(offset, status.logStart(), status.highWatermark())));
    }

    private static ProblemException outOfRange(long offset, long logStart, long highWatermark) {
        return new ProblemException(
                Problem.of(
                                ProblemType.OFFSET_OUT_OF_RANGE,
                                "offset=%d logStart=%d highWatermark=%d"
                                        .formatted(offset, logStart, highWatermark))
                        .with("logStart", logStart)
                        .with("highWatermark", highWatermark));
    }

    private static boolean isOutOfRange(Throwable failure) {
        return causeOf(failure) instanceof ProblemException known
                && known.problem().code().equals(ProblemType.OFFSET_OUT_OF_RANGE.code());
    }

    private static Throwable causeOf(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private void holdUntilAnswered(RoutingContext request, long bytes) {
        ByteBudget.Share share = budgets.fetchBytes().newShare();
        if (!share.tryGrowTo(bytes)) {
            throw new ProblemException(
                    ProblemType.OVERLOADED,
                    "%,d bytes are being sent to callers; %,d are allowed"
                            .formatted(
                                    budgets.fetchBytes().bytesHeld(),
                                    budgets.fetchBytes().bytesMax()));
        }
        if (request.response().closed()) {
            share.release();
        } else {
            request.addEndHandler(_ -> share.release());
        }
    }

    private static long bytesOf(Fetched fetched) {
        return fetched.batches().stream().mapToLong(ByteBuffer::remaining).sum();
    }

    private CompletionStage<Response> answer(FetchQuery query, Found found) {
        if (query.format() == ValueFormat.BINARY) {
            return CompletableFuture.completedStage(binary(query, found));
        }
        if (found.fetched().batches().isEmpty()) {
            return CompletableFuture.completedStage(json(query, found));
        }
        // Decompression and text take time that the event loop has not.
        return vertx.executeBlocking(() -> json(query, found), false).toCompletionStage();
    }

    private static Response json(FetchQuery query, Found found) {
        return Response.ok(
                        JsonAnswer.of(query, found.from(), found.fetched()),
                        MediaType.APPLICATION_JSON_TYPE)
                .build();
    }

    private static Response binary(FetchQuery query, Found found) {
        Fetched fetched = found.fetched();
        var answer = BinaryAnswer.of(fetched.batches(), found.from(), query.recordsMax());
        return Response.ok(answer.body(), BATCHES_MEDIA_TYPE)
                .header("Sluice-Next-Offset", answer.nextOffset())
                .header("Sluice-High-Watermark", fetched.highWatermark())
                .header("Sluice-Log-Start", fetched.logStart())
                .build();
    }
}
