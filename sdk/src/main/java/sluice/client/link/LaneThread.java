package sluice.client.link;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import sluice.client.time.Clock;
import sluice.client.time.Timer;

/** A lane, and the thread that runs it. */
public final class LaneThread {

    private final ExecutorService thread;
    private final SessionLane lane;

    private LaneThread(ExecutorService thread, SessionLane lane) {
        this.thread = thread;
        this.lane = lane;
    }

    static LaneThread start(String name, Clock clock, Timer timer) {
        ExecutorService thread =
                Executors.newSingleThreadExecutor(task -> {
                    var made = new Thread(task, name);
                    made.setDaemon(true);
                    return made;
                });
        var lane =
                new SessionLane(
                        task -> {
                            try {
                                thread.execute(task);
                            } catch (RejectedExecutionException closed) {
                                // A timer or a socket that outlives the consumer.
                            }
                        },
                        clock,
                        timer);
        return new LaneThread(thread, lane);
    }

    public SessionLane lane() {
        return lane;
    }

    /** Takes no more tasks; those that were given are done. */
    public void end() {
        thread.shutdown();
    }
}
