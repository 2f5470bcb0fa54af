package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.log.lane.Clock;
import sluice.metadata.Items;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;
import sluice.metadata.TopicStore;
import sluice.metadata.memory.MemoryItemStore;
import sluice.metadata.memory.MemoryItemStore.Fault;

/** What a gateway believes of topics while the metadata store is there, and while it is away. */
class TopicCatalogTest {

    private static final TopicConfig CONFIG =
            new TopicConfig(Optional.empty(), TopicConfig.Profile.LATENCY, 1000);

    private static final Duration LATER = TopicCatalog.FRESH.plusMillis(1);

    private final MemoryItemStore items = new MemoryItemStore();
    private final Queue<Runnable> reads = new ArrayDeque<>();
    private final TestClock clock = new TestClock();
    private final TopicCatalog topics =
            new TopicCatalog(
                    new TopicStore(new Items(items, new Random(1), _ -> {})),
                    clock,
                    reads::add,
                    new Random(2),
                    _ -> {},
                    16);

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

    private static final class TestClock implements Clock {
        private long nowNs;

        void advance(Duration time) {
            nowNs += time.toNanos();
        }

        @Override
        public long nowNs() {
            return nowNs;
        }

        @Override
        public long wallMs() {
            return nowNs / 1_000_000;
        }
    }
}
