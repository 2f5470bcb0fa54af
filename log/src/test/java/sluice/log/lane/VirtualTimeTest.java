package sluice.log.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {

    private final VirtualTime time = new VirtualTime(4711);
    private final List<String> seen = new ArrayList<>();

    @Test
    void theSameSeedGivesTheSameRunAndAnotherSeedAnother() {
        assertEquals(traceOf(1), traceOf(1));
        assertNotEquals(traceOf(1), traceOf(2));
    }

    @Test
    void theHashOfARunTellsRunsApart() {
        assertEquals(hashOf(1), hashOf(1));
        assertNotEquals(hashOf(1), hashOf(2));
    }

    @Test
    void timePassesOnlyFromEventToEvent() {
        List<Long> instants = new ArrayList<>();
        VirtualTime.Scope scope = time.scope("node");
        scope.schedule(Duration.ofHours(2), () -> instants.add(time.nowNs()));
        scope.schedule(Duration.ofHours(1), () -> instants.add(time.nowNs()));

        time.runFor(Duration.ofHours(3));

        assertEquals(List.of(3_600_000_000_000L, 7_200_000_000_000L), instants);
        assertEquals(Duration.ofHours(3).toNanos(), time.nowNs());
    }

    @Test
    void aConditionThatNeverHoldsEndsAtTheBound() {
        assertFalse(time.runUntil(() -> false, Duration.ofMinutes(1)));
        assertEquals(Duration.ofMinutes(1).toNanos(), time.nowNs());
    }

    @Test
    void aKilledScopeDoesNothingMoreEvenInTheMiddleOfABatch() {
        VirtualTime.Scope victim = time.scope("victim");
        VirtualTime.Scope other = time.scope("other");
        Lane lane = victim.lane("lane");
        lane.execute(() -> seen.add("before"));
        lane.execute(victim::kill);
        lane.execute(() -> seen.add("after"));
        victim.schedule(Duration.ofMillis(1), () -> seen.add("event of the dead"));
        other.schedule(Duration.ofMillis(1), () -> seen.add("event of the living"));

        time.runFor(Duration.ofSeconds(1));

        assertEquals(List.of("before", "event of the living"), seen);
        assertFalse(lane.offer(() -> seen.add("offered")));
    }

    @Test
    void aCrashBetweenWorkAndItsOutcomeLeavesTheWorkDoneAndNobodyTold() {
        VirtualTime.Scope scope = time.scope("node");
        Delay aMillisecond = Delay.ofMicros(1_000, 1_000);
        scope.background(aMillisecond, aMillisecond)
                .run(
                        scope.lane("lane"),
                        () -> seen.add("work done"),
                        outcome -> seen.add("outcome told"));
        time.runUntil(() -> !seen.isEmpty(), Duration.ofSeconds(1));

        scope.kill();
        time.runFor(Duration.ofSeconds(1));

        assertEquals(List.of("work done"), seen);
    }

    @Test
    void aPausedScopeDoesEverythingLaterInTheSameOrder() {
        VirtualTime.Scope scope = time.scope("node");
        scope.schedule(Duration.ofMillis(20), () -> seen.add("second"));
        scope.schedule(Duration.ofMillis(10), () -> seen.add("first " + time.nowNs()));

        scope.pause(Duration.ofSeconds(1));
        time.runFor(Duration.ofMillis(999));
        assertEquals(List.of(), seen);
        time.runFor(Duration.ofMillis(1));

        assertEquals(List.of("first 1000000000", "second"), seen);
    }

    @Test
    void aWallClockJumpsForOneScopeAndMovesNoTimer() {
        VirtualTime.Scope scope = time.scope("node");
        Lane lane = scope.lane("lane");
        Lane other = time.scope("other").lane("lane");

        scope.jumpWallClock(Duration.ofHours(-1));

        assertEquals(other.wallMs() - 3_600_000, lane.wallMs());
        assertEquals(other.nowNs(), lane.nowNs());
    }

    @Test
    void whatAnEventThrowsEndsTheRunUnlessTheScopeTakesIt() {
        VirtualTime.Scope scope = time.scope("node");
        scope.schedule(
                Duration.ZERO,
                () -> {
                    throw new IllegalStateException("broken");
                });

        assertThrows(IllegalStateException.class, () -> time.runFor(Duration.ofSeconds(1)));
    }

    private static List<String> traceOf(long seed) {
        List<String> lines = new ArrayList<>();
        world(seed, lines);
        assertTrue(lines.size() > 1_000, "the world was busy: events=" + lines.size());
        return lines;
    }

    private static long hashOf(long seed) {
        return world(seed, new ArrayList<>()).traceHash();
    }

    /** Three lanes that send each other work and start background work, by chance. */
    private static VirtualTime world(long seed, List<String> lines) {
        VirtualTime time = new VirtualTime(seed);
        time.traceTo(lines::add);
        VirtualTime.Scope scope = time.scope("node");
        List<Lane> lanes = List.of(scope.lane("a"), scope.lane("b"), scope.lane("c"));
        Background background =
                scope.background(Delay.ofMicros(0, 3_000), Delay.ofMicros(0, 3_000));
        lanes.getFirst().execute(() -> chat(time, lanes, background, 0));
        lanes.getLast().execute(() -> chat(time, lanes, background, 2));
        time.runFor(Duration.ofSeconds(1));
        return time;
    }

    private static void chat(VirtualTime time, List<Lane> lanes, Background background, int self) {
        int next = time.random().nextInt(lanes.size());
        Runnable go = () -> chat(time, lanes, background, next);
        if (time.random().nextBoolean()) {
            background.run(lanes.get(self), () -> next, outcome -> lanes.get(next).execute(go));
        } else {
            lanes.get(next).schedule(Duration.ofNanos(time.random().nextInt(1_000_000)), go);
        }
    }

    @Test
    void aClockThatRunsFastCountsMoreAndItsTimersAreEarly() {
        VirtualTime.Scope fast = time.scope("fast");
        Lane lane = fast.lane("lane");
        time.runFor(Duration.ofSeconds(10));
        fast.drift(50);
        lane.schedule(Duration.ofSeconds(105), () -> seen.add("rang"));

        time.runFor(Duration.ofSeconds(99));
        assertEquals(List.of(), seen);
        time.runFor(Duration.ofMillis(1001));

        assertEquals(List.of("rang"), seen);
        assertEquals(time.nowNs() + 100_001_000_000L * 50 / 1000, lane.nowNs());
    }

    @Test
    void itIsKnownWhoseEventHappens() {
        VirtualTime.Scope scope = time.scope("node");
        scope.schedule(
                Duration.ofSeconds(1), () -> seen.add(String.valueOf(time.running() == scope)));

        time.runFor(Duration.ofSeconds(2));

        assertEquals(List.of("true"), seen);
        assertEquals(null, time.running());
    }
}
