package sluice.client.link;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import sluice.client.time.Clock;
import sluice.client.time.Timer;

/** A lane, and the thread that runs it while nobody lends it his own. */
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
        var tasks = new LaneTasks(thread);
        return new LaneThread(
                thread, new SessionLane(tasks::execute, tasks::executeHere, clock, timer));
    }

    public SessionLane lane() {
        return lane;
    }

    /** Takes no more tasks; those that were given are done. */
    public void end() {
        thread.shutdown();
    }
}
