package sluice.cli.dev;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Starts the children, tells when they are ready and when one dies, and stops them: gateways first,
 * then the stores they drain into.
 *
 * <p>{@link #start} and {@link #watch} are for one thread; {@link #stop} may come from another, a
 * shutdown hook, at any moment.
 */
final class DevCluster {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final int TAIL_LINES = 15;

    private final Function<String, Path> logs;
    private final PrintStream out;
    private final Patience patience;
    private final List<Child> children = new ArrayList<>();
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final ReentrantLock stopTurn = new ReentrantLock();
    private boolean stopping;

    /** What becomes of a child. */
    private sealed interface Event {
        record Ready(Child child) implements Event {}

        record Ended(Child child) implements Event {}
    }

    /**
     * How long to wait.
     *
     * @param ready from the first start until all are ready
     * @param drain from SIGTERM to SIGKILL for gateways
     * @param storeStop the same for stores
     */
    record Patience(Duration ready, Duration drain, Duration storeStop) {
        static final Patience USUAL =
                new Patience(
                        Duration.ofSeconds(300), Duration.ofSeconds(20), Duration.ofSeconds(5));
    }

    /**
     * @param logs where the output of the child of that name goes
     */
    DevCluster(Function<String, Path> logs, PrintStream out, Patience patience) {
        this.logs = logs;
        this.out = out;
        this.patience = patience;
    }

    /**
     * Starts all at once and waits until all are ready.
     *
     * @return false if one ended or time ran out (why has been printed), or if it is stopping;
     *     {@link #stop} is due
     */
    boolean start(List<ChildSpec> specs) throws IOException, InterruptedException {
        long startedNs = System.nanoTime();
        var waiting = new ArrayList<Child>();
        for (ChildSpec spec : specs) {
            startOne(spec).ifPresent(waiting::add);
        }
        long deadlineNs = startedNs + patience.ready().toNanos();
        while (!waiting.isEmpty()) {
            var event = events.poll(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            switch (event) {
                case Event.Ready(var child) -> {
                    waiting.remove(child);
                    out.printf(
                            "  %-10s ready after %.1f s%n",
                            child.spec().name(), (System.nanoTime() - startedNs) / 1e9);
                }
                case Event.Ended(var child) -> {
                    report(child, "ended before it was ready");
                    return false;
                }
                case null -> {
                    var late = "is not ready after " + patience.ready().toSeconds() + " s";
                    waiting.forEach(child -> report(child, late));
                    return false;
                }
            }
        }
        return !isStopping();
    }

    /** Tells of each child that ends; returns when none is left, or when stopped. */
    void watch() throws InterruptedException {
        while (!running().isEmpty()) {
            var event = events.take();
            if (isStopping()) {
                return;
            }
            if (event instanceof Event.Ended(var child)) {
                report(child, "ended unexpectedly");
                var left = running().stream().map(other -> other.spec().name()).toList();
                out.println(
                        left.isEmpty()
                                ? "nothing is left running"
                                : "still running: " + String.join(", ", left));
            }
        }
    }

    /** Stops what runs, gateways first; when it returns to any caller, no child is left. */
    void stop() {
        List<Child> all;
        synchronized (this) {
            stopping = true;
            all = List.copyOf(children);
        }
        stopTurn.lock();
        try {
            stop(all, ChildSpec.Role.GATEWAY, patience.drain());
            stop(all, ChildSpec.Role.STORE, patience.storeStop());
        } finally {
            stopTurn.unlock();
        }
    }

    private void stop(List<Child> all, ChildSpec.Role role, Duration max) {
        var some = all.stream().filter(c -> c.spec().role() == role && c.isAlive()).toList();
        if (some.isEmpty()) {
            return;
        }
        out.println(
                "stopping " + String.join(", ", some.stream().map(c -> c.spec().name()).toList()));
        some.forEach(Child::askToStop);
        long deadlineNs = System.nanoTime() + max.toNanos();
        for (Child child : some) {
            var left = Duration.ofNanos(Math.max(0, deadlineNs - System.nanoTime()));
            if (!awaitEnd(child, left)) {
                out.printf(
                        "%s did not stop within %d s and was killed; see %s%n",
                        child.spec().name(), max.toSeconds(), child.log());
            }
        }
    }

    private static boolean awaitEnd(Child child, Duration max) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return child.awaitEnd(interrupted ? Duration.ZERO : max);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Empty once it is stopping. */
    private synchronized Optional<Child> startOne(ChildSpec spec) throws IOException {
        if (stopping) {
            return Optional.empty();
        }
        var child = Child.start(spec, logs.apply(spec.name()));
        children.add(child);
        child.onEnd(() -> events.add(new Event.Ended(child)));
        Thread.ofVirtual().name("ready-" + spec.name()).start(() -> awaitReady(child));
        return Optional.of(child);
    }

    private void awaitReady(Child child) {
        try {
            while (child.isAlive()) {
                if (child.spec().isReady()) {
                    events.add(new Event.Ready(child));
                    return;
                }
                Thread.sleep(POLL);
            }
        } catch (InterruptedException e) {
            // Nobody interrupts it; it ends with its child.
            Thread.currentThread().interrupt();
        }
    }

    private synchronized List<Child> running() {
        return children.stream().filter(Child::isAlive).toList();
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    private void report(Child child, String what) {
        if (isStopping()) {
            return;
        }
        var status = child.status();
        out.printf(
                "%n%s %s%s; the end of %s:%n",
                child.spec().name(),
                what,
                status.isEmpty() ? "" : " (status " + status.getAsInt() + ")",
                child.log());
        Installation.tail(child.log(), TAIL_LINES).forEach(line -> out.println("  | " + line));
    }
}
