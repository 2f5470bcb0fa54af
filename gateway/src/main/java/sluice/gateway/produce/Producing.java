package sluice.gateway.produce;

import io.vertx.core.Context;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.engine.Engine;
import sluice.engine.Engine.Acks;
import sluice.gateway.EdgeClock;
import sluice.gateway.OnEventLoop;
import sluice.gateway.admission.Body;
import sluice.metadata.TopicRecord;

/**
 * From a body to its answer: records to batches, batches to the engine, offsets to JSON. Runs on
 * the event loop of the request; only large bodies are read on a worker. The caller releases the
 * body.
 */
@Singleton
final class Producing {

    private final Engine engine;
    private final BodyWork work;
    private final EdgeClock clock;
    private final StickyPartitions sticky;
    private final ProduceAnswers answers;
    private final ProduceMetrics metrics;

    Producing(
            Engine engine,
            BodyWork work,
            EdgeClock clock,
            StickyPartitions sticky,
            ProduceAnswers answers,
            ProduceMetrics metrics) {
        this.engine = engine;
        this.work = work;
        this.clock = clock;
        this.sticky = sticky;
        this.answers = answers;
        this.metrics = metrics;
    }

    CompletionStage<Response> json(
            Context context,
            TopicRecord topic,
            Acks acks,
            Optional<String> idempotencyKey,
            Body body) {
        long startNs = clock.nowNs();
        return work.on(body, () -> place(topic, idempotencyKey, body))
                .thenCompose(placement -> {
                    metrics.letIn(placement.recordCount(), body.length());
                    return OnEventLoop.of(context, append(topic, acks, placement))
                            .thenApply(appends -> {
                                metrics.answered(clock.nowNs() - startNs);
                                return answers.forRecords(acks, placement, appends);
                            });
                });
    }

    private Placement place(TopicRecord topic, Optional<String> idempotencyKey, Body body) {
        var key =
                idempotencyKey.map(text ->
                        IdempotencyKey.of(
                                text, topic.id(), body.array(), body.from(), body.length()));
        var placement = new Placement(topic, sticky, key, clock.wallMs(), clock.nowNs());
        new JsonRecords(body.array(), body.from(), body.length(), placement).read();
        return placement;
    }

    private CompletionStage<Appends> append(TopicRecord topic, Acks acks, Placement placement) {
        var appends = new Appends(placement.batchCount());
        for (int batch = 0; batch < placement.batchCount(); batch++) {
            int partition = placement.partitionOfBatch(batch);
            appends.await(batch, append(topic, partition, acks, placement.batch(batch).build()));
        }
        return appends.all();
    }

    /** The body's batches are all of one partition. */
    CompletionStage<Response> ofPartition(
            Context context, TopicRecord topic, Acks acks, int partition, Body body) {
        return binary(
                context,
                topic,
                acks,
                body,
                () -> BinaryBatches.ofPartition(body.buffer(), partition, topic));
    }

    /** The body's batches are in groups with a partition each. */
    CompletionStage<Response> ofGroups(Context context, TopicRecord topic, Acks acks, Body body) {
        return binary(
                context, topic, acks, body, () -> BinaryBatches.ofGroups(body.buffer(), topic));
    }

    private CompletionStage<Response> binary(
            Context context,
            TopicRecord topic,
            Acks acks,
            Body body,
            Callable<BinaryBatches> reading) {
        long startNs = clock.nowNs();
        return work.on(body, reading)
                .thenCompose(batches -> {
                    int[] counts = countsOf(batches);
                    metrics.letIn(batches.recordCount(), body.length());
                    var appends = new Appends(batches.count());
                    for (int i = 0; i < counts.length; i++) {
                        appends.await(
                                i, append(topic, batches.partition(i), acks, batches.batch(i)));
                    }
                    return OnEventLoop.of(context, appends.all())
                            .thenApply(ended -> {
                                metrics.answered(clock.nowNs() - startNs);
                                return answers.forBatches(acks, batches, counts, ended);
                            });
                });
    }

    /** Never throws: once one batch was given to the engine, all outcomes must be awaited. */
    private CompletionStage<Engine.Appended> append(
            TopicRecord topic, int partition, Acks acks, ByteBuffer batch) {
        try {
            return engine.append(topic, partition, acks, batch);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static int[] countsOf(BinaryBatches batches) {
        var counts = new int[batches.count()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = batches.records(i);
        }
        return counts;
    }
}
