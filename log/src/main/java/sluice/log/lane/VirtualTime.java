package sluice.log.lane;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A world with one thread, a clock that jumps from event to event, and one seed: the same seed and
 * the same calls give the same run.
 *
 * <p>Everything that happens is an event at an instant; events of one instant happen in the order
 * in which they were made. Each belongs to a {@link Scope}, the life of one process: killing the
 * scope drops all its events, as a crash does. Lanes, background work and the schedulers of
 * in-memory disks and networks are made from scopes.
 *
 * <p>What an event throws comes out of the method that runs the world, unless the scope has a
 * failure handler.
 */
public final class VirtualTime implements Clock {

    /** 2026-01-01T00:00:00Z, when every world begins. */
    private static final long WALL_START_MS = 1_767_225_600_000L;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final SplittableRandom random;
    private long nowNs;
    private long nextSequence;
    private long eventsRun;
    private long traceHash;
    private @Nullable Consumer<String> trace;
    private @Nullable Scope running;

    public VirtualTime(long seed) {
        this.random = new SplittableRandom(seed);
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public long wallMs() {
        return WALL_START_MS + nowNs / 1_000_000;
    }

    /** The world's dice: whatever is drawn by chance is drawn from it. */
    public RandomGenerator random() {
        return random;
    }

    /** Events that have happened. */
    public long eventsRun() {
        return eventsRun;
    }

    /** A number made of all events so far, their instants and names; equal for equal runs. */
    public long traceHash() {
        return traceHash;
    }

    /** Tells each event as a line of text, before it happens. */
    public void traceTo(Consumer<String> lines) {
        this.trace = lines;
    }

    /** Whose event happens now; null between events. */
    public @Nullable Scope running() {
        return running;
    }

    /** Begins the life of one process, or of anything else that can end at once. */
    public Scope scope(String name) {
        return new Scope(name);
    }

    /**
     * Runs events until the condition holds, for at most that much virtual time.
     *
     * @return whether the condition held
     */
    public boolean runUntil(BooleanSupplier condition, Duration max) {
        long endNs = nowNs + max.toNanos();
        while (!condition.getAsBoolean()) {
            if (!runNext(endNs)) {
                nowNs = endNs;
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    /** Runs all events of the next {@code duration}; the clock stands at its end afterwards. */
    public void runFor(Duration duration) {
        long endNs = nowNs + duration.toNanos();
        while (runNext(endNs)) {}
        nowNs = endNs;
    }

    /**
     * Runs the next event, whenever it is.
     *
     * @return false if there is none
     */
    public boolean step() {
        return runNext(Long.MAX_VALUE);
    }

    private boolean runNext(long endNs) {
        Event event;
        while ((event = events.peek()) != null && event.atNs <= endNs) {
            events.poll();
            if (event.cancelled || event.scope.killed) {
                continue;
            }
            if (event.scope.pausedUntilNs > event.atNs) {
                // They leave the queue in their order, so new numbers keep it.
                event.atNs = event.scope.pausedUntilNs;
                event.sequence = nextSequence++;
                events.add(event);
                continue;
            }
            nowNs = event.atNs;
            happen(event);
            return true;
        }
        return false;
    }

    @SuppressWarnings("CatchThrowable") // a scope's failure handler sees whatever its tasks throw
    private void happen(Event event) {
        eventsRun++;
        traceHash = traceHash * 31 + event.atNs;
        traceHash = traceHash * 31 + event.sequence;
        traceHash = traceHash * 31 + event.name.hashCode();
        if (trace != null) {
            trace.accept(event.atNs + " " + event.scope.name + " " + event.name);
        }
        Consumer<Throwable> onFailure = event.scope.onFailure;
        Scope before = running;
        running = event.scope;
        try {
            event.task.run();
        } catch (Throwable failure) {
            if (onFailure == null) {
                throw failure;
            }
            onFailure.accept(failure);
        } finally {
            running = before; // Blocking work of a caller runs the world from within it.
        }
    }

    private static final class Event implements Lane.Timer, Comparable<Event> {
        private final Scope scope;
        private final String name;
        private final Runnable task;
        private long atNs;
        private long sequence;
        private boolean cancelled;

        Event(Scope scope, String name, long atNs, long sequence, Runnable task) {
            this.scope = scope;
            this.name = name;
            this.atNs = atNs;
            this.sequence = sequence;
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /** The life of one process: its events end with it. */
    public final class Scope implements Scheduler {
        private final String name;
        private boolean killed;
        private long pausedUntilNs;
        private long wallOffsetMs;
        private int driftPerMille;
        private long driftFromNs;
        private long driftedNs;
        private @Nullable Consumer<Throwable> onFailure;

        private Scope(String name) {
            this.name = name;
        }

        public String name() {
            return name;
        }

        public VirtualTime time() {
            return VirtualTime.this;
        }

        public boolean isKilled() {
            return killed;
        }

        /** A crash: nothing of this scope happens any more, not even what is due now. */
        public void kill() {
            killed = true;
        }

        /** A stop of the process: nothing of this scope happens for that long, then all of it. */
        public void pause(Duration duration) {
            pausedUntilNs = Math.max(pausedUntilNs, nowNs + duration.toNanos());
        }

        /** Moves this process's wall clock, and its alone. */
        public void jumpWallClock(Duration by) {
            wallOffsetMs += by.toMillis();
        }

        /**
         * Lets this process's clocks run fast, or slow if negative, from now on; its lanes' timers
         * go by them.
         */
        public void drift(int perMille) {
            driftedNs = drifted();
            driftFromNs = nowNs;
            driftPerMille = perMille;
        }

        private long drifted() {
            return driftedNs + (nowNs - driftFromNs) * driftPerMille / 1000;
        }

        /** What the world's clock counts while this process's counts {@code delay}. */
        Duration worldly(Duration delay) {
            return driftPerMille == 0
                    ? delay
                    : Duration.ofNanos(delay.toNanos() / (1000 + driftPerMille) * 1000);
        }

        /** Takes what tasks of this scope throw; without one it ends the run. */
        public void onFailure(Consumer<Throwable> handler) {
            this.onFailure = handler;
        }

        @Override
        public Lane.Timer schedule(Duration delay, Runnable event) {
            return schedule("event", delay, event);
        }

        Lane.Timer schedule(String eventName, Duration delay, Runnable task) {
            long delayNs = Math.max(0, delay.toNanos());
            var event = new Event(this, eventName, nowNs + delayNs, nextSequence++, task);
            events.add(event);
            return event;
        }

        /** Runs each task once, each after a delay of its own: later ones may overtake. */
        public Executor executor(Delay delay) {
            return task -> schedule("executed", delay.draw(random), task);
        }

        /** A lane whose mailbox is as good as endless and whose owner needs no flush. */
        public Lane lane(String laneName) {
            return lane(laneName, Integer.MAX_VALUE, () -> {});
        }

        /**
         * A lane with a bounded mailbox.
         *
         * @param afterDrain runs on the lane after each batch of tasks
         */
        public Lane lane(String laneName, int mailboxMax, Runnable afterDrain) {
            return new VirtualLane(this, laneName, mailboxMax, afterDrain);
        }

        /**
         * Work that happens at one instant, after {@code before}; its outcome arrives after {@code
         * after}. A crash between the two leaves work done of which nobody was told.
         */
        public Background background(Delay before, Delay after) {
            return new VirtualBackground(this, before, after);
        }

        Clock clock() {
            return new Clock() {
                @Override
                public long nowNs() {
                    return nowNs + drifted();
                }

                @Override
                public long wallMs() {
                    return VirtualTime.this.wallMs() + drifted() / 1_000_000 + wallOffsetMs;
                }
            };
        }
    }
}
