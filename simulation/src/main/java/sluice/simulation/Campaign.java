package sluice.simulation;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import sluice.log.lane.SystemClock;

/** Many seeds, some side by side, until they are done, time is up, or one fails. */
final class Campaign {

    private static final long PROGRESS_EVERY_MS = 2_000;

    private final PrintWriter out;
    private final Set<FaultKind> allowed;
    private final long firstSeed;
    private final long seeds;
    private final @Nullable Duration timeMax;
    private final int jobs;
    private final boolean isKeepingGoing;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Coverage coverage = new Coverage();
    private final List<Long> failed = new ArrayList<>();
    private final long startNs = new SystemClock().nowNs();
    private long begun;
    private long done;
    private int running;

    Campaign(
            PrintWriter out,
            Set<FaultKind> allowed,
            long firstSeed,
            long seeds,
            @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Duration> timeMax,
            int jobs,
            boolean isKeepingGoing) {
        this.out = out;
        this.allowed = allowed;
        this.firstSeed = firstSeed;
        this.seeds = seeds;
        this.timeMax = timeMax.orElse(null);
        this.jobs = Math.max(1, jobs);
        this.isKeepingGoing = isKeepingGoing;
    }

    /**
     * Blocks until the end.
     *
     * @return the seeds that failed
     */
    List<Long> run() {
        lock.lock();
        try {
            running = jobs;
            for (int i = 0; i < jobs; i++) {
                Thread.ofPlatform().daemon().name("simulation-" + i).start(this::work);
            }
            while (running > 0) {
                if (!ended.await(PROGRESS_EVERY_MS, TimeUnit.MILLISECONDS)) {
                    progress();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        new Report(out).table(coverage, true);
        out.println(
                String.format(
                        Locale.ROOT,
                        "%,d seeds from %d on in %.0f s (%.1f a second): %s",
                        done,
                        firstSeed,
                        seconds(),
                        done / seconds(),
                        failed.isEmpty()
                                ? "every promise was kept"
                                : failed.size() + " broke a promise: " + failed));
        return failed;
    }

    private double seconds() {
        return (new SystemClock().nowNs() - startNs) / 1e9;
    }

    private void progress() {
        double perSecond = done / seconds();
        double bySeeds = (seeds - done) / Math.max(perSecond, 0.01);
        double byTime = timeMax == null ? Double.MAX_VALUE : timeMax.toMillis() / 1e3 - seconds();
        out.println(
                String.format(
                        Locale.ROOT,
                        "%,d seeds, %.1f a second, %d failed, about %.0f s to go",
                        done,
                        perSecond,
                        failed.size(),
                        Math.max(0, Math.min(bySeeds, byTime))));
        out.flush();
    }

    /** The next seed, or −1 if there is none. */
    private long next() {
        lock.lock();
        try {
            boolean isOver =
                    begun >= seeds
                            || (!isKeepingGoing && !failed.isEmpty())
                            || (timeMax != null && seconds() * 1e3 > timeMax.toMillis());
            return isOver ? -1 : firstSeed + begun++;
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        try {
            for (long seed = next(); seed >= 0; seed = next()) {
                runOne(seed);
            }
        } finally {
            lock.lock();
            try {
                running--;
                ended.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    @SuppressWarnings("CatchThrowable") // whatever ends a run is its failure
    private void runOne(long seed) {
        Coverage reached = null;
        Throwable failure = null;
        try {
            var run = new SimulatedRun(seed, RunShape.of(seed, allowed), new Journal(false));
            reached = run.run();
        } catch (Throwable broken) {
            failure = broken;
        }
        lock.lock();
        try {
            done++;
            if (reached != null) {
                coverage.addAll(reached);
            }
            if (failure != null) {
                failed.add(seed);
                String said = String.valueOf(failure.getMessage());
                out.println(
                        "seed %d: %s; replay: %s"
                                .formatted(
                                        seed,
                                        said.substring(0, Math.min(said.length(), 300)),
                                        Replay.command(seed, allowed)));
                out.flush();
            }
        } finally {
            lock.unlock();
        }
    }
}
