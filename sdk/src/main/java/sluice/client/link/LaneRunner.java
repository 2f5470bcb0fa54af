package sluice.client.link;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that runs the tasks of lanes in turns: what waits is run one after the other, and then,
 * once, what these tasks left for the end. So what several consumers send at the same time goes out
 * together.
 */
final class LaneRunner implements Executor {

    private static final Logger LOGGER = LoggerFactory.getLogger(LaneRunner.class);

    /** A turn is not longer, so that what is to be sent does not wait for all that comes. */
    private static final int TASKS_OF_A_TURN = 64;

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Worker worker;
    private volatile boolean isEnded;

    LaneRunner(String name) {
        worker = new Worker(name);
        worker.start();
    }

    /** After {@link #end} it does nothing. */
    @Override
    public void execute(Runnable task) {
        if (!isEnded) {
            tasks.add(task);
        }
    }

    /** Takes no more tasks; those that were given are done. */
    void end() {
        isEnded = true;
        tasks.add(() -> {}); // It may wait for one.
    }

    /**
     * Has {@code work} run when the current turn ends; the same object twice is once.
     *
     * @return false if the current thread runs no lane: the caller does it now
     */
    static boolean atEnd(Runnable work) {
        if (Thread.currentThread() instanceof Worker worker) {
            worker.atEnd.add(work);
            return true;
        }
        return false;
    }

    private final class Worker extends Thread {
        private final Set<Runnable> atEnd = new LinkedHashSet<>();

        Worker(String name) {
            super(name);
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!isEnded || !tasks.isEmpty()) {
                try {
                    turn(tasks.take());
                } catch (InterruptedException e) {
                    // Nobody has a reason to; it goes on until it is ended.
                }
            }
        }

        private void turn(Runnable first) {
            Runnable next = first;
            for (int i = 1; next != null; i++) {
                guarded(next);
                next = i < TASKS_OF_A_TURN ? tasks.poll() : null;
            }
            List<Runnable> works = List.copyOf(atEnd);
            atEnd.clear();
            works.forEach(this::guarded);
        }

        /** A task that fails concerns its consumer, and not those that share the thread. */
        @SuppressWarnings("CatchThrowable") // a lane that ended would be noticed by nobody
        private void guarded(Runnable task) {
            try {
                task.run();
            } catch (Throwable failed) {
                LOGGER.atError().setCause(failed).log("lane: a task failed");
            }
        }
    }
}
