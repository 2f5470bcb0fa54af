package sluice.client.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.client.error.RetriableException;
import sluice.client.error.UnknownOutcomeException;

/** What is told of records whose delivery time is over, and what becomes of those behind them. */
class ProducerOverdueTest {

    private static final BatchOutcome.Again BUSY =
            new BatchOutcome.Again("busy", Duration.ZERO, false);
    private static final BatchOutcome.Again LOST =
            new BatchOutcome.Again("lost", Duration.ZERO, true);

    private final World world = new World(World.defaults());

    private static BatchOutcome.Again busyFor(long ms) {
        return new BatchOutcome.Again("busy", Duration.ofMillis(ms), false);
    }

    /** The next request is refused for that long, all after it as {@code then} has it. */
    private void refuseOnce(long ms, World.Script then) {
        world.script =
                sent -> {
                    world.script = then;
                    return World.all(sent, busyFor(ms), false);
                };
    }

    @Test
    void whatIsUnderWayThenFailsAsUnknownAlthoughNoAttemptBeforeCouldHaveWorked() {
        world.settle();
        refuseOnce(29_990, sent -> null);
        var underWay = world.send("under way");
        world.advanceMs(30_001);

        assertInstanceOf(UnknownOutcomeException.class, World.failure(underWay));
    }

    @Test
    void anAnswerThatComesAfterItIsPassedOver() {
        world.settle();
        refuseOnce(29_992, world::append); // The second attempt is answered too late.
        var late = world.send("late");
        world.advanceMs(30_000);
        assertTrue(late.isDone());
        world.advanceMs(100);

        assertInstanceOf(UnknownOutcomeException.class, World.failure(late));
        assertEquals(List.of("first", "late"), world.log(0).values);
        assertEquals(1, world.machine.metrics(0).recordsAcked());
        assertEquals(0, world.machine.metrics(0).bytesHeld());
        var next = world.send("next");
        world.advanceMs(1_000);
        assertEquals(2, next.join().offset());
    }

    @Test
    void aProducerCanBeClosedWhileTheAnswerIsStillAwaited() {
        world.settle();
        refuseOnce(29_990, sent -> null);
        world.send("under way");
        world.advanceMs(30_001);
        var waiting = world.send("waiting");
        world.machine.abandon("closed");
        world.advanceMs(1);

        assertInstanceOf(RetriableException.class, World.failure(waiting));
    }

    @Test
    void whatWaitsBehindARequestWithoutAnswerFailsInItsTimeToo() {
        world.settle();
        refuseOnce(29_000, sent -> null);
        world.send("under way");
        world.advanceMs(500);
        var closed = world.send("x".repeat(990));
        var open = world.send("open");
        world.advanceMs(30_010);

        assertInstanceOf(RetriableException.class, World.failure(closed));
        assertInstanceOf(RetriableException.class, World.failure(open));
        assertEquals(3, world.requests.size(), "neither was sent");
    }

    @Test
    void whoIsAskedToWaitForLongerThanThatFailsInTime() {
        world.settle();
        refuseOnce(120_000, world::append);
        var written = world.send("v");
        world.advanceMs(30_001);

        assertInstanceOf(RetriableException.class, World.failure(written));
    }

    @Test
    void behindItTheNextEpochBeginsWithoutAnotherAttemptUnderTheOldOne() {
        world.settle();
        world.script = sent -> World.all(sent, BUSY, false);
        world.send("overdue");
        world.advanceMs(30_010);
        world.script = world::append;
        int before = world.requests.size();
        world.send("next");
        world.advanceMs(1_100);

        assertEquals(before + 1, world.requests.size());
        assertEquals(List.of(1000L, 1L, 0L), world.sequence(before, 0));
    }

    @Test
    void youngerBatchesOfTheSameRunThatCannotBeWrittenYetAreWritten() {
        world.settle();
        world.script = sent -> null;
        world.send("holds the partition for three seconds");
        world.advanceMs(100);
        var old = world.send("x".repeat(990));
        world.advanceMs(2_000);
        var young = world.send("y".repeat(990));
        world.script =
                sent ->
                        sent.bytes().size() == 1
                                ? world.append(sent)
                                : World.all(sent, BUSY, false);
        world.advanceMs(27_500);
        assertFalse(old.isDone() || young.isDone(), "both are tried in vain, together");
        world.advanceMs(2_000);

        assertInstanceOf(RetriableException.class, World.failure(old));
        assertEquals(2, young.join().offset());
    }

    @Test
    void whatTheOwnerDidNotHaveWhenItWasAskedLastIsToldAsNotWritten() {
        world.settle();
        world.send("second");
        world.advanceMs(50);
        int[] attempts = {0};
        world.script =
                sent ->
                        switch (attempts[0]++) {
                            case 0 -> World.all(sent, LOST, false);
                            case 1 ->
                                    World.all(
                                            sent,
                                            new BatchOutcome.OutOfOrder(
                                                    TwinLog.problem("out-of-order-sequence")),
                                            false);
                            default -> World.all(sent, BUSY, false);
                        };
        var written = world.send("third");
        world.advanceMs(31_000);

        assertInstanceOf(RetriableException.class, World.failure(written));
    }
}
