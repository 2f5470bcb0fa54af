package sluice.client.stream;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import sluice.log.lane.Lane;

/** A lane on one thread of the machine, for tests on real time. */
record ExecutorLane(ScheduledExecutorService thread) implements Lane {

    @Override
    public boolean offer(Runnable task) {
        execute(task);
        return true;
    }

    @Override
    public void execute(Runnable task) {
        schedule(Duration.ZERO, task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        try {
            var scheduled =
                    thread.schedule(
                            () -> {
                                try {
                                    task.run();
                                } catch (Throwable e) {
                                    e.printStackTrace();
                                }
                            },
                            delay.toNanos(),
                            TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException ended) {
            return () -> {};
        }
    }

    @Override
    public void assertOwner() {}

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }
}
