package sluice.bench.inner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sluice.bench.options.ReportOption;
import sluice.log.SluiceException;

/** {@code ./sluice bench inner}: the inner pieces of a gateway, each alone, by JMH. */
@Command(
        name = "inner",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures the inner pieces of a gateway, each alone, on one thread, without network and"
                    + " disk: batches built, checked and read; a wal entry from the owner through its"
                    + " members; an object's footer read, an offset found in a slot's index; a message"
                    + " given to whoever is free.",
            "",
            "By JMH, each in a process of its own. Nothing is asserted.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./sluice bench inner",
            "  ./sluice bench inner wal             what has wal in its name",
            "",
            "In the report folder: report.txt (the table), report.json."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:measured, whatever the figures",
            "1:it could not be measured; why is printed"
        })
public final class InnerCommand implements Callable<Integer> {

    private static final List<Class<?>> PIECES =
            List.of(BatchPieces.class, WalPieces.class, IndexPieces.class, DispatchPieces.class);

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PATTERN",
            description = "Only pieces whose class and method have it in their name, in any case.",
            defaultValue = "")
    private String pattern = "";

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Of each that are measured (default: ${DEFAULT-VALUE}).",
            defaultValue = "5")
    private int iterations;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Iterations before (default: ${DEFAULT-VALUE}).",
            defaultValue = "3")
    private int warmUps;

    @Option(
            names = "--time",
            paramLabel = "MS",
            description = "Of an iteration (default: ${DEFAULT-VALUE}).",
            defaultValue = "500")
    private int iterationMs;

    @Mixin private ReportOption report = new ReportOption();

    /**
     * @throws SluiceException if there is no such piece
     */
    @Override
    public Integer call() throws IOException, RunnerException {
        if (iterations < 1 || warmUps < 0 || iterationMs < 1) {
            throw invalid("--iterations and --time must be at least 1, --warm-up not negative");
        }
        List<String> chosen = InnerPieces.matching(PIECES, pattern);
        if (chosen.isEmpty()) {
            throw invalid(
                    "no piece has %s in its name; there are %s"
                            .formatted(pattern, InnerPieces.matching(PIECES, "")));
        }
        var to = report.open("inner");
        var results = new ArrayList<InnerResult>();
        for (String piece : chosen) {
            to.progress(piece);
            measure(piece, results);
        }
        to.end(InnerTable.render(results), InnerJson.render(results));
        return 0;
    }

    private void measure(String piece, List<InnerResult> results) throws RunnerException {
        var options =
                new OptionsBuilder()
                        .include("^" + Pattern.quote(InnerPieces.PACKAGE + piece) + "$")
                        .forks(1)
                        .warmupIterations(warmUps)
                        .warmupTime(TimeValue.milliseconds(iterationMs))
                        .measurementIterations(iterations)
                        .measurementTime(TimeValue.milliseconds(iterationMs))
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build();
        for (RunResult run : new Runner(options).run()) {
            results.add(result(piece, run));
        }
    }

    private static InnerResult result(String piece, RunResult run) {
        Map<String, String> params = new LinkedHashMap<>();
        for (String name : run.getParams().getParamsKeys()) {
            params.put(name, run.getParams().getParam(name));
        }
        Result<?> allocated = run.getSecondaryResults().get(ALLOCATED);
        return new InnerResult(
                piece,
                params,
                run.getPrimaryResult().getScore(),
                run.getPrimaryResult().getScoreError(),
                allocated == null ? Double.NaN : allocated.getScore());
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(SluiceException.Kind.INVALID, "bad-option", message);
    }
}
