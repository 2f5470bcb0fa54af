package sluice.client.link;

import java.time.Duration;
import java.util.concurrent.Executor;
import sluice.client.time.Clock;
import sluice.client.time.Timer;

/**
 * The one owner of a consumer's state: tasks run one at a time, in the order given.
 *
 * @param executor runs tasks in order, one at a time
 * @param here the same, on the calling thread if nothing else runs
 */
public record SessionLane(Executor executor, Executor here, Clock clock, Timer timer) {

    /** A lane that takes no caller's thread. */
    public SessionLane(Executor executor, Clock clock, Timer timer) {
        this(executor, executor, clock, timer);
    }

    public void execute(Runnable task) {
        executor.execute(task);
    }

    /**
     * As {@link #execute}, perhaps before it returns. For threads that hold nothing that anybody
     * waits for, and that a listener of the application may hold up: those of sockets.
     */
    public void executeHere(Runnable task) {
        here.execute(task);
    }

    public long nowNs() {
        return clock.nowNs();
    }

    /** Runs {@code task} on the lane, once, after {@code delay}. */
    public Timer.Cancellable after(Duration delay, Runnable task) {
        return timer.after(delay, () -> executor.execute(task));
    }
}
