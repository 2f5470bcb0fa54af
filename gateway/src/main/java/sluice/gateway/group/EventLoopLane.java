package sluice.gateway.group;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import sluice.log.lane.Clock;
import sluice.log.lane.Lane;
import sluice.log.lane.Turn;

/**
 * The event loop of a connection as the owner of its state: frames, timers and answers of the
 * engine all come to one thread, without a thread more. What waits is bounded by what the
 * connection has under way.
 */
final class EventLoopLane implements Lane {

    private final Vertx vertx;
    private final Context context;
    private final Thread thread;
    private final Clock clock;

    /** Made on the event loop that it stands for. */
    EventLoopLane(Vertx vertx, Context context, Clock clock) {
        this.vertx = vertx;
        this.context = context;
        this.thread = Thread.currentThread();
        this.clock = clock;
    }

    @Override
    public boolean offer(Runnable task) {
        execute(task);
        return true;
    }

    /** What this and the tasks that wait behind it send to peers goes out together. */
    @Override
    public void execute(Runnable task) {
        context.runOnContext(_ -> {
            Turn.openUntilNext(end -> context.runOnContext(_ -> end.run()));
            task.run();
        });
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var timer = new LoopTimer(task);
        // A timer belongs to the thread that sets it.
        execute(() -> timer.set(delay));
        return timer;
    }

    @Override
    public void assertOwner() {
        assert Thread.currentThread() == thread
                : "owner=" + thread.getName() + " caller=" + Thread.currentThread().getName();
    }

    @Override
    public long nowNs() {
        return clock.nowNs();
    }

    @Override
    public long wallMs() {
        return clock.wallMs();
    }

    private final class LoopTimer implements Timer {
        private final Runnable task;
        private long id = -1;
        private boolean isCancelled;

        LoopTimer(Runnable task) {
            this.task = task;
        }

        private void set(Duration delay) {
            if (!isCancelled) {
                id =
                        vertx.setTimer(
                                Math.max(1, delay.toMillis()),
                                _ -> {
                                    if (!isCancelled) {
                                        task.run();
                                    }
                                });
            }
        }

        @Override
        public void cancel() {
            isCancelled = true;
            if (id >= 0) {
                vertx.cancelTimer(id);
            }
        }
    }
}
