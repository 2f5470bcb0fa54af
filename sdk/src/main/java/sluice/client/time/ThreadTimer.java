package sluice.client.time;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A timer with one daemon thread, which lives until {@link #close}. */
public final class ThreadTimer implements Timer, AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(ThreadTimer.class);

    private final ScheduledThreadPoolExecutor executor;

    public ThreadTimer(String name) {
        executor =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            var thread = new Thread(task, name);
                            thread.setDaemon(true);
                            return thread;
                        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Cancellable after(Duration delay, Runnable task) {
        try {
            Future<?> scheduled =
                    executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("task of a timer failed");
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
