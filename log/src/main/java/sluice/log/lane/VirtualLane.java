package sluice.log.lane;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * A lane of a simulated process: its mailbox is drained by one event, some drawn moments after the
 * first task came, so that tasks of one lane are batched and lanes interleave by the seed.
 */
final class VirtualLane implements Lane {

    private static final Delay UNTIL_DRAINED = Delay.ofMicros(0, 50);

    private final VirtualTime.Scope scope;
    private final Clock clock;
    private final String name;
    private final String timerName;
    private final int mailboxMax;
    private final Runnable afterDrain;
    private final ArrayDeque<Runnable> mailbox = new ArrayDeque<>();
    private boolean drainScheduled;
    private boolean running;

    VirtualLane(VirtualTime.Scope scope, String name, int mailboxMax, Runnable afterDrain) {
        this.scope = scope;
        this.clock = scope.clock();
        this.name = name;
        this.timerName = name + " timer";
        this.mailboxMax = mailboxMax;
        this.afterDrain = afterDrain;
    }

    @Override
    public boolean offer(Runnable task) {
        if (scope.isKilled() || mailbox.size() >= mailboxMax) {
            return false;
        }
        execute(task);
        return true;
    }

    @Override
    public void execute(Runnable task) {
        mailbox.add(task);
        drainLater();
    }

    private void drainLater() {
        if (!drainScheduled) {
            drainScheduled = true;
            scope.schedule(name, UNTIL_DRAINED.draw(scope.time().random()), this::drain);
        }
    }

    /**
     * Runs what is waiting now; what these tasks queue is the next batch. A task that throws leaves
     * the rest to another batch.
     */
    private void drain() {
        drainScheduled = false;
        running = true;
        try {
            int batch = mailbox.size();
            for (int i = 0; i < batch && !scope.isKilled(); i++) {
                mailbox.remove().run();
            }
            if (!scope.isKilled()) {
                afterDrain.run();
            }
        } finally {
            running = false;
            if (!mailbox.isEmpty()) {
                drainLater();
            }
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var timer = new VirtualTimer(task);
        scope.schedule(timerName, scope.worldly(delay), () -> execute(timer));
        return timer;
    }

    @Override
    public void assertOwner() {
        assert running : "owner=" + name + " caller=code outside of it";
    }

    @Override
    public long nowNs() {
        return clock.nowNs();
    }

    @Override
    public long wallMs() {
        return clock.wallMs();
    }

    /** Lies in the mailbox between its deadline and the drain, so it can be cancelled there too. */
    private static final class VirtualTimer implements Timer, Runnable {
        private final Runnable task;
        private boolean cancelled;

        VirtualTimer(Runnable task) {
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }
    }
}
