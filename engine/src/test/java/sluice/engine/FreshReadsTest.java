package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/**
 * How much is kept of what was read; how long, and what if the store is away, {@link
 * TopicCatalogTest} tells.
 */
class FreshReadsTest {

    private final Queue<Runnable> reads = new ArrayDeque<>();
    private final TestClock clock = new TestClock();
    private int readCount;

    private void find(FreshReads<Integer> cache, String key, int value) {
        var asked =
                cache.find(
                                key,
                                _ -> {
                                    readCount++;
                                    return Optional.of(value);
                                })
                        .toCompletableFuture();
        while (!reads.isEmpty()) {
            reads.remove().run();
        }
        assertEquals(Optional.of(value), asked.join());
    }

    @Test
    void whatIsFreshIsReadOnce() {
        var cache = new FreshReads<Integer>(clock, reads::add, 10);
        find(cache, "a", 1);
        find(cache, "a", 1);

        assertEquals(1, readCount);
    }

    @Test
    void theNextReadKnowsWhatTheOneBeforeTold() {
        var cache = new FreshReads<Integer>(clock, reads::add, 10);
        find(cache, "a", 1);
        clock.advance(FreshReads.FRESH.plusMillis(1));

        var asked = cache.find("a", before -> before.map(value -> value + 1)).toCompletableFuture();
        reads.remove().run();

        assertEquals(Optional.of(2), asked.join());
    }

    @Test
    void tooManyItemsAreForgotten() {
        var cache = new FreshReads<Integer>(clock, reads::add, 2);
        find(cache, "a", 1);
        find(cache, "b", 1);
        find(cache, "a", 1);
        assertEquals(2, readCount, "two are kept");

        find(cache, "c", 1);
        find(cache, "a", 1);

        assertEquals(4, readCount, "all were forgotten for the third");
    }

    @Test
    void itemsThatWeighTooMuchAreForgotten() {
        var cache = new FreshReads<Integer>(clock, reads::add, 100, value -> value, 10);
        find(cache, "a", 9);
        find(cache, "b", 9);
        find(cache, "a", 9);
        assertEquals(2, readCount, "it is found when the next comes");

        find(cache, "c", 1);
        find(cache, "a", 9);

        assertEquals(4, readCount);
    }
}
