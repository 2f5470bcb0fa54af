package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.metadata.Binding;
import sluice.metadata.ExchangeRecord;
import sluice.metadata.ExchangeStore;
import sluice.metadata.Items;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;
import sluice.metadata.TopicStore;
import sluice.metadata.Versioned;
import sluice.metadata.memory.MemoryItemStore;
import sluice.metadata.memory.MemoryItemStore.Fault;

/** What a gateway believes of topics while the metadata store is there, and while it is away. */
class TopicCatalogTest {

    private static final TopicConfig CONFIG =
            new TopicConfig(Optional.empty(), TopicConfig.Profile.LATENCY, 1000);

    private static final Duration LATER = FreshReads.FRESH.plusMillis(1);

    private final MemoryItemStore items = new MemoryItemStore();
    private final Queue<Runnable> reads = new ArrayDeque<>();
    private final TestClock clock = new TestClock();
    private final Items tables = new Items(items, new Random(1), _ -> {});
    private final ExchangeCatalog exchanges =
            new ExchangeCatalog(
                    new ExchangeStore(tables),
                    (namespace, name) ->
                            new TopicStore(tables).get(namespace, name).map(Versioned::value),
                    clock,
                    reads::add);
    private final TopicCatalog topics =
            new TopicCatalog(
                    new TopicStore(tables),
                    clock,
                    reads::add,
                    new Random(2),
                    _ -> {},
                    16,
                    exchanges);

    @BeforeEach
    void aKnownTopic() {
        topics.create("default", "known", 1, CONFIG);
        assertTrue(found("known").isPresent());
    }

    @Test
    void aKnownTopicOutlivesTheStoresAbsence() {
        items.setFaults((_, _, _) -> Fault.REFUSED);
        for (int i = 0; i < 10; i++) {
            clock.advance(LATER);

            assertTrue(found("known").isPresent(), "after " + i);
        }
    }

    @Test
    void anAbsentStoreIsWaitedForOnceAndNotAtEachRead() {
        items.setFaults((_, _, _) -> Fault.REFUSED);
        clock.advance(LATER);
        found("known");
        clock.advance(LATER);

        var asked = topics.find("default", "known").toCompletableFuture();

        assertTrue(asked.isDone(), "the read is still under way");
        assertEquals(1, reads.size());
    }

    @Test
    void aStoreThatIsBackIsBelieved() {
        items.setFaults((_, _, _) -> Fault.REFUSED);
        clock.advance(LATER);
        found("known");
        items.setFaults((_, _, _) -> Fault.NONE);
        clock.advance(LATER);
        found("known");
        clock.advance(LATER);

        var asked = topics.find("default", "known").toCompletableFuture();

        assertTrue(!asked.isDone(), "the present record is waited for again");
        runReads();
        assertTrue(asked.join().isPresent());
    }

    @Test
    void aTopicThatWasNeverKnownFailsAsTheStoreDoes() {
        items.setFaults((_, _, _) -> Fault.REFUSED);

        assertThrows(CompletionException.class, () -> found("unknown"));
    }

    @Test
    void aTopicThatWasNotThereIsNotSaidToBeMissingWhileTheStoreIsAway() {
        assertEquals(Optional.empty(), found("missing"));
        items.setFaults((_, _, _) -> Fault.REFUSED);
        clock.advance(LATER);

        assertThrows(CompletionException.class, () -> found("missing"));
    }

    @Test
    void bindingsGoWithTheirTopic() {
        exchanges.put("default", "x", ExchangeRecord.Type.FANOUT, Optional.empty());
        topics.create("default", "other", 1, CONFIG);
        exchanges.bind("default", "x", List.of(named("known"), named("other")));

        topics.delete("default", "known");

        assertEquals(
                List.of("other"),
                exchanges.get("default", "x").bindings().stream().map(Binding::topic).toList());
    }

    private static Engine.Exchanges.Named named(String topic) {
        return new Engine.Exchanges.Named(topic, Optional.empty(), Optional.empty());
    }

    private Optional<TopicRecord> found(String name) {
        CompletableFuture<Optional<TopicRecord>> asked =
                topics.find("default", name).toCompletableFuture();
        runReads();
        return asked.join();
    }

    private void runReads() {
        while (!reads.isEmpty()) {
            reads.remove().run();
        }
    }
}
