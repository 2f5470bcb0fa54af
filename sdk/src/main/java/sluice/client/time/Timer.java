package sluice.client.time;

import java.time.Duration;

/** Runs something later. */
public interface Timer {

    /**
     * Runs {@code task} once, not before {@code delay} is over; never, if the timer is closed
     * before. Tasks are short: they hand work on.
     *
     * @return ends the wait; has no effect once the task has begun
     */
    Cancellable after(Duration delay, Runnable task);

    /** Something that may be called off. */
    interface Cancellable {
        void cancel();
    }
}
