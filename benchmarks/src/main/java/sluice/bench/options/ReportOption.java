package sluice.bench.options;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import sluice.bench.report.Report;
import sluice.log.SluiceException;

/** Where a benchmark's report goes. */
public final class ReportOption {

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Where the report goes (default: a folder of its own in .sluice/bench).")
    private @Nullable Path folder;

    /**
     * Begins the report; its progress goes to standard output.
     *
     * @param benchmark in the name of a folder that was not chosen
     * @throws SluiceException as {@link Report#open} says
     */
    public Report open(String benchmark) throws IOException {
        return Report.open(folder, benchmark, System.out);
    }
}
