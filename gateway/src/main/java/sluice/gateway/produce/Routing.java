package sluice.gateway.produce;

import io.vertx.core.Context;
import jakarta.inject.Singleton;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.engine.Engine;
import sluice.engine.exchange.RoutingTable;
import sluice.gateway.OnEventLoop;
import sluice.gateway.topics.Namespaces;
import sluice.metadata.TopicRecord;

/**
 * Finds where the records of a request go: through their exchange, then, what that sends nowhere,
 * through its alternate, and so on. Each exchange is gone through once, whatever its alternates
 * say, and one that is gone ends the way.
 */
@Singleton
final class Routing {

    /** Matching larger tables, or more records, would hold up the others of their event loop. */
    private static final int EVENT_LOOP_BINDINGS_MAX = 1_000;

    private static final int EVENT_LOOP_RECORDS_MAX = 1_000;

    private final Engine engine;
    private final BodyWork work;

    Routing(Engine engine, BodyWork work) {
        this.engine = engine;
        this.work = work;
    }

    /** Ends on the context's event loop, with the same records. */
    CompletionStage<RoutedRecords> route(
            Context context, RoutingTable table, RoutedRecords records) {
        return through(context, table, records, new HashSet<>());
    }

    private CompletionStage<RoutedRecords> through(
            Context context, RoutingTable table, RoutedRecords records, Set<String> passed) {
        passed.add(table.exchange().name());
        boolean isQuick =
                table.exchange().bindings().size() <= EVENT_LOOP_BINDINGS_MAX
                        && records.recordCount() <= EVENT_LOOP_RECORDS_MAX;
        return work.run(isQuick, () -> records.match(table))
                .thenCompose(wanted -> OnEventLoop.of(context, present(table, wanted)))
                .thenCompose(present -> {
                    records.settle(table, present);
                    return alternate(context, table, records, passed);
                });
    }

    private CompletionStage<RoutedRecords> alternate(
            Context context, RoutingTable table, RoutedRecords records, Set<String> passed) {
        Optional<String> alternate =
                table.exchange().alternate().filter(name -> !passed.contains(name));
        if (alternate.isEmpty() || records.firstUnrouted() < 0) {
            return CompletableFuture.completedStage(records);
        }
        return OnEventLoop.of(
                        context, engine.exchanges().find(Namespaces.ofRequest(), alternate.get()))
                .thenCompose(found ->
                        found.isEmpty()
                                ? CompletableFuture.completedStage(records)
                                : through(context, found.get(), records, passed));
    }

    /** Those of the targets that are there, and are the topics that were bound. */
    private CompletionStage<Map<Integer, TopicRecord>> present(RoutingTable table, BitSet wanted) {
        Map<Integer, CompletableFuture<Optional<TopicRecord>>> finds = new HashMap<>();
        wanted.stream()
                .forEach(target ->
                        finds.put(
                                target,
                                engine.topics()
                                        .find(
                                                Namespaces.ofRequest(),
                                                table.targets().get(target).topic())
                                        .toCompletableFuture()));
        return CompletableFuture.allOf(finds.values().toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    Map<Integer, TopicRecord> present = new HashMap<>();
                    finds.forEach((target, find) ->
                            find.join()
                                    .filter(topic ->
                                            topic.id() == table.targets().get(target).topicId())
                                    .ifPresent(topic -> present.put(target, topic)));
                    return present;
                });
    }
}
