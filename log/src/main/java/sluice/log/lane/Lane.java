package sluice.log.lane;

import java.time.Duration;

/**
 * The one owner of some state: tasks run one at a time, in the order given, on one thread.
 *
 * <p>In production a lane is a thread with a bounded mailbox; in the simulator all lanes share one
 * thread and a virtual clock.
 */
public interface Lane extends Clock {

    /**
     * Queues work that came from outside and may be refused; callable from any thread.
     *
     * @return false if the mailbox is full: nothing was queued
     */
    boolean offer(Runnable task);

    /**
     * Queues work that must not be refused, such as the end of work that the lane itself started;
     * callable from any thread. Its amount is bounded by what the lane started.
     */
    void execute(Runnable task);

    /** Runs {@code task} on the lane once, after {@code delay}; callable from any thread. */
    Timer schedule(Duration delay, Runnable task);

    /** Called first by every method that touches the lane's state. */
    void assertOwner();

    /** A scheduled task. */
    interface Timer {
        /** After this returns on the lane, the task will not run. */
        void cancel();
    }
}
