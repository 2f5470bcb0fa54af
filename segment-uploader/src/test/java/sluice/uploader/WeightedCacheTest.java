package sluice.uploader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightedCacheTest {

    private final WeightedCache<String, Integer> cache = new WeightedCache<>(10, weight -> weight);

    @Test
    void whatWasUsedLeastRecentlyGoesFirst() {
        cache.put("a", 4);
        cache.put("b", 4);
        cache.get("a");

        cache.put("c", 4);

        assertEquals(Optional.of(4), cache.get("a"));
        assertEquals(Optional.empty(), cache.get("b"));
        assertEquals(8, cache.weight());
    }

    @Test
    void whatIsTooHeavyIsNotKeptAndCostsNoOther() {
        cache.put("a", 10);
        cache.put("b", 11);

        assertEquals(Optional.of(10), cache.get("a"));
        assertEquals(Optional.empty(), cache.get("b"));
    }

    @Test
    void aNewValueReplacesTheOldOne() {
        cache.put("a", 3);
        cache.put("a", 5);
        assertEquals(5, cache.weight());

        cache.remove("a");
        cache.remove("a");
        assertEquals(0, cache.weight());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theWeightIsNeverOverItsLimit(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            String key = "k" + random.nextInt(20);
            switch (random.nextInt(3)) {
                case 0 -> cache.get(key);
                case 1 -> cache.remove(key);
                default -> cache.put(key, random.nextInt(12));
            }
            assertTrue(
                    cache.weight() >= 0 && cache.weight() <= 10,
                    "seed=" + seed + " step=" + i + " weight=" + cache.weight());
        }
    }
}
