package sluice.client.link;

import sluice.client.time.Clock;
import sluice.client.time.Timer;

/** A consumer's lane, on a thread of its own or on one that it shares. */
public final class LaneThread {

    private final SessionLane lane;
    private final Runnable end;
    private volatile boolean isEnded;

    private LaneThread(LaneRunner runner, Clock clock, Timer timer, Runnable end) {
        this.lane =
                new SessionLane(
                        task -> {
                            // Later ones are of a timer or a socket that outlives the consumer.
                            if (!isEnded) {
                                runner.execute(task);
                            }
                        },
                        clock,
                        timer);
        this.end = end;
    }

    static LaneThread own(String name, Clock clock, Timer timer) {
        var runner = new LaneRunner(name);
        return new LaneThread(runner, clock, timer, runner::end);
    }

    static LaneThread shared(LaneRunner runner, Clock clock, Timer timer) {
        return new LaneThread(runner, clock, timer, () -> {});
    }

    public SessionLane lane() {
        return lane;
    }

    /** Takes no more tasks; those that were given are done. */
    public void end() {
        isEnded = true;
        end.run();
    }
}
