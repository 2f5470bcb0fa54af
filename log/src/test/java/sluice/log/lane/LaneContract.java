package sluice.log.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/** What every lane, and the background beside it, keeps. */
abstract class LaneContract {

    final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

    /** A lane that runs nothing before {@link #letRun}; its failures go to {@link #failures}. */
    abstract Lane lane(int mailboxMax, Runnable afterDrain);

    abstract void letRun();

    abstract Background background();

    /** Lets time pass until the condition holds, or fails. */
    abstract void await(BooleanSupplier condition);

    @Test
    void tasksRunInTheOrderGivenWhicheverWayTheyCame() {
        Lane lane = lane(1_000, () -> {});
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String word = "task-" + i;
            expected.add(word);
            if (i % 3 == 0) {
                lane.execute(() -> seen.add(word));
            } else {
                assertTrue(lane.offer(() -> seen.add(word)));
            }
        }

        letRun();

        await(() -> seen.size() >= 1_000);
        assertEquals(expected, seen);
    }

    @Test
    void aFullMailboxRefusesOffersButNothingThatMustNotBeRefused() {
        Lane lane = lane(2, () -> {});
        assertTrue(lane.offer(() -> seen.add("first")));
        assertTrue(lane.offer(() -> seen.add("second")));

        assertFalse(lane.offer(() -> seen.add("third")));
        lane.execute(() -> seen.add("fourth"));
        letRun();

        await(() -> seen.size() >= 3);
        assertEquals(List.of("first", "second", "fourth"), seen);
        assertTrue(lane.offer(() -> seen.add("fifth")), "there is room again");
        await(() -> seen.size() >= 4);
    }

    @Test
    void timersFireInOrderOfTheirDeadlinesAndNotBefore() {
        Lane lane = lane(10, () -> {});
        long startNs = lane.nowNs();
        AtomicBoolean early = new AtomicBoolean();
        lane.schedule(Duration.ofMillis(700), () -> seen.add("late"));
        lane.schedule(
                Duration.ofMillis(10),
                () -> {
                    early.set(lane.nowNs() - startNs < 10_000_000);
                    seen.add("soon");
                });
        lane.schedule(Duration.ofMillis(700), () -> seen.add("late, given later"));
        letRun();

        await(() -> seen.size() >= 3);
        assertEquals(List.of("soon", "late", "late, given later"), seen);
        assertFalse(early.get());
    }

    @Test
    void aTimerCancelledOnTheLaneDoesNotRun() {
        Lane lane = lane(10, () -> {});
        lane.execute(() -> {
            Lane.Timer timer = lane.schedule(Duration.ofMillis(1), () -> seen.add("cancelled"));
            lane.schedule(Duration.ofMillis(2), () -> seen.add("kept"));
            timer.cancel();
        });
        letRun();

        await(() -> !seen.isEmpty());
        assertEquals(List.of("kept"), seen);
    }

    @Test
    void aTimerCancelledInTheBatchInWhichItIsDueDoesNotRun() {
        Lane lane = lane(10, () -> {});
        lane.execute(() -> {
            Lane.Timer[] second = new Lane.Timer[1];
            lane.schedule(
                    Duration.ZERO,
                    () -> {
                        seen.add("first");
                        second[0].cancel();
                    });
            second[0] = lane.schedule(Duration.ZERO, () -> seen.add("second"));
            lane.schedule(Duration.ofMillis(2), () -> seen.add("end"));
        });
        letRun();

        await(() -> seen.contains("end"));
        assertEquals(List.of("first", "end"), seen);
    }

    @Test
    void manyCancelledTimersLeaveTheOthersAlone() {
        Lane lane = lane(10, () -> {});
        lane.execute(() -> {
            lane.schedule(Duration.ofMillis(1), () -> seen.add("kept"));
            for (int i = 0; i < 1_000; i++) {
                lane.schedule(Duration.ofHours(1), () -> seen.add("cancelled")).cancel();
            }
        });
        letRun();

        await(() -> !seen.isEmpty());
        assertEquals(List.of("kept"), seen);
    }

    @Test
    void afterABatchTheOwnerMayFlush() {
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger flushed = new AtomicInteger();
        AtomicInteger flushes = new AtomicInteger();
        Lane lane =
                lane(
                        100,
                        () -> {
                            flushed.set(ran.get());
                            flushes.incrementAndGet();
                        });
        for (int i = 0; i < 100; i++) {
            lane.execute(ran::incrementAndGet);
        }
        letRun();

        await(() -> flushed.get() == 100);
        assertTrue(flushes.get() < 100, "once a batch: flushes=" + flushes);
    }

    @Test
    void aTaskThatThrowsIsReportedAndTheNextOneRuns() {
        Lane lane = lane(10, () -> {});
        lane.execute(() -> {
            throw new IllegalStateException("broken");
        });
        lane.execute(() -> seen.add("next"));
        letRun();

        await(() -> !seen.isEmpty());
        assertEquals("broken", failures.getFirst().getMessage());
    }

    @Test
    void onlyTheLaneItselfPassesForTheOwner() {
        Lane lane = lane(10, () -> {});
        lane.execute(() -> {
            lane.assertOwner();
            seen.add("owner");
        });
        letRun();

        await(() -> !seen.isEmpty());
        assertThrows(AssertionError.class, lane::assertOwner);
    }

    @Test
    void theOutcomeOfBackgroundWorkArrivesOnTheLane() {
        Lane lane = lane(10, () -> {});
        letRun();

        background()
                .run(
                        lane,
                        () -> "done",
                        outcome -> {
                            lane.assertOwner();
                            seen.add(((Outcome.Success<String>) outcome).value());
                        });

        await(() -> !seen.isEmpty());
        assertEquals(List.of("done"), seen);
    }

    @Test
    void anExpectedFailureOfBackgroundWorkArrivesAsItIs() {
        SluiceException failure = failureOf(new SluiceException(Kind.CONFLICT, "raced", "lost"));

        assertEquals(Kind.CONFLICT, failure.kind());
        assertEquals("raced", failure.code());
    }

    @Test
    void anUnexpectedFailureOfBackgroundWorkMeansThatItMayHaveBeenDone() {
        SluiceException failure = failureOf(new IllegalStateException("surprise"));

        assertEquals(Kind.UNKNOWN_OUTCOME, failure.kind());
        assertEquals("internal", failure.code());
        assertInstanceOf(IllegalStateException.class, failure.getCause());
    }

    private SluiceException failureOf(RuntimeException thrown) {
        Lane lane = lane(10, () -> {});
        letRun();
        List<SluiceException> arrived = Collections.synchronizedList(new ArrayList<>());
        background()
                .<String>run(
                        lane,
                        () -> {
                            throw thrown;
                        },
                        outcome -> arrived.add(((Outcome.Failure<String>) outcome).error()));
        await(() -> !arrived.isEmpty());
        return arrived.getFirst();
    }
}
