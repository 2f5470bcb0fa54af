package sluice.bench.failover;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sluice.bench.Folders;
import sluice.bench.options.HeapOption;
import sluice.bench.options.ReportOption;
import sluice.bench.options.RunsOption;
import sluice.log.SluiceException;

/** {@code ./sluice bench failover}: starts a cluster, hurts it, measures, and tells. */
@Command(
        name = "failover",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures for how long writes pause when a gateway dies, hangs, joins or leaves.",
            "",
            "Starts gateways and local stores as processes of their own, writes to all partitions at a"
                    + " steady rate through the gateways to which nothing is done, and then, in each"
                    + " run, does one thing to one gateway. For every partition of that gateway it"
                    + " measures the longest time without an acknowledgement from then on. After each"
                    + " run the cluster becomes whole again.",
            "",
            "Nothing is asserted: the table shows the project's targets beside what was measured."
                    + " Times depend on the machine; run it on an idle one.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./sluice bench failover                          kill -9, 20 runs (about 10 min)",
            "  ./sluice bench failover --kind stop --runs 5     a gateway hangs",
            "  ./sluice bench failover --kind join --runs 5     a fourth gateway joins",
            "  ./sluice bench failover --kind drain --rate 8m   SIGTERM under more load",
            "",
            "In the report folder: report.txt (the table), report.json (every gap of every run),",
            "gaps.svg (the same as a picture)."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:measured, whatever the figures",
            "1:it could not be measured; why is printed",
            "130:stopped by Ctrl-C; all processes are gone"
        })
public final class FailoverCommand implements Callable<Integer> {

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = {
                "kill (SIGKILL), stop (SIGSTOP), join (one more gateway starts) or drain (SIGTERM)."
                        + " Default: ${DEFAULT-VALUE}."
            },
            defaultValue = "kill")
    private String kind = "kill";

    @Mixin private RunsOption runs = new RunsOption(20);

    @Option(
            names = "--gateways",
            paramLabel = "N",
            description = "How many there are, 2 to 8 (default: ${DEFAULT-VALUE}).",
            defaultValue = "3")
    private int gateways;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Of the topic; each has a writer of its own (default: ${DEFAULT-VALUE}).",
            defaultValue = "24")
    private int partitions;

    @Option(
            names = "--producers",
            paramLabel = "N",
            description = {
                "The writers share so many clients, each of which chooses its gateway by itself"
                        + " (default: ${DEFAULT-VALUE})."
            },
            defaultValue = "4")
    private int producers;

    @Option(
            names = "--rate",
            paramLabel = "BYTES",
            description = "Values per second in all, as 512k or 2m (default: ${DEFAULT-VALUE}).",
            defaultValue = "2m")
    private String rate = "2m";

    @Option(
            names = "--record",
            paramLabel = "BYTES",
            description = "Size of a value (default: ${DEFAULT-VALUE}).",
            defaultValue = "1000")
    private int recordBytes;

    @Option(
            names = "--run-max",
            paramLabel = "SECONDS",
            description = {
                "A partition that takes no write for so long is given up, and told so"
                        + " (default: ${DEFAULT-VALUE})."
            },
            defaultValue = "60")
    private int runMaxSeconds;

    @Mixin private HeapOption heap = new HeapOption("512m");

    @Mixin private ReportOption report = new ReportOption();

    @Option(
            names = "--keep",
            description = "Keeps the cluster's data and logs, in the report folder.")
    private boolean keep;

    /**
     * @throws SluiceException if it cannot begin
     */
    @Override
    public Integer call() throws IOException, InterruptedException {
        var checked = checked();
        var to = report.open("failover-" + kind);
        var settings = checked.apply(to.data());
        List<FailoverRun> measured;
        try {
            measured = FailoverBench.measure(settings, to::progress);
        } catch (SluiceException e) {
            keep = true;
            throw e;
        } finally {
            if (!keep) {
                Folders.delete(settings.data());
            }
        }
        to.write("gaps.svg", GapPlot.render(settings, measured));
        to.end(FailoverTable.render(settings, measured), FailoverJson.render(settings, measured));
        return measured.isEmpty() ? 1 : 0;
    }

    /** What to measure, but for the folder of its data, which is made once the rest is right. */
    private Function<Path, FailoverSettings> checked() {
        FaultKind chosen;
        try {
            chosen = FaultKind.valueOf(kind.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw invalid("--kind must be kill, stop, join or drain, not " + kind);
        }
        if (gateways < 2 || gateways > 8) {
            throw invalid("--gateways must be 2 to 8, not " + gateways);
        }
        if (partitions < 1 || producers < 1 || recordBytes < 1 || runMaxSeconds < 1) {
            throw invalid("every number must be at least 1");
        }
        int losses = runs.count();
        int bytesPerSecond = bytes(rate);
        String heapSize = heap.size();
        return data ->
                new FailoverSettings(
                        Path.of(System.getProperty("sluice.root", "")).toAbsolutePath(),
                        data.toAbsolutePath(),
                        chosen,
                        losses,
                        gateways,
                        partitions,
                        producers,
                        bytesPerSecond,
                        recordBytes,
                        Duration.ofSeconds(runMaxSeconds),
                        heapSize);
    }

    private static int bytes(String text) {
        var word = text.toLowerCase(Locale.ROOT);
        if (!word.matches("[1-9][0-9]{0,8}[km]?")) {
            throw invalid("--rate must be a number of bytes as 512k or 2m, not " + text);
        }
        long number = Long.parseLong(word.replaceAll("[km]", ""));
        long bytes = number << (word.endsWith("m") ? 20 : word.endsWith("k") ? 10 : 0);
        if (bytes > 1 << 30) {
            throw invalid("--rate must be at most 1024m, not " + text);
        }
        return (int) bytes;
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(SluiceException.Kind.INVALID, "bad-option", message);
    }
}
