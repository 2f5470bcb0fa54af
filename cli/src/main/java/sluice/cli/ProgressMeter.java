package sluice.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Supplier;
import sluice.cli.http.RetryListener;
import sluice.cli.http.Time;

/**
 * Keeps one line of a terminal up to date until it is closed, which erases it. Where there is no
 * terminal it prints only that a run waits, now and then.
 */
final class ProgressMeter implements RetryListener, AutoCloseable {

    private static final Duration REDRAW = Duration.ofMillis(100);
    private static final long QUIET_NS = Duration.ofSeconds(5).toNanos();

    /** A repetition is told once it lasts; shorter ones are everyday. */
    private static final Duration TOLD_AFTER = Duration.ofSeconds(1);

    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream err;
    private final Time time;
    private final boolean draws;
    private final Supplier<String> line;
    private final Thread drawer;
    private volatile String waitingFor = "";
    private volatile long waitingSinceNs;
    private long toldNs = Long.MIN_VALUE;

    /**
     * @param draws true if {@code err} is a terminal
     * @param quiet true to say nothing at all
     * @param line the line as it should stand now; called on the meter's thread
     */
    ProgressMeter(PrintStream err, Time time, boolean draws, boolean quiet, Supplier<String> line) {
        this.err = quiet ? new PrintStream(java.io.OutputStream.nullOutputStream()) : err;
        this.time = time;
        this.draws = draws && !quiet;
        this.line = line;
        this.drawer = Thread.ofPlatform().daemon().name("progress").unstarted(this::draw);
    }

    void start() {
        if (draws) {
            drawer.start();
        }
    }

    /** What the run waits for; empty if it goes on. */
    String waitingFor() {
        return time.nowNs() - waitingSinceNs < QUIET_NS ? waitingFor : "";
    }

    @Override
    public synchronized void retrying(String reason, Duration trying) {
        if (trying.compareTo(TOLD_AFTER) < 0) {
            return;
        }
        waitingFor = reason;
        waitingSinceNs = time.nowNs();
        if (!draws && (toldNs == Long.MIN_VALUE || time.nowNs() - toldNs >= QUIET_NS)) {
            toldNs = time.nowNs();
            err.println("waiting for %d s: %s".formatted(trying.toSeconds(), reason));
        }
    }

    @Override
    public void close() {
        if (!drawer.isAlive()) {
            return;
        }
        drawer.interrupt();
        try {
            drawer.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        err.print(ERASE_LINE);
        err.flush();
    }

    private void draw() {
        try {
            while (true) {
                err.print(ERASE_LINE + line.get());
                err.flush();
                time.pause(REDRAW);
            }
        } catch (InterruptedException closed) {
            // Erased by close().
        }
    }
}
