package sluice.client.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.client.time.SystemClock;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LaneThreadTest {

    private static final int CALLERS = 4;
    private static final int TASKS = 20_000;

    private final LaneThread thread =
            LaneThread.start(
                    "lane",
                    new SystemClock(),
                    (delay, task) -> {
                        throw new AssertionError("nothing here waits");
                    });
    private final SessionLane lane = thread.lane();

    @AfterEach
    void end() {
        thread.end();
    }

    @Test
    void aCallerThatLendsItselfRunsTheTaskOfALaneThatHasNothingToDo() {
        var ranBy = new CompletableFuture<Thread>();

        lane.executeHere(() -> ranBy.complete(Thread.currentThread()));

        assertSame(Thread.currentThread(), ranBy.getNow(null));
    }

    @Test
    void aCallerThatDoesNotLendItselfNeverRunsATask() {
        var ranBy = new CompletableFuture<Thread>();

        lane.execute(() -> ranBy.complete(Thread.currentThread()));

        assertNotSame(Thread.currentThread(), ranBy.join());
    }

    @Test
    void nobodyWaitsForALaneThatIsInUse() {
        var release = new CountDownLatch(1);
        var began = new CountDownLatch(1);
        var ranBy = new CompletableFuture<Thread>();
        lane.execute(() -> {
            began.countDown();
            await(release);
        });
        await(began);

        lane.executeHere(() -> ranBy.complete(Thread.currentThread()));

        assertFalse(ranBy.isDone());
        release.countDown();
        assertNotSame(Thread.currentThread(), ranBy.join());
    }

    @Test
    void whatATaskGivesToItsLaneRunsAfterIt() {
        var order = new ArrayList<String>();

        lane.executeHere(() -> {
            lane.executeHere(() -> order.add("inner"));
            order.add("outer");
        });

        assertEquals(List.of("outer", "inner"), order);
    }

    @Test
    void aCallerRunsOthersTasksOnlyForAWhile() {
        var last = new CompletableFuture<Thread>();
        var again =
                new Runnable() {
                    private int ran;

                    @Override
                    public void run() {
                        if (++ran == 1_000) {
                            last.complete(Thread.currentThread());
                        } else {
                            lane.execute(this);
                        }
                    }
                };

        lane.executeHere(again);

        assertNotSame(Thread.currentThread(), last.join());
    }

    @Test
    void aTaskThatThrowsHoldsUpNobody() {
        var after = new CompletableFuture<Boolean>();
        var told = new CompletableFuture<Throwable>();
        Thread caller =
                new Thread(() ->
                        lane.executeHere(() -> {
                            throw new IllegalStateException("on purpose");
                        }));
        caller.setUncaughtExceptionHandler((ofThread, failure) -> told.complete(failure));
        caller.start();

        assertEquals("on purpose", told.join().getMessage());
        lane.execute(() -> after.complete(true));
        assertTrue(after.join());
    }

    @Test
    void whatWasGivenBeforeTheEndIsDoneAndNothingAfterIt() {
        var release = new CountDownLatch(1);
        var before = new CompletableFuture<Boolean>();
        var after = new AtomicBoolean();
        lane.execute(() -> await(release));
        lane.execute(() -> before.complete(true));

        thread.end();
        lane.execute(() -> after.set(true));
        lane.executeHere(() -> after.set(true));
        release.countDown();

        assertTrue(before.join());
        assertFalse(after.get());
    }

    @Test
    void tasksOfManyCallersRunOneAtATimeAndInTheOrderOfEach() throws InterruptedException {
        var isRunning = new AtomicBoolean();
        int[] done = new int[CALLERS];
        var wrong = new CompletableFuture<String>();
        var all = new CountDownLatch(CALLERS * TASKS);
        var callers = new ArrayList<Thread>();
        for (int i = 0; i < CALLERS; i++) {
            int caller = i;
            callers.add(
                    new Thread(() -> {
                        for (int j = 0; j < TASKS; j++) {
                            int number = j;
                            Runnable task =
                                    () -> {
                                        if (!isRunning.compareAndSet(false, true)) {
                                            wrong.complete("two at a time");
                                        }
                                        if (done[caller]++ != number) {
                                            wrong.complete("out of order");
                                        }
                                        isRunning.set(false);
                                        all.countDown();
                                    };
                            if ((j + caller) % 3 == 0) {
                                lane.execute(task);
                            } else {
                                lane.executeHere(task);
                            }
                        }
                    }));
        }

        callers.forEach(Thread::start);

        assertTrue(all.await(30, TimeUnit.SECONDS), () -> "done=" + Arrays.toString(done));
        assertEquals("nothing", wrong.getNow("nothing"));
        for (Thread caller : callers) {
            caller.join();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
