package sluice.bench.startup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sluice.bench.Folders;
import sluice.bench.cluster.ShippedJvm;
import sluice.bench.options.HeapOption;
import sluice.bench.options.JvmOptions;
import sluice.bench.options.ReportOption;
import sluice.bench.options.RunsOption;
import sluice.log.SluiceException;

/** {@code ./sluice bench startup}: from the start of a gateway's process to its readiness. */
@Command(
        name = "startup",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures how soon a gateway is ready to serve, and how much memory it takes while idle.",
            "",
            "Starts a gateway with an empty disk, again and again: beside three others that have"
                    + " nothing to do (join), and alone (first). Times count from the start of its"
                    + " process to the first answer of its readiness. Then it is left alone for some"
                    + " seconds, its resident memory is read, and it leaves by SIGTERM.",
            "",
            "Nothing is asserted. Times depend on the machine; run it on an idle one.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./sluice bench startup",
            "  ./sluice bench startup --kinds join --runs 10 --jvm=-XX:TieredStopAtLevel=1",
            "",
            "In the report folder: report.txt (the table), report.json (every run)."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:measured, whatever the figures",
            "1:it could not be measured; why is printed",
            "130:stopped by Ctrl-C; all processes are gone"
        })
public final class StartupCommand implements Callable<Integer> {

    @Option(
            names = "--kinds",
            split = ",",
            paramLabel = "KIND",
            description = "join, first (default: ${DEFAULT-VALUE}).",
            defaultValue = "join,first")
    private List<String> kinds = List.of();

    @Mixin private RunsOption runs = new RunsOption(5);

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            description = "Before its memory is read (default: ${DEFAULT-VALUE}).",
            defaultValue = "10")
    private int idleSeconds;

    @Mixin private HeapOption heap = new HeapOption("512m");

    @Mixin private JvmOptions jvm = new JvmOptions();

    @Mixin private ReportOption report = new ReportOption();

    /**
     * @throws SluiceException if it cannot begin, or a gateway does not start
     */
    @Override
    public Integer call() throws IOException, InterruptedException {
        List<StartKind> chosen = chosen();
        int starts = runs.count();
        if (idleSeconds < 0) {
            throw invalid("--idle must not be negative");
        }
        var to = report.open("startup");
        var settings =
                new StartupSettings(
                        Path.of(System.getProperty("sluice.root", "")).toAbsolutePath(),
                        to.data(),
                        chosen,
                        starts,
                        Duration.ofSeconds(idleSeconds),
                        heap.size(),
                        ShippedJvm.options(heap.size(), jvm.further()));
        List<StartupRun> measured = StartupBench.measure(settings, to::progress);
        // What failed is left to be looked at.
        Folders.delete(settings.data());
        to.end(StartupTable.render(settings, measured), StartupJson.render(settings, measured));
        return 0;
    }

    private List<StartKind> chosen() {
        var chosen = new ArrayList<StartKind>();
        for (String word : kinds) {
            chosen.add(
                    Stream.of(StartKind.values())
                            .filter(kind -> kind.word().equals(word))
                            .findFirst()
                            .orElseThrow(
                                    () -> invalid("--kinds knows join and first, not " + word)));
        }
        return chosen;
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(SluiceException.Kind.INVALID, "bad-option", message);
    }
}
