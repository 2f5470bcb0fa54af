package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.engine.Engine.Exchanges.Named;
import sluice.engine.exchange.RoutingTable;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.Binding;
import sluice.metadata.ExchangeRecord;
import sluice.metadata.ExchangeRecord.Type;
import sluice.metadata.ExchangeStore;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.Items;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;
import sluice.metadata.memory.MemoryItemStore;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;

/** Exchanges as gateways change them and believe them. */
class ExchangeCatalogTest {

    private static final String NS = "default";

    private final MemoryItemStore memory = new MemoryItemStore();
    private final TestClock clock = new TestClock();
    private final Queue<Runnable> reads = new ArrayDeque<>();
    private final Map<String, Long> topicIds = new TreeMap<>();
    private final ExchangeCatalog here = catalog(1);
    private final ExchangeCatalog elsewhere = catalog(2);

    private ExchangeCatalog catalog(long seed) {
        return new ExchangeCatalog(
                new ExchangeStore(new Items(memory, new Random(seed), _ -> {})),
                (_, name) -> Optional.ofNullable(topicIds.get(name)).map(id -> topic(name, id)),
                clock,
                reads::add);
    }

    private static TopicRecord topic(String name, long id) {
        return new TopicRecord(
                NS,
                name,
                id,
                TopicRecord.State.ACTIVE,
                List.of(0),
                new TopicConfig(Optional.empty(), TopicConfig.Profile.LATENCY, 100),
                0);
    }

    @BeforeEach
    void topicsAndAnExchange() {
        topicIds.put("orders", 1L);
        topicIds.put("audit", 2L);
        here.put(NS, "events", Type.TOPIC, Optional.empty());
    }

    private static Named named(String topic, String key) {
        return new Named(topic, Optional.of(key), Optional.empty());
    }

    private static Named named(String topic) {
        return new Named(topic, Optional.empty(), Optional.empty());
    }

    private static void assertRefused(String code, Kind kind, Runnable call) {
        var refused = assertThrows(SluiceException.class, call::run);
        assertEquals(kind + " " + code, refused.kind() + " " + refused.code());
    }

    private Optional<RoutingTable> find(ExchangeCatalog catalog) {
        var asked = catalog.find(NS, "events").toCompletableFuture();
        while (!reads.isEmpty()) {
            reads.remove().run();
        }
        return asked.join();
    }

    private RoutingTable found(ExchangeCatalog catalog) {
        return find(catalog).orElseThrow();
    }

    private int bindingsFound(ExchangeCatalog catalog) {
        return found(catalog).exchange().bindings().size();
    }

    @Nested
    class WhatIsBelieved {

        @Test
        void aBindingIsSeenEverywhereWithinTwoSeconds() {
            assertEquals(0, bindingsFound(here));
            assertEquals(0, bindingsFound(elsewhere));
            here.bind(NS, "events", List.of(named("orders", "#")));

            assertEquals(1, bindingsFound(here), "where it was made it is seen at once");
            assertEquals(0, bindingsFound(elsewhere));
            clock.advance(FreshReads.FRESH.plusMillis(1));
            assertEquals(1, bindingsFound(elsewhere));
        }

        @Test
        void aDeletedExchangeIsGoneWithinTwoSeconds() {
            found(here);
            found(elsewhere);
            here.delete(NS, "events", false);

            assertTrue(find(here).isEmpty());
            assertEquals(0, bindingsFound(elsewhere));
            clock.advance(FreshReads.FRESH.plusMillis(1));
            assertTrue(find(elsewhere).isEmpty());
        }

        @Test
        void anExchangeThatDidNotChangeIsNotCompiledAnew() {
            RoutingTable before = found(here);
            clock.advance(FreshReads.FRESH.plusMillis(1));
            assertSame(before, found(here));

            elsewhere.bind(NS, "events", List.of(named("orders", "#")));
            clock.advance(FreshReads.FRESH.plusMillis(1));
            assertNotSame(before, found(here));
        }

        @Test
        void whileTheStoreIsAwayAKnownExchangeRoutesOn() {
            found(here);
            memory.setFaults((_, _, _) -> Fault.REFUSED);
            clock.advance(FreshReads.FRESH.plusMillis(1));

            assertEquals(0, bindingsFound(here));
            assertThrows(CompletionException.class, () -> found(elsewhere));
        }
    }

    @Nested
    class Put {

        @Test
        void theSameAgainChangesNothing() {
            here.bind(NS, "events", List.of(named("orders", "#")));
            long version = version();

            assertFalse(here.put(NS, "events", Type.TOPIC, Optional.empty()).isNew());
            assertEquals(version, version());
        }

        private long version() {
            return memory.get(Table.EXCHANGES, "default/events").orElseThrow().version();
        }

        @Test
        void theAlternateIsWhatWasSaidLast() {
            here.bind(NS, "events", List.of(named("orders", "#")));
            here.put(NS, "rest", Type.FANOUT, Optional.empty());

            here.put(NS, "events", Type.TOPIC, Optional.of("rest"));

            ExchangeRecord exchange = here.get(NS, "events");
            assertEquals(Optional.of("rest"), exchange.alternate());
            assertEquals(1, exchange.bindings().size(), "bindings stay");
            here.put(NS, "events", Type.TOPIC, Optional.empty());
            assertEquals(Optional.empty(), here.get(NS, "events").alternate());
        }

        @Test
        void anotherTypeIsAConflict() {
            assertRefused(
                    "exchange-exists",
                    Kind.CONFLICT,
                    () -> here.put(NS, "events", Type.DIRECT, Optional.empty()));
        }

        @Test
        void anAlternateMustBeThere() {
            assertRefused(
                    "unknown-exchange",
                    Kind.NOT_FOUND,
                    () -> here.put(NS, "events", Type.TOPIC, Optional.of("nobody")));
        }

        @Test
        void anAlternateThatLeadsBackIsRefused() {
            here.put(NS, "a", Type.FANOUT, Optional.of("events"));
            here.put(NS, "b", Type.FANOUT, Optional.of("a"));

            for (String back : List.of("events", "a", "b")) {
                assertRefused(
                        "alternate-cycle",
                        Kind.CONFLICT,
                        () -> here.put(NS, "events", Type.TOPIC, Optional.of(back)));
            }
        }

        @Test
        void aChainOfAlternatesHasAnEnd() {
            for (int i = 0; i < ExchangeCatalog.ALTERNATES_MAX; i++) {
                here.put(
                        NS,
                        "x" + i,
                        Type.FANOUT,
                        i == 0 ? Optional.empty() : Optional.of("x" + (i - 1)));
            }
            String last = "x" + (ExchangeCatalog.ALTERNATES_MAX - 1);

            assertTrue(here.put(NS, "y", Type.FANOUT, Optional.of(last)).isNew());
            assertRefused(
                    "alternate-cycle",
                    Kind.CONFLICT,
                    () -> here.put(NS, "z", Type.FANOUT, Optional.of("y")));
        }
    }

    @Nested
    class Delete {

        @Test
        void anAlternateOfOthersIsNotDeletedUnlessByForce() {
            here.put(NS, "a", Type.FANOUT, Optional.of("events"));

            assertRefused("exchange-in-use", Kind.CONFLICT, () -> here.delete(NS, "events", false));

            here.delete(NS, "events", true);
            assertRefused("unknown-exchange", Kind.NOT_FOUND, () -> here.get(NS, "events"));
            assertEquals(Optional.of("events"), here.get(NS, "a").alternate());
        }

        @Test
        void usersAreFoundOnEveryPage() {
            IntStream.range(0, 250)
                    .forEach(i ->
                            here.put(
                                    NS,
                                    "x%03d".formatted(i),
                                    Type.FANOUT,
                                    i == 249 ? Optional.of("events") : Optional.empty()));

            assertRefused("exchange-in-use", Kind.CONFLICT, () -> here.delete(NS, "events", false));
        }

        @Test
        void whatIsNotThereIsToldAsSuch() {
            assertRefused(
                    "unknown-exchange", Kind.NOT_FOUND, () -> here.delete(NS, "nobody", true));
        }
    }

    /** Between the look of this one and its change. */
    private void boundElsewhereBefore(Call change) {
        memory.setFaults((call, _, _) -> {
            if (call == change) {
                memory.setFaults((_, _, _) -> Fault.NONE);
                elsewhere.bind(NS, "events", List.of(named("audit", "#")));
            }
            return Fault.NONE;
        });
    }

    @Test
    void neitherOfTwoBindingsIsLost() {
        boundElsewhereBefore(Call.PUT);
        here.bind(NS, "events", List.of(named("orders", "#")));

        assertEquals(2, here.get(NS, "events").bindings().size());
    }

    @Test
    void anExchangeThatIsBoundWhileItIsDeletedIsGone() {
        boundElsewhereBefore(Call.DELETE);
        here.delete(NS, "events", false);

        assertRefused("unknown-exchange", Kind.NOT_FOUND, () -> here.get(NS, "events"));
    }

    @Nested
    class Bindings {

        @Test
        void aBindingIsThereOnceHoweverOftenItIsMade() {
            assertEquals(1, here.bind(NS, "events", List.of(named("orders", "a"))).count());
            assertEquals(0, here.bind(NS, "events", List.of(named("orders", "a"))).count());
            assertEquals(1, here.bind(NS, "events", List.of(named("orders", "b"))).count());

            assertEquals(2, here.get(NS, "events").bindings().size());
        }

        @Test
        void aTopicMustBeThere() {
            assertRefused(
                    "unknown-topic",
                    Kind.NOT_FOUND,
                    () ->
                            here.bind(
                                    NS,
                                    "events",
                                    List.of(named("orders", "a"), named("nobody", "a"))));
            assertEquals(List.of(), here.get(NS, "events").bindings());
        }

        @Test
        void whatTheTypeDoesNotLookAtIsRefused() {
            here.put(NS, "all", Type.FANOUT, Optional.empty());

            assertRefused(
                    "bad-binding",
                    Kind.INVALID,
                    () -> here.bind(NS, "all", List.of(named("orders"), named("audit", "k"))));
            assertEquals(List.of(), here.get(NS, "all").bindings());
        }

        @Test
        void aBindingIsTakenAwayByWhatItSays() {
            here.bind(
                    NS,
                    "events",
                    List.of(named("orders", "a"), named("orders", "b"), named("audit", "a")));

            assertEquals(1, here.unbind(NS, "events", List.of(named("orders", "a"))).count());
            assertEquals(0, here.unbind(NS, "events", List.of(named("orders", "a"))).count());
            assertEquals(
                    List.of("audit a", "orders b"),
                    here.get(NS, "events").bindings().stream()
                            .map(each -> each.topic() + " " + each.routingKey())
                            .toList());
        }

        @Test
        void aTopicNamedAloneLosesAllOfItsBindings() {
            here.bind(
                    NS,
                    "events",
                    List.of(named("orders", "a"), named("orders", "b"), named("audit", "a")));

            assertEquals(2, here.unbind(NS, "events", List.of(named("orders"))).count());
        }

        @Test
        void aTopicMadeAnewUnderTheNameIsNotBound() {
            here.bind(NS, "events", List.of(named("orders", "a"), named("audit", "a")));
            topicIds.put("orders", 7L);

            here.bind(NS, "events", List.of(named("orders", "b")));

            assertEquals(
                    List.of("2 a", "7 b"),
                    here.get(NS, "events").bindings().stream()
                            .map(each -> each.topicId() + " " + each.routingKey())
                            .toList());
        }

        @Test
        void bindingsOfADeletedTopicGoFromEveryExchange() {
            here.put(NS, "direct", Type.DIRECT, Optional.empty());
            here.bind(NS, "direct", List.of(named("orders", "a")));
            here.bind(NS, "events", List.of(named("orders", "a"), named("audit", "a")));

            here.topicDeleted(NS, 1);

            assertEquals(List.of(), here.get(NS, "direct").bindings());
            assertEquals(
                    List.of(new Binding("audit", 2, "a", Optional.empty())),
                    here.get(NS, "events").bindings());
        }

        @Test
        void anExchangeIsFullAtSomePoint() {
            var many =
                    IntStream.range(0, ExchangeRecord.BINDINGS_MAX)
                            .mapToObj(i -> named("orders", "k" + i))
                            .toList();
            here.bind(NS, "events", many);

            assertRefused(
                    "too-many-bindings",
                    Kind.CONFLICT,
                    () -> here.bind(NS, "events", List.of(named("orders", "more"))));
            assertEquals(ExchangeRecord.BINDINGS_MAX, bindingsFound(here));
        }
    }
}
