package sluice.client.link;

import static java.util.Objects.requireNonNull;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks one at a time, in the order given: on a thread of its own, or on that of a caller that
 * finds nothing running and lends itself, since to wake a thread costs more than most tasks.
 *
 * <p>Who makes {@code left} one has the lane until it is zero again, and hands it on instead of
 * running others' tasks without end. A task is queued before it is counted, so whoever has the lane
 * finds as many as are counted.
 */
final class LaneTasks {

    /** Tasks that a caller runs before it leaves the rest to the thread. */
    private static final int LENT_TASKS_MAX = 32;

    private final ExecutorService thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /** Tasks that were given and are not done. */
    private final AtomicInteger left = new AtomicInteger();

    /**
     * @param thread one; once it is shut down, tasks are dropped: a timer or a socket may outlive a
     *     consumer
     */
    LaneTasks(ExecutorService thread) {
        this.thread = thread;
    }

    void execute(Runnable task) {
        if (isFirst(task)) {
            handOn();
        }
    }

    /** May run the task before it returns. */
    void executeHere(Runnable task) {
        if (isFirst(task)) {
            run(LENT_TASKS_MAX);
        }
    }

    /** Queues the task; true if the caller has the lane now. */
    private boolean isFirst(Runnable task) {
        if (thread.isShutdown()) {
            return false;
        }
        tasks.add(task);
        return left.getAndIncrement() == 0;
    }

    private void handOn() {
        try {
            thread.execute(() -> run(Integer.MAX_VALUE));
        } catch (RejectedExecutionException ended) {
            // It was shut down meanwhile; what was given before is done.
            run(Integer.MAX_VALUE);
        }
    }

    private void run(int max) {
        for (int i = 0; i < max; i++) {
            guarded(requireNonNull(tasks.poll(), "queued before it was counted"));
            if (left.decrementAndGet() == 0) {
                return;
            }
        }
        handOn();
    }

    @SuppressWarnings("CatchThrowable") // those behind it are not to wait for ever
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            Thread here = Thread.currentThread();
            here.getUncaughtExceptionHandler().uncaughtException(here, failure);
        }
    }
}
