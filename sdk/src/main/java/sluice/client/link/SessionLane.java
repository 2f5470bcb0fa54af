package sluice.client.link;

import java.time.Duration;
import java.util.concurrent.Executor;
import sluice.client.time.Clock;
import sluice.client.time.Timer;

/**
 * The one owner of a consumer's state: tasks run one at a time, in the order given.
 *
 * @param executor runs tasks in order, one at a time
 */
public record SessionLane(Executor executor, Clock clock, Timer timer) {

    public void execute(Runnable task) {
        executor.execute(task);
    }

    public long nowNs() {
        return clock.nowNs();
    }

    /** Runs {@code task} on the lane, once, after {@code delay}. */
    public Timer.Cancellable after(Duration delay, Runnable task) {
        return timer.after(delay, () -> executor.execute(task));
    }
}
