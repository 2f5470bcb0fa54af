package sluice.log.lane;

import java.time.Duration;

/**
 * The one owner of some state: tasks run one at a time, in the order given, and what one of them
 * did is seen by the next.
 *
 * <p>In production a lane is a thread with a bounded mailbox, which lends itself to callers while
 * it has nothing to do; in the simulator all lanes share one thread and a virtual clock.
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

    /**
     * As {@link #offer}; on a lane that has nothing to do the task may run at once, on the calling
     * thread, which is the lane for so long: a hand-over to a thread that sleeps costs more than
     * most tasks. The caller holds no lock that a task of this lane could want, and may be kept for
     * as long as a few tasks take.
     */
    default boolean offerHere(Runnable task) {
        return offer(task);
    }

    /** As {@link #execute}, under the terms of {@link #offerHere}. */
    default void executeHere(Runnable task) {
        execute(task);
    }

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
