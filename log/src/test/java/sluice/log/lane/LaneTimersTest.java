package sluice.log.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaneTimersTest {

    private final LaneTimers timers = new LaneTimers();
    private final List<String> ran = new ArrayList<>();

    @Test
    void theFirstDueComesFirstAndOfTwoAtOnceTheOneAddedFirst() {
        add(20, "late");
        add(10, "one");
        add(10, "other");
        add(5, "early");

        runDue(15);
        assertEquals(List.of("early", "one", "other"), ran);

        runDue(20);
        assertEquals(List.of("early", "one", "other", "late"), ran);
    }

    @Test
    void deadlinesMayLieAcrossTheEndOfTheClocksRange() {
        add(Long.MIN_VALUE + 5, "after the end");
        add(Long.MAX_VALUE - 5, "before the end");

        runDue(Long.MAX_VALUE - 1);
        assertEquals(List.of("before the end"), ran);

        runDue(Long.MIN_VALUE + 5);
        assertEquals(List.of("before the end", "after the end"), ran);
    }

    @Test
    void aCancelledTimerNeverRuns() {
        LaneTimers.Entry waiting = add(10, "cancelled while it waits");
        var unknown = new LaneTimers.Entry(10, () -> ran.add("cancelled before it is added"));
        add(10, "kept");

        timers.cancel(waiting);
        timers.cancel(waiting);
        timers.cancel(unknown);
        timers.add(unknown);
        assertEquals(2, timers.size());
        assertEquals(1, timers.cancelled());

        runDue(10);
        assertEquals(0, timers.cancelled());
        assertEquals(List.of("kept"), ran);
    }

    @Test
    void aTimerThatRanMayBeCancelledForNothing() {
        LaneTimers.Entry timer = add(10, "ran");
        runDue(10);

        timers.cancel(timer);

        assertEquals(List.of("ran"), ran);
        assertEquals(0, timers.size());
        assertEquals(0, timers.cancelled());
    }

    @Test
    void nothingIsDueBeforeItsTimeUnlessItIsCancelled() {
        assertFalse(timers.hasDue(at(0)));
        LaneTimers.Entry timer = add(10, "due");
        assertFalse(timers.hasDue(at(9)));
        assertTrue(timers.hasDue(at(10)));

        timers.cancel(timer);
        assertTrue(timers.hasDue(at(0)), "a cancelled one at the front is to be taken away");
        runDue(0);
        assertFalse(timers.hasDue(at(100)));
        assertEquals(List.of(), ran);
    }

    /** A timer for every request, each cancelled long before it is due. */
    @Test
    void cancelledTimersTakeNoMoreMemoryThanTheOthers() {
        int kept = 1_000;
        for (int i = 0; i < kept; i++) {
            add(10, "kept");
        }
        int longest = 0;
        for (int i = 0; i < 100_000; i++) {
            timers.cancel(add(1_000, "cancelled"));
            longest = Math.max(longest, timers.size());
        }
        assertTrue(longest <= 2 * kept + 64, "longest=" + longest);

        runDue(10);
        assertEquals(kept, ran.size());
        for (int i = 0; i < 64; i++) {
            timers.cancel(add(1_000, "cancelled"));
        }
        assertEquals(0, timers.size());
        assertEquals(0, timers.cancelled());
    }

    private LaneTimers.Entry add(long deadlineNs, String name) {
        var timer = new LaneTimers.Entry(deadlineNs, () -> ran.add(name));
        timers.add(timer);
        return timer;
    }

    private void runDue(long nowNs) {
        Runnable task;
        while ((task = timers.pollDue(nowNs)) != null) {
            task.run();
        }
    }

    private static Clock at(long nowNs) {
        return new Clock() {
            @Override
            public long nowNs() {
                return nowNs;
            }

            @Override
            public long wallMs() {
                return 0;
            }
        };
    }
}
