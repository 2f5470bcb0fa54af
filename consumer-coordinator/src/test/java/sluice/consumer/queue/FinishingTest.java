package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.log.SluiceException;

/** Messages that end without having been given out. */
class FinishingTest {

    private static final UUID ANN = new UUID(0, 1);
    private static final QueueLimits LIMITS = new QueueLimits(10, 20, 4, 2);
    private static final long END = 100;

    private final List<Change> log = new ArrayList<>();
    private final QueueMachine machine = new QueueMachine(new QueueState(LIMITS), LIMITS);
    private final QueueState state = machine.state();
    private long nowMs = 1_000;

    @BeforeEach
    void attached() {
        machine.attach(5, new QueuePolicy(3, QueuePolicy.DEFAULT.backoff()), log);
        machine.reset(0, nowMs, log);
    }

    private int finish(long... offsets) {
        return new Finishing(machine, nowMs, log)
                .finish(LongStream.of(offsets).boxed().toList(), 0, END);
    }

    private long lease(long offset) {
        return machine.acquire(
                Optional.of(ANN),
                OptionalLong.empty(),
                List.of(offset),
                List.of(),
                offset + 1,
                nowMs,
                log);
    }

    private void settle(long offset, long lease, Outcome outcome) {
        machine.settle(
                List.of(new Settlement(offset, lease, Optional.of(ANN), outcome)),
                nowMs,
                () -> 0,
                log);
    }

    @Test
    void whatComesNextNeedsNoMemoryAfterwards() {
        assertEquals(3, finish(0, 1, 2));

        assertEquals(3, state.floor());
        assertEquals(0, state.held().size());
    }

    @Test
    void whatLiesBeforeItTakesItsTurnAndNeedsLittleMemory() {
        finish(2, 4);

        assertEquals(0, state.held().size());
        assertEquals(3, state.waiting().count());
        assertEquals(0, state.floor());
        assertEquals(5, state.cursor());
        var turns = machine.turns(nowMs);
        assertEquals(0, turns.next());
    }

    @Test
    void whatWaitsInLineEndsToo() {
        finish(4);

        assertEquals(2, finish(1, 3));
        assertEquals(2, state.waiting().count());
        assertEquals(0, finish(1, 3));
    }

    @Test
    void whatCameBackEndsAlsoWhileItRests() {
        settle(0, lease(0), new Outcome.Release(Optional.of(Duration.ofHours(1)), ""));

        assertEquals(1, finish(0));
        assertEquals(0, state.held().size());
    }

    @Test
    void whatIsLeasedOrDeadOrDoneOrNotThereStays() {
        long leased = lease(0);
        settle(1, lease(1), new Outcome.Reject("no"));
        settle(2, lease(2), new Outcome.Acknowledge());

        assertEquals(0, finish(0, 1, 2, END));

        assertEquals(leased, state.held().ofSession(ANN).getFirst().lease());
        assertEquals(1, state.held().dead().size());
        assertEquals(3, state.cursor());
    }

    @Test
    void itEndsOnce() {
        assertEquals(1, finish(4, 4));
        assertEquals(0, finish(4));
    }

    @Test
    void farAheadItIsRefusedAndNothingChanges() {
        settle(0, lease(0), new Outcome.Release(Optional.of(Duration.ofHours(1)), ""));
        int changes = log.size();

        var refused =
                assertThrows(
                        SluiceException.class,
                        () ->
                                new Finishing(machine, nowMs, log)
                                        .finish(List.of(0L, 100_001L), 0, 1_000_000));

        assertEquals("too-far-ahead", refused.code());
        assertEquals(changes, log.size());
        assertEquals(10, finish(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    }

    @Test
    void whateverEndsTheLogTellsTheSame() {
        for (long seed = 1; seed <= 50; seed++) {
            attached();
            var random = new SplittableRandom(seed);
            for (int step = 0; step < 40; step++) {
                nowMs += 10;
                if (random.nextBoolean()) {
                    finish(state.cursor() + random.nextInt(-5, 5), random.nextLong(END));
                } else if (machine.freshRoom() > 0 && state.cursor() < END) {
                    long offset = state.cursor();
                    settle(offset, lease(offset), new Outcome.NotDelivered());
                }
            }
            var again = new QueueState(LIMITS);
            log.forEach(again::apply);

            assertEquals(state.held().byOffset(), again.held().byOffset(), "seed=" + seed);
            assertEquals(state.numbers(), again.numbers(), "seed=" + seed);
            assertEquals(state.waiting().spots(9), again.waiting().spots(9), "seed=" + seed);
        }
    }
}
