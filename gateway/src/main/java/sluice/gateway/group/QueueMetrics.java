package sluice.gateway.group;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.Startup;
import io.vertx.core.Vertx;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.engine.Engine;
import sluice.gateway.EdgeClock;

/**
 * Numbers of the queue groups that this gateway coordinates, looked up from time to time. A group
 * of which the numbers are not complete, or that nobody uses, has none.
 */
@Startup
@Singleton
final class QueueMetrics {

    /** Each group is some series in whatever keeps the metrics. */
    private static final int GROUPS_MAX = 200;

    private static final long LOOK_EVERY_MS = 15_000;

    private record Numbers(GroupName group, QueueTotals totals, long sessions, long busy) {}

    private record Shown(MultiGauge gauge, ToDoubleFunction<Numbers> number) {}

    private final Provider<Engine> engine;
    private final MeterRegistry registry;
    private final EdgeClock clock;
    private final AtomicBoolean isLooking = new AtomicBoolean();
    private final List<Shown> shown = new ArrayList<>();

    QueueMetrics(Provider<Engine> engine, MeterRegistry registry, EdgeClock clock, Vertx vertx) {
        this.engine = engine;
        this.registry = registry;
        this.clock = clock;
        show("ready", "Messages that could be given out now", each -> each.totals().ready());
        show("in.flight", "Messages that consumers work on", each -> each.totals().inFlight());
        show("delayed", "Messages that are ready later", each -> each.totals().delayed());
        show("behind", "Messages that wait for their key", each -> each.totals().behind());
        show("expired", "Messages whose time was over", each -> each.totals().expired());
        show("dead", "Messages on their way to dead letters", each -> each.totals().dead());
        show("settled", "Messages that are done", each -> each.totals().settled());
        show("oldest.ready.seconds", "Age of the oldest message that is ready", this::ageSeconds);
        show("sessions", "Consumers", Numbers::sessions);
        show("sessions.busy", "Consumers that have a message", Numbers::busy);
        vertx.setPeriodic(
                LOOK_EVERY_MS,
                _ -> {
                    var _ = look();
                });
    }

    private void show(String name, String meaning, ToDoubleFunction<Numbers> number) {
        MultiGauge gauge =
                MultiGauge.builder("sluice.queue." + name).description(meaning).register(registry);
        shown.add(new Shown(gauge, number));
    }

    private double ageSeconds(Numbers numbers) {
        long nowMs = clock.wallMs();
        return Math.max(0, nowMs - numbers.totals().oldestReadyMs().orElse(nowMs)) / 1e3;
    }

    /** Ends when the numbers are shown. */
    CompletionStage<Void> look() {
        if (!isLooking.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(null);
        }
        var found = new ConcurrentLinkedQueue<Numbers>();
        return looked(found)
                .whenComplete((_, _) -> {
                    register(found);
                    isLooking.set(false);
                });
    }

    private CompletionStage<Void> looked(Collection<Numbers> found) {
        try {
            return engine.get()
                    .queueGroupsHere(GROUPS_MAX)
                    .thenCompose(groups ->
                            CompletableFuture.allOf(
                                    groups.stream()
                                            .map(each -> count(each, found))
                                            .toArray(CompletableFuture[]::new)));
        } catch (RuntimeException stopping) {
            return CompletableFuture.failedStage(stopping);
        }
    }

    private CompletableFuture<Void> count(GroupName group, Collection<Numbers> found) {
        return engine.get()
                .groups()
                .call(group, new QueueRequest.Count())
                .thenAccept(reply -> {
                    var counted = (QueueReply.Counted) reply;
                    QueueTotals totals = QueueTotals.of(counted);
                    if (totals.isComplete()) {
                        long busy =
                                counted.sessions().stream()
                                        .filter(each -> each.inFlight() > 0)
                                        .count();
                        found.add(new Numbers(group, totals, counted.sessions().size(), busy));
                    }
                })
                // It moved, or was deleted.
                .exceptionally(_ -> null)
                .toCompletableFuture();
    }

    private void register(Collection<Numbers> found) {
        for (Shown each : shown) {
            each.gauge()
                    .register(
                            found.stream()
                                    .<MultiGauge.Row<?>>map(one ->
                                            MultiGauge.Row.of(
                                                    Tags.of(
                                                            "namespace",
                                                            one.group().namespace(),
                                                            "group",
                                                            one.group().name()),
                                                    each.number().applyAsDouble(one)))
                                    .toList(),
                            true);
        }
    }
}
