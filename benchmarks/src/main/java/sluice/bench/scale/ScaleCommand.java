package sluice.bench.scale;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sluice.bench.Folders;
import sluice.bench.cluster.ShippedJvm;
import sluice.bench.options.HeapOption;
import sluice.bench.options.JvmOptions;
import sluice.bench.options.ReportOption;
import sluice.log.SluiceException;

/** {@code ./sluice bench scale}: many partitions of which few are written to. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures what partitions cost that nobody writes to.",
            "",
            "Starts three gateways and writes to a few partitions at a steady rate. Then, under the"
                    + " same load, there are a hundredth, a tenth and all of the partitions asked for,"
                    + " each of which took one record. At each size: the heap of each gateway after a"
                    + " collection, its resident memory, and calls to the tables a second, counted by"
                    + " a proxy before them. In the end gateways are killed, and the longest time"
                    + " without an acknowledgement is taken of each of their active partitions.",
            "",
            "Nothing is asserted. Figures depend on the machine; run it on an idle one.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./sluice bench scale                      100,000 partitions (about 4 min)",
            "  ./sluice bench scale --partitions 10000 --kills 3",
            "",
            "In the report folder: report.txt (the table), report.json (all of it)."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:measured, whatever the figures",
            "1:it could not be measured; why is printed",
            "130:stopped by Ctrl-C; all processes are gone"
        })
public final class ScaleCommand implements Callable<Integer> {

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "In the end (default: ${DEFAULT-VALUE}).",
            defaultValue = "100000")
    private int partitions;

    @Option(
            names = "--active",
            paramLabel = "PERCENT",
            description = "Of them are written to (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private double activePercent;

    @Option(
            names = "--every",
            paramLabel = "MS",
            description = "Between two records of an active one (default: ${DEFAULT-VALUE}).",
            defaultValue = "1000")
    private int everyMs;

    @Option(
            names = "--window",
            paramLabel = "SECONDS",
            description = "In which calls to tables are counted (default: ${DEFAULT-VALUE}).",
            defaultValue = "20")
    private int windowSeconds;

    @Option(
            names = "--settle",
            paramLabel = "SECONDS",
            description = "Before each window (default: ${DEFAULT-VALUE}).",
            defaultValue = "15")
    private int settleSeconds;

    @Option(
            names = "--kills",
            paramLabel = "N",
            description =
                    "Gateways killed in the end, one after another (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private int kills;

    @Mixin private HeapOption heap = new HeapOption("1g");

    @Mixin private JvmOptions jvm = new JvmOptions();

    @Mixin private ReportOption report = new ReportOption();

    /**
     * @throws SluiceException if it cannot begin, or the cluster does not become what it should
     */
    @Override
    public Integer call() throws IOException, InterruptedException {
        int active = (int) Math.round(partitions * activePercent / 100);
        if (active < 1 || active > Math.min(partitions, 10_000)) {
            throw invalid("--active must leave 1 to 10000 partitions, not " + active);
        }
        if (everyMs < 1 || windowSeconds < 1 || settleSeconds < 0 || kills < 0) {
            throw invalid("--every and --window must be at least 1, --settle and --kills 0");
        }
        var to = report.open("scale");
        var settings =
                new ScaleSettings(
                        Path.of(System.getProperty("sluice.root", "")).toAbsolutePath(),
                        to.data(),
                        partitions,
                        active,
                        Duration.ofMillis(everyMs),
                        Duration.ofSeconds(windowSeconds),
                        Duration.ofSeconds(settleSeconds),
                        kills,
                        heap.size(),
                        ShippedJvm.options(heap.size(), jvm.further()));
        ScaleResult result = ScaleBench.measure(settings, to::progress);
        // What failed is left to be looked at.
        Folders.delete(settings.data());
        to.end(ScaleTable.render(settings, result), ScaleJson.render(settings, result));
        return 0;
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(SluiceException.Kind.INVALID, "bad-option", message);
    }
}
