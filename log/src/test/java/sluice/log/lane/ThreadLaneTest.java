package sluice.log.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.log.Eventually;

class ThreadLaneTest extends LaneContract {

    private final List<ThreadLane> lanes = new ArrayList<>();

    @Override
    Lane lane(int mailboxMax, Runnable afterDrain) {
        var lane =
                new ThreadLane(
                        "lane-" + lanes.size(),
                        mailboxMax,
                        new SystemClock(),
                        afterDrain,
                        failures::add);
        lanes.add(lane);
        return lane;
    }

    @Override
    void letRun() {
        lanes.getLast().start();
    }

    @Override
    Background background() {
        return new VirtualThreadBackground("background", 4);
    }

    @Override
    void await(BooleanSupplier condition) {
        Eventually.holds(condition);
    }

    @AfterEach
    void closeLanes() {
        lanes.forEach(ThreadLane::close);
    }

    @Test
    void closingRunsWhatWaitsAndRefusesWhatComesLater() {
        Lane lane = lane(10_000, () -> {});
        for (int i = 0; i < 5_000; i++) {
            lane.execute(() -> seen.add("task"));
        }
        letRun();

        lanes.getLast().close();

        assertEquals(5_000, seen.size());
        assertFalse(lane.offer(() -> seen.add("late")));
    }

    @Test
    void tasksOfManyThreadsAreEachRunOnceAndInTheirOrder() throws InterruptedException {
        Lane lane = lane(1_000_000, () -> {});
        letRun();
        int producers = 4;
        int each = 20_000;
        int[] last = new int[producers];
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger outOfOrder = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int producer = p;
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 1; i <= each; i++) {
                                    int number = i;
                                    lane.execute(() -> {
                                        if (last[producer] != number - 1) {
                                            outOfOrder.incrementAndGet();
                                        }
                                        last[producer] = number;
                                        ran.incrementAndGet();
                                    });
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        await(() -> ran.get() == producers * each);
        assertEquals(0, outOfOrder.get());
    }

    @Test
    void anIdleLaneIsLentToWhoAsks() {
        Lane lane = lane(10, () -> seen.add("after drain by " + name()));
        letRun();
        awaitIdle(lane);

        lane.executeHere(() -> {
            lane.assertOwner();
            seen.add("task by " + name());
        });

        assertEquals(List.of("task by " + name(), "after drain by " + name()), seen);
    }

    private ThreadLane gathering(int mailboxMax) {
        var lane =
                ThreadLane.gathering(
                        "gathering", mailboxMax, new SystemClock(), () -> {}, failures::add);
        lanes.add(lane);
        return lane;
    }

    @Test
    void whatABatchOfAGatheringLaneSendsGoesOutAtItsEnd() {
        ThreadLane lane = gathering(10);
        Runnable write = () -> seen.add("write by " + name());
        for (int i = 0; i < 3; i++) {
            lane.execute(() -> seen.add("in a turn: " + Turn.atEnd(write)));
        }
        letRun();

        await(() -> seen.size() == 4);
        assertEquals(
                List.of(
                        "in a turn: true",
                        "in a turn: true",
                        "in a turn: true",
                        "write by gathering"),
                seen);
    }

    @Test
    void whatALongBatchSendsGoesOutInBetween() {
        ThreadLane lane = gathering(1_000);
        Runnable write = () -> seen.add("write");
        for (int i = 0; i < 100; i++) {
            lane.execute(() -> assertTrue(Turn.atEnd(write)));
        }
        letRun();

        await(() -> seen.size() == 4);
        lane.close();
        assertEquals(4, seen.size());
        assertEquals(List.of(), failures);
    }

    @Test
    void whoBorrowsAGatheringLaneSendsWhenItLetsGo() {
        ThreadLane lane = gathering(10);
        letRun();
        awaitIdle(lane);
        Runnable write = () -> seen.add("write by " + name());

        lane.executeHere(() -> seen.add("in a turn: " + Turn.atEnd(write)));

        assertEquals(List.of("in a turn: true", "write by " + name()), seen);
    }

    @Test
    void whatFailsAtTheEndOfATurnIsReportedAndTheLaneGoesOn() {
        ThreadLane lane = gathering(1_000);
        for (int i = 0; i < 100; i++) {
            lane.execute(() -> assertTrue(Turn.atEnd(ThreadLaneTest::fail)));
        }
        letRun();
        await(() -> failures.size() == 4);
        awaitIdle(lane);

        lane.executeHere(() -> assertTrue(Turn.atEnd(ThreadLaneTest::fail)));
        assertEquals(5, failures.size());

        lane.execute(() -> seen.add("next"));
        await(() -> !seen.isEmpty());
        failures.forEach(failure -> assertEquals("as wanted", failure.getMessage()));
    }

    private static void fail() {
        throw new IllegalStateException("as wanted");
    }

    @Test
    void aLaneThatMayBlockHasNoTurns() {
        Lane lane = lane(10, () -> {});
        letRun();

        lane.execute(() -> seen.add("in a turn: " + Turn.atEnd(() -> {})));

        await(() -> !seen.isEmpty());
        assertEquals(List.of("in a turn: false"), seen);
    }

    @Test
    void aTaskThatHandsItsLaneATaskRunsItAfterItself() {
        Lane lane = lane(10, () -> {});
        letRun();
        awaitIdle(lane);

        lane.executeHere(() -> {
            lane.executeHere(() -> seen.add("inner"));
            seen.add("outer");
        });

        await(() -> seen.size() == 2);
        assertEquals(List.of("outer", "inner"), seen);
    }

    @Test
    void aTimerThatABorrowerSetsIsKept() {
        Lane lane = lane(10, () -> {});
        letRun();
        awaitIdle(lane);
        var isDue = new AtomicInteger();

        lane.executeHere(() -> lane.schedule(Duration.ofMillis(1), () -> isDue.incrementAndGet()));

        await(() -> isDue.get() == 1);
    }

    @Test
    void aLaneThatIsClosedIsLentToNobody() {
        Lane lane = lane(10, () -> {});
        letRun();
        lanes.getLast().close();

        lane.executeHere(() -> seen.add("late"));

        assertFalse(lane.offerHere(() -> seen.add("late")));
        assertEquals(List.of(), seen);
    }

    /** Borrowers, queuers and timers at once, with lanes that hand each other work. */
    @Test
    void howeverTasksComeTheyRunOneAtATimeInTheOrderOfWhoGaveThem() throws InterruptedException {
        int producers = 4;
        int each = 30_000;
        var inside = new AtomicInteger();
        var together = new AtomicInteger();
        var outOfOrder = new AtomicInteger();
        var ran = new AtomicInteger();
        var timersRan = new AtomicInteger();
        var handedOver = new AtomicInteger();
        int[] last = new int[producers];
        Lane lane = lane(1_000_000, () -> {});
        letRun();
        Lane other = lane(1_000_000, () -> {});
        letRun();
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int producer = p;
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 1; i <= each; i++) {
                                    int number = i;
                                    Runnable task =
                                            () -> {
                                                if (inside.incrementAndGet() != 1) {
                                                    together.incrementAndGet();
                                                }
                                                if (last[producer] != number - 1) {
                                                    outOfOrder.incrementAndGet();
                                                }
                                                last[producer] = number;
                                                if (number % 100 == 0) {
                                                    lane.schedule(
                                                            Duration.ofNanos(number * 10L),
                                                            timersRan::incrementAndGet);
                                                }
                                                if (number % 3 == 0) {
                                                    other.executeHere(() ->
                                                            lane.executeHere(
                                                                    handedOver::incrementAndGet));
                                                }
                                                ran.incrementAndGet();
                                                inside.decrementAndGet();
                                            };
                                    switch (number % 4) {
                                        case 0 -> lane.execute(task);
                                        case 1 -> lane.offer(task);
                                        case 2 -> lane.offerHere(task);
                                        default -> lane.executeHere(task);
                                    }
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        await(() -> ran.get() == producers * each);
        await(() -> timersRan.get() == producers * each / 100);
        await(() -> handedOver.get() == producers * each / 3);
        assertEquals(0, together.get());
        assertEquals(0, outOfOrder.get());
    }

    /**
     * Each task is given only after the one before ran, so that no later one wakes a lane that
     * slept over it.
     */
    @Test
    void noTaskIsSleptOver() {
        Lane lane = lane(10, () -> {});
        letRun();
        var ran = new AtomicInteger();
        for (int i = 0; i < 3_000; i++) {
            int number = i;
            if (i % 2 == 0) {
                Thread.ofVirtual().start(() -> lane.executeHere(ran::incrementAndGet));
                lane.execute(ran::incrementAndGet);
            } else {
                lane.executeHere(
                        () -> lane.schedule(Duration.ofNanos(number), ran::incrementAndGet));
                lane.executeHere(ran::incrementAndGet);
            }
            int expected = 2 * (i + 1);
            await(() -> ran.get() == expected);
        }
    }

    private static String name() {
        return Thread.currentThread().getName();
    }

    /** Its thread has started and let go of it. */
    private void awaitIdle(Lane lane) {
        var lent = new AtomicInteger();
        var caller = Thread.currentThread();
        await(() -> {
            lane.executeHere(() -> {
                if (Thread.currentThread().equals(caller)) {
                    lent.incrementAndGet();
                }
            });
            return lent.get() > 0;
        });
        seen.clear();
    }

    @Test
    void backgroundWorkIsDoneOnlySoMuchAtOneTime() throws InterruptedException {
        Lane lane = lane(100, () -> {});
        letRun();
        Background background = new VirtualThreadBackground("bounded", 2);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        CountDownLatch two = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 10; i++) {
            background.run(
                    lane,
                    () -> {
                        most.accumulateAndGet(now.incrementAndGet(), Math::max);
                        two.countDown();
                        awaitUninterruptibly(release);
                        return now.decrementAndGet();
                    },
                    outcome -> ended.incrementAndGet());
        }
        two.await();
        release.countDown();

        await(() -> ended.get() == 10);
        assertTrue(most.get() <= 2, "at one time: " + most);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
