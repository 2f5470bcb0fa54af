package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;

/** Runs by chance, each from a seed; seeds count from 1. */
final class Seeds {

    private Seeds() {}

    /**
     * A run that did next to nothing proves nothing.
     *
     * @param run makes one, and tells how often it did what
     * @param moreThan how often all of them together are to have done what
     */
    static void assertDone(
            int seeds, LongFunction<Map<String, Integer>> run, Map<String, Integer> moreThan) {
        var done = new TreeMap<String, Integer>();
        for (long seed = 1; seed <= seeds; seed++) {
            run.apply(seed).forEach((what, count) -> done.merge(what, count, Integer::sum));
        }
        moreThan.forEach((what, least) ->
                assertTrue(done.getOrDefault(what, 0) > least, () -> what + " in " + done));
    }

    /**
     * @param run makes one that breaks a rule
     */
    static void assertNoticed(int seeds, Enum<?> breakage, LongConsumer run) {
        assertThrows(
                AssertionError.class,
                () -> {
                    for (long seed = 1; seed <= seeds; seed++) {
                        run.accept(seed);
                    }
                },
                () -> "%s was not noticed: seeds=%d".formatted(breakage, seeds));
    }
}
