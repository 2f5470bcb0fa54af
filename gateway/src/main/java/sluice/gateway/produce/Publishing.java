package sluice.gateway.produce;

import io.vertx.core.Context;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.engine.Engine;
import sluice.engine.Engine.Acks;
import sluice.engine.Engine.Appended;
import sluice.engine.exchange.RoutingTable;
import sluice.gateway.Chance;
import sluice.gateway.EdgeClock;
import sluice.gateway.GatewayConfig;
import sluice.gateway.OnEventLoop;
import sluice.gateway.admission.Body;
import sluice.gateway.admission.Budgets;
import sluice.gateway.admission.ByteBudget;
import sluice.gateway.problem.ExchangeProblem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.log.SluiceException;

/**
 * From a body to its answer, for records that an exchange sends to topics. All of them have all of
 * their records, or the answer is an error.
 *
 * <p>A request that makes several batches has an idempotency key, the caller's or one made here. So
 * what did not get through is sent again, here and by the caller, until all of it is there. A
 * request of one record for one topic is all or nothing by itself: no key is made for it, since a
 * partition remembers so many of them and no more.
 */
@Singleton
final class Publishing {

    /** Bytes of all copies of the records of one request. */
    private static final long COPY_BYTES_MAX = 64L << 20;

    private static final int EVENT_LOOP_COPIES_MAX = 1_000;
    private static final long EVENT_LOOP_COPY_BYTES_MAX = 128 * 1024;

    private static final long PAUSE_FIRST_MS = 100;
    private static final long PAUSE_MAX_MS = 1_000;

    private final Engine engine;
    private final BodyWork work;
    private final Routing routing;
    private final Budgets budgets;
    private final StickyPartitions sticky;
    private final EdgeClock clock;
    private final Chance chance;
    private final PublishAnswers answers;
    private final ProduceMetrics metrics;

    /** No attempt begins later after a request began. */
    private final long attemptsNs;

    Publishing(
            Engine engine,
            BodyWork work,
            Routing routing,
            Budgets budgets,
            StickyPartitions sticky,
            EdgeClock clock,
            Chance chance,
            PublishAnswers answers,
            ProduceMetrics metrics,
            GatewayConfig config) {
        this.engine = engine;
        this.work = work;
        this.routing = routing;
        this.budgets = budgets;
        this.sticky = sticky;
        this.clock = clock;
        this.chance = chance;
        this.answers = answers;
        this.metrics = metrics;
        this.attemptsNs = config.limits().publishAgainMax().toNanos();
    }

    /**
     * @param isMandatory true if a record that goes nowhere is an error
     */
    record Asked(
            Context context,
            RoutingTable table,
            Acks acks,
            boolean isMandatory,
            Optional<String> idempotencyKey) {}

    /** On the request's event loop; the caller releases the body. */
    CompletionStage<Response> publish(Asked asked, Body body) {
        long startNs = clock.nowNs();
        var room = budgets.produceBytes().newShare();
        return work.on(body, () -> read(asked, body))
                .thenCompose(records -> routing.route(asked.context(), asked.table(), records))
                .thenCompose(records -> {
                    check(asked, records, room);
                    metrics.letIn(records.copies(), body.length());
                    metrics.unroutable(records.unroutedCount());
                    if (records.copies() == 0) {
                        return CompletableFuture.completedStage(
                                answers.nothingRouted(asked.acks(), records));
                    }
                    return appended(asked, records, identity(asked, records, body), startNs);
                })
                .whenComplete((_, _) -> {
                    room.release();
                    metrics.answered(clock.nowNs() - startNs);
                });
    }

    private RoutedRecords read(Asked asked, Body body) {
        var records = new RoutedRecords(asked.table().exchange().name(), clock.wallMs());
        new JsonRecords(body.array(), body.from(), body.length(), records).read();
        return records;
    }

    private void check(Asked asked, RoutedRecords records, ByteBudget.Share room) {
        if (asked.isMandatory()) {
            records.checkAllRouted();
        }
        records.stamp();
        long copyBytes = records.copyBytes();
        if (copyBytes > COPY_BYTES_MAX) {
            throw new ProblemException(
                    ExchangeProblem.FAN_OUT_TOO_LARGE,
                    "the copies for all topics take bytes=%,d copyBytesMax=%,d"
                            .formatted(copyBytes, COPY_BYTES_MAX));
        }
        if (!room.tryGrowTo(copyBytes)) {
            throw new ProblemException(
                    ProblemType.OVERLOADED,
                    "%,d bytes are being worked on; %,d are allowed"
                            .formatted(
                                    budgets.produceBytes().bytesHeld(),
                                    budgets.produceBytes().bytesMax()));
        }
    }

    private Optional<Publication.Identity> identity(Asked asked, RoutedRecords records, Body body) {
        boolean isOneBatch = records.recordCount() == 1 && !records.goesToSeveralTopics();
        Optional<String> key =
                asked.idempotencyKey().isPresent() || isOneBatch || asked.acks() == Acks.NONE
                        ? asked.idempotencyKey()
                        : Optional.of(chance.id().toString());
        return key.map(text ->
                new Publication.Identity(
                        text,
                        IdempotencyKey.fingerprint(body.array(), body.from(), body.length())));
    }

    private CompletionStage<Response> appended(
            Asked asked,
            RoutedRecords records,
            Optional<Publication.Identity> identity,
            long startNs) {
        boolean isQuick =
                records.copies() <= EVENT_LOOP_COPIES_MAX
                        && records.copyBytes() <= EVENT_LOOP_COPY_BYTES_MAX;
        Supplier<CompletionStage<Publication>> making =
                () -> work.run(isQuick, () -> new Publication(records, identity, sticky, startNs));
        boolean mayRepeat = identity.isPresent() && asked.acks() != Acks.NONE;
        return making.get()
                .thenCompose(publication ->
                        OnEventLoop.of(asked.context(), appendAll(asked, publication))
                                .thenCompose(ended ->
                                        mayRepeat
                                                ? untilAll(
                                                        asked,
                                                        making,
                                                        ended,
                                                        startNs,
                                                        PAUSE_FIRST_MS)
                                                : CompletableFuture.completedStage(ended))
                                .thenApply(ended ->
                                        answers.of(asked, records, publication, identity, ended)));
    }

    private CompletionStage<Appends> appendAll(Asked asked, Publication publication) {
        var begun = new Appends(publication.batchCount());
        for (int i = 0; i < publication.batchCount(); i++) {
            begun.await(i, append(asked, publication, i));
        }
        return begun.all();
    }

    /** Sends again what did not get through, if some did, or may have. */
    private CompletionStage<Appends> untilAll(
            Asked asked,
            Supplier<CompletionStage<Publication>> making,
            Appends ended,
            long startNs,
            long pauseMs) {
        boolean isLate = clock.nowNs() + pauseMs * 1_000_000 - startNs >= attemptsNs;
        if (isLate || !isWorthAnother(ended)) {
            return CompletableFuture.completedStage(ended);
        }
        return work.pause(pauseMs)
                // The engine owns the batches of before, and may still be writing them.
                .thenCompose(_ -> making.get())
                .thenCompose(anew -> OnEventLoop.of(asked.context(), again(asked, anew, ended)))
                .thenCompose(next ->
                        untilAll(
                                asked, making, next, startNs, Math.min(2 * pauseMs, PAUSE_MAX_MS)));
    }

    private CompletionStage<Appends> again(Asked asked, Publication anew, Appends ended) {
        var next = new Appends(ended.count());
        for (int i = 0; i < ended.count(); i++) {
            next.await(i, outcomeOrAgain(asked, anew, ended, i));
        }
        return next.all();
    }

    private CompletionStage<Appended> outcomeOrAgain(
            Asked asked, Publication anew, Appends ended, int batch) {
        Throwable failure = ended.failure(batch);
        if (failure == null) {
            return CompletableFuture.completedStage(ended.appended(batch));
        }
        return mayPass(failure)
                ? append(asked, anew, batch)
                : CompletableFuture.failedStage(failure);
    }

    /** While nothing is in any log, the caller may as well be told. */
    private static boolean isWorthAnother(Appends ended) {
        boolean isSomethingThere = false;
        boolean isSomethingToDo = false;
        for (int i = 0; i < ended.count(); i++) {
            Throwable failure = ended.failure(i);
            isSomethingThere |= failure == null || isUnknown(failure);
            isSomethingToDo |= failure != null && mayPass(failure);
        }
        return isSomethingThere && isSomethingToDo;
    }

    private static boolean isUnknown(Throwable failure) {
        SluiceException told = told(failure);
        return told != null && told.kind() == SluiceException.Kind.UNKNOWN_OUTCOME;
    }

    private static boolean mayPass(Throwable failure) {
        SluiceException told = told(failure);
        return told != null
                && switch (told.kind()) {
                    case FENCED, OVERLOADED, UNAVAILABLE, UNKNOWN_OUTCOME -> true;
                    case INVALID, NOT_FOUND, CONFLICT, DATA -> false;
                };
    }

    private static @Nullable SluiceException told(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof SluiceException told ? told : null;
    }

    /** Never throws: once one batch was given to the engine, all outcomes must be awaited. */
    private CompletionStage<Appended> append(Asked asked, Publication publication, int batch) {
        try {
            return engine.append(
                    publication.topic(batch),
                    publication.partition(batch),
                    asked.acks(),
                    publication.build(batch));
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }
}
