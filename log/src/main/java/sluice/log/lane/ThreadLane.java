package sluice.log.lane;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lane on a platform thread of its own, which lends itself while it has nothing to do.
 *
 * <p>Tasks are drained in batches; after each batch the owner's {@code afterDrain} runs on the
 * lane, so that what the batch produced is written or sent once for all of it. The thread parks
 * while there is nothing to do, and only then is it woken.
 *
 * <pre>
 *            thread's turn, or a caller's {@code …Here}
 *   idle ──────────────────────────────▶ held by one thread: a batch, then afterDrain
 *    ▲                                        │
 *    └────────────────────────────────────────┘  whoever ends looks at the mailbox once more
 * </pre>
 *
 * <p>Who holds the lane is its owner; nobody waits to hold it. A caller that cannot have it at once
 * queues its task, and one that ends while more waits than it has patience for wakes the thread.
 * Two looks make that safe, one on each side: who queues looks whether the lane is idle
 * <em>after</em> it queued, and who ends looks at the mailbox <em>after</em> the lane is idle
 * (docs/decisions/lent-lanes.md).
 *
 * <p>A task that throws is told to the failure handler, on the lane, before any other task runs: a
 * handler that ends the process ends it before the broken state is used. If the handler returns,
 * the lane goes on. What fails at the end of a {@link Turn} is told to it as well, by the thread
 * that has let go of the lane.
 */
public final class ThreadLane implements Lane, AutoCloseable {

    /** Tasks between two runs of {@code afterDrain}; bounds how long the first one waits for it. */
    private static final int BATCH_TASKS_MAX = 1024;

    /** Tasks that a borrower runs for others before it leaves the rest to the lane's thread. */
    private static final int BORROWED_TASKS_MAX = 32;

    /** Tasks after which what they send goes out, though the turn goes on. */
    private static final int TURN_TASKS_MAX = 32;

    private final String name;
    private final int mailboxMax;
    private final Clock clock;
    private final Runnable afterDrain;
    private final Consumer<Throwable> onFailure;
    private final boolean isGathering;
    private final Thread thread;

    private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean parked = new AtomicBoolean();
    private final AtomicReference<@Nullable Thread> holder = new AtomicReference<>();
    private volatile boolean started;
    private volatile boolean closing;

    /** Until when the thread sleeps, if it does; nobody need wake it for a timer after that. */
    private volatile long parkedUntilNs;

    private final LaneTimers timers = new LaneTimers();

    /**
     * Makes a lane that does nothing until {@link #start}.
     *
     * @param name of the thread
     * @param mailboxMax waiting tasks from which on {@link #offer} is refused
     * @param afterDrain runs on the lane after each batch of tasks and timers
     * @param onFailure told what a task, {@code afterDrain} or the end of a turn threw
     */
    public ThreadLane(
            String name,
            int mailboxMax,
            Clock clock,
            Runnable afterDrain,
            Consumer<Throwable> onFailure) {
        this(name, mailboxMax, clock, afterDrain, onFailure, false);
    }

    /** A lane whose batches are each a {@link Turn}; its tasks must never block. */
    public static ThreadLane gathering(
            String name,
            int mailboxMax,
            Clock clock,
            Runnable afterDrain,
            Consumer<Throwable> onFailure) {
        return new ThreadLane(name, mailboxMax, clock, afterDrain, onFailure, true);
    }

    private ThreadLane(
            String name,
            int mailboxMax,
            Clock clock,
            Runnable afterDrain,
            Consumer<Throwable> onFailure,
            boolean isGathering) {
        if (mailboxMax < 1) {
            throw new IllegalArgumentException("a mailbox holds something: max=" + mailboxMax);
        }
        this.name = name;
        this.mailboxMax = mailboxMax;
        this.clock = clock;
        this.afterDrain = afterDrain;
        this.onFailure = onFailure;
        this.isGathering = isGathering;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::drainUntilClosed);
    }

    /** Starts the thread; tasks given before are run first. */
    public void start() {
        started = true;
        thread.start();
    }

    @Override
    public boolean offer(Runnable task) {
        if (closing) {
            return false;
        }
        if (waiting.incrementAndGet() > mailboxMax) {
            waiting.decrementAndGet();
            return false;
        }
        enqueue(task);
        return true;
    }

    /** {@inheritDoc} On a closed lane the task is dropped. */
    @Override
    public void execute(Runnable task) {
        waiting.incrementAndGet();
        enqueue(task);
    }

    private void enqueue(Runnable task) {
        mailbox.add(task);
        if (holder.get() == null) {
            wake();
        }
    }

    /** The thread sets the flag before it looks at the lane for the last time. */
    private void wake() {
        if (parked.get() && parked.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public boolean offerHere(Runnable task) {
        if (!borrow()) {
            return offer(task);
        }
        borrowed(task);
        return true;
    }

    @Override
    public void executeHere(Runnable task) {
        if (borrow()) {
            borrowed(task);
        } else {
            execute(task);
        }
    }

    /** Takes the lane if it is idle; a task of this very lane that calls in here finds it held. */
    private boolean borrow() {
        return started && !closing && holder.compareAndSet(null, Thread.currentThread());
    }

    private void borrowed(Runnable task) {
        Turn turn = turn();
        try {
            runBorrowed(task);
        } finally {
            end(turn);
        }
    }

    private @Nullable Turn turn() {
        return isGathering ? Turn.open() : null;
    }

    /** What could not be sent is a failure of the lane, as it is if a task sends it itself. */
    private void end(@Nullable Turn turn) {
        if (turn != null) {
            guarded(turn::close);
        }
    }

    private void runBorrowed(Runnable task) {
        try {
            int before = runTasks(BORROWED_TASKS_MAX);
            waiting.incrementAndGet();
            if (mailbox.isEmpty()) {
                waiting.decrementAndGet();
                guarded(task);
            } else {
                mailbox.add(task);
            }
            runTasks(BORROWED_TASKS_MAX - before);
            guarded(afterDrain);
        } finally {
            release();
        }
    }

    private void release() {
        LaneTimers.Entry first = timers.first();
        boolean isTimed = first != null;
        long deadlineNs = first != null ? first.deadlineNs() : 0;
        holder.set(null);
        if (!mailbox.isEmpty() || closing || (isTimed && deadlineNs - parkedUntilNs < 0)) {
            wake();
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        var timer = new LaneTimers.Entry(clock.nowNs() + delay.toNanos(), task);
        if (isOwner()) {
            timers.add(timer);
        } else {
            execute(() -> timers.add(timer));
        }
        return () -> cancel(timer);
    }

    private void cancel(LaneTimers.Entry timer) {
        if (isOwner()) {
            timers.cancel(timer);
        } else {
            execute(() -> timers.cancel(timer));
        }
    }

    @Override
    public void assertOwner() {
        assert isOwner() : "owner=" + name + " caller=" + Thread.currentThread().getName();
    }

    private boolean isOwner() {
        return Thread.currentThread().equals(holder.get());
    }

    @Override
    public long nowNs() {
        return clock.nowNs();
    }

    @Override
    public long wallMs() {
        return clock.wallMs();
    }

    /**
     * Refuses further offers, runs what is waiting and stops; timers that are not due are dropped.
     * Waits for the end, unless the lane closes itself.
     */
    @Override
    public void close() {
        closing = true;
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        parked.set(false);
        LockSupport.unpark(thread);
        if (!isOwner() && !Thread.currentThread().equals(thread)) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void drainUntilClosed() {
        while (true) {
            boolean last = closing;
            if (!holder.compareAndSet(null, thread)) {
                park(false);
            } else if (hasWork()) {
                Turn turn = turn();
                runBatch(turn);
                holder.set(null);
                end(turn);
            } else if (last) {
                return; // It is held for ever: nobody borrows a lane that has ended.
            } else {
                park(true);
            }
        }
    }

    private boolean hasWork() {
        return !mailbox.isEmpty() || timers.hasDue(clock);
    }

    private void runBatch(@Nullable Turn turn) {
        int ran = runDueTimers();
        while (ran < BATCH_TASKS_MAX && !mailbox.isEmpty()) {
            ran += runTasks(Math.min(TURN_TASKS_MAX, BATCH_TASKS_MAX - ran));
            if (turn != null) {
                guarded(turn::flush);
            }
        }
        guarded(afterDrain);
    }

    private int runTasks(int max) {
        int ran = 0;
        Runnable task;
        while (ran < max && (task = mailbox.poll()) != null) {
            waiting.decrementAndGet();
            guarded(task);
            ran++;
        }
        return ran;
    }

    private int runDueTimers() {
        int ran = 0;
        if (timers.first() == null) {
            return ran;
        }
        long nowNs = clock.nowNs();
        Runnable task;
        while ((task = timers.pollDue(nowNs)) != null) {
            guarded(task);
            ran++;
        }
        return ran;
    }

    /**
     * Sleeps until there may be something to do.
     *
     * @param isHeld whether the thread holds the lane, which then has nothing to do but timers; if
     *     not, who holds it wakes the thread if anything is left
     */
    private void park(boolean isHeld) {
        long nowNs = clock.nowNs();
        LaneTimers.Entry first = isHeld ? timers.first() : null;
        boolean isTimed = first != null;
        long untilNs = first != null ? first.deadlineNs() : nowNs + Long.MAX_VALUE / 2;
        parkedUntilNs = untilNs;
        parked.set(true);
        if (isHeld) {
            holder.set(null);
        }
        boolean isIdle = mailbox.isEmpty() && !closing;
        if (isHeld ? isIdle : holder.get() != null) {
            if (isTimed) {
                if (untilNs - nowNs > 0) {
                    LockSupport.parkNanos(this, untilNs - nowNs);
                }
            } else {
                LockSupport.park(this);
            }
        }
        parked.set(false);
    }

    @SuppressWarnings("CatchThrowable") // whatever a task throws, its lane's state is in doubt
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            onFailure.accept(failure);
        }
    }
}
