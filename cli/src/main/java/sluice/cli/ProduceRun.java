package sluice.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import sluice.cli.http.RetryListener;
import sluice.cli.http.Time;
import sluice.cli.produce.ProduceStats;

/** What a person sees of a produce run: the line while it runs, the summary at its end. */
final class ProduceRun implements RetryListener, AutoCloseable {

    private final PrintStream err;
    private final Time time;
    private final ProduceStats stats;
    private final boolean quiet;
    private final long startNs;
    private final ProgressMeter meter;
    private final Thread onStop;
    private volatile boolean succeeded;

    ProduceRun(
            PrintStream err,
            Time time,
            ProduceStats stats,
            OptionalLong bytesTotal,
            boolean draws,
            boolean quiet) {
        this.err = err;
        this.time = time;
        this.stats = stats;
        this.quiet = quiet;
        this.startNs = time.nowNs();
        this.meter = new ProgressMeter(err, time, draws, quiet, () -> line(bytesTotal));
        this.onStop = new Thread(this::stopped, "produce-stopped");
    }

    void start() {
        Runtime.getRuntime().addShutdownHook(onStop);
        meter.start();
    }

    /** Everything is acknowledged. */
    void succeeded() {
        succeeded = true;
    }

    @Override
    public void retrying(String reason, Duration trying) {
        stats.retried();
        meter.retrying(reason, trying);
    }

    /**
     * Erases the line and prints the summary: in full, or what was acknowledged before a failure.
     */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(onStop);
        } catch (IllegalStateException stopping) {
            return;
        }
        meter.close();
        if (!succeeded) {
            printAcked();
        } else if (!quiet) {
            err.println(summary());
        }
    }

    private void stopped() {
        meter.close();
        printAcked();
    }

    private void printAcked() {
        if (stats.recordsRead() > 0) {
            err.println(
                    "stopped: %s of %s records read were acknowledged"
                            .formatted(
                                    Units.count(stats.recordsAcked()),
                                    Units.count(stats.recordsRead())));
        }
    }

    private String line(OptionalLong bytesTotal) {
        return ProgressLine.render(
                stats.sourceBytesRead(),
                bytesTotal,
                stats.recordsAcked(),
                elapsed(),
                meter.waitingFor());
    }

    private String summary() {
        double seconds = Math.max(1e-3, elapsed().toNanos() / 1e9);
        return String.format(
                Locale.ROOT,
                "%s records, %s in %.1f s (%s records/s, %s/s), ack p50 %.1f ms p99 %.1f ms%s",
                Units.count(stats.recordsAcked()),
                Units.mebibytes(stats.payloadBytesAcked()),
                seconds,
                Units.count(stats.recordsAcked() / seconds),
                Units.mebibytes(stats.payloadBytesAcked() / seconds),
                stats.ackMs(0.5),
                stats.ackMs(0.99),
                stats.retries() == 0 ? "" : ", %d retries".formatted(stats.retries()));
    }

    private Duration elapsed() {
        return Duration.ofNanos(time.nowNs() - startNs);
    }
}
