package sluice.log.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
