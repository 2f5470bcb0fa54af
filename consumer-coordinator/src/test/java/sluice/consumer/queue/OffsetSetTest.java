package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetSetTest {

    private static List<Long> all(OffsetSet set) {
        var found = new ArrayList<Long>();
        set.forEachRun((from, count) -> {
            for (long each = from; each < from + count; each++) {
                found.add(each);
            }
        });
        return found;
    }

    /** As a set of numbers does, whatever is added and taken out, close together or far apart. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void itBehavesAsASetOfNumbers(long seed) {
        var random = new Random(seed);
        var set = new OffsetSet();
        var model = new TreeSet<Long>();
        long base = seed % 2 == 0 ? 0 : (1L << 40) - 70_000;
        int spread = new int[] {300, 9_000, 200_000}[(int) (seed % 3)];
        for (int step = 0; step < 60_000; step++) {
            long offset = base + random.nextInt(spread);
            switch (random.nextInt(step % 20_000 < 12_000 ? 4 : 9)) {
                case 0, 1, 2 -> assertEquals(model.add(offset), set.add(offset), "seed=" + seed);
                case 3, 4, 5, 6, 7 ->
                        assertEquals(model.remove(offset), set.remove(offset), "seed=" + seed);
                default -> {
                    long first = model.isEmpty() ? -1 : model.first();
                    assertEquals(first, set.first());
                    assertTrue(first < 0 || set.remove(first));
                    model.pollFirst();
                }
            }
            Long ceiling = model.ceiling(offset);
            assertEquals(ceiling == null ? -1 : ceiling, set.ceiling(offset), "seed=" + seed);
            assertEquals(model.contains(offset), set.contains(offset), "seed=" + seed);
            assertEquals(model.size(), set.count(), "seed=" + seed);
            if (step % 5_000 == 4_999) {
                assertEquals(List.copyOf(model), all(set), "seed=" + seed);
                long below = base + random.nextInt(spread / 4);
                model.headSet(below).clear();
                set.removeBelow(below);
                assertEquals(List.copyOf(model), all(set), "seed=" + seed);
            }
        }
    }

    @Test
    void aRunIsToldAsOneAcrossChunks() {
        var set = new OffsetSet();
        for (long each = 60_000; each < 140_000; each++) {
            set.add(each);
        }
        var runs = new ArrayList<String>();

        set.forEachRun((from, count) -> runs.add(from + "+" + count));

        assertEquals(List.of("60000+80000"), runs);
    }

    @Test
    void aMillionTakesTwoOrThreeBytesEach() {
        var dense = new OffsetSet();
        var scattered = new OffsetSet();
        for (long each = 0; each < 1_000_000; each++) {
            dense.add(each);
            scattered.add(each * 20);
        }

        assertTrue(dense.bytes() < 140_000, () -> "bytes=" + dense.bytes());
        assertTrue(scattered.bytes() < 2_600_000, () -> "bytes=" + scattered.bytes());
    }

    @Test
    void whatIsEmptyTakesNothing() {
        var set = new OffsetSet();
        for (long each = 0; each < 300_000; each += 3) {
            set.add(each);
        }
        for (long each = 0; each < 300_000; each += 3) {
            set.remove(each);
        }

        assertEquals(0, set.bytes());
        assertTrue(set.isEmpty());
    }
}
