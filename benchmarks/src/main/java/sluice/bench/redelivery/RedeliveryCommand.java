package sluice.bench.redelivery;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sluice.bench.Folders;
import sluice.bench.options.HeapOption;
import sluice.bench.options.ReportOption;
import sluice.bench.options.RunsOption;
import sluice.log.SluiceException;

/**
 * {@code ./sluice bench redelivery}: what becomes of messages whose consumer or gateway is lost.
 */
@Command(
        name = "redelivery",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures when another consumer has a message whose consumer is lost.",
            "",
            "Starts three gateways, local stores and consumers as processes of their own. kill: a"
                    + " consumer that holds a message is killed. stop: it is stopped, woken after"
                    + " another has the message, and acknowledges it then, which must be refused."
                    + " gateway: fifty consumers hold a message each while a gateway is killed; others"
                    + " go on with small ones; nothing that is held may come to anybody else.",
            "",
            "Nothing is asserted: the table shows the project's aims beside what was measured. Run it on"
                    + " an idle machine.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./sluice bench redelivery                            kill -9, 20 runs (about 2 min)",
            "  ./sluice bench redelivery --kind stop --runs 10      SIGSTOP (about 2 min)",
            "  ./sluice bench redelivery --kind gateway --runs 6    a gateway dies",
            "",
            "In the report folder: report.txt (the table), report.json (every run)."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:measured, whatever the figures",
            "1:it could not be measured; why is printed",
            "130:stopped by Ctrl-C; all processes are gone"
        })
public final class RedeliveryCommand implements Callable<Integer> {

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "kill, stop or gateway. Default: ${DEFAULT-VALUE}.",
            defaultValue = "kill")
    private String kind = "kill";

    @Mixin private RunsOption runs = new RunsOption(20);

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
        LossKind chosen = chosen();
        int losses = runs.count();
        var to = report.open("redelivery-" + kind);
        var settings =
                new LossSettings(
                        Path.of(System.getProperty("sluice.root", "")).toAbsolutePath(),
                        to.data(),
                        chosen,
                        losses,
                        heap.size());
        List<LossRun> measured;
        try {
            measured = RedeliveryBench.measure(settings, to::progress);
        } catch (SluiceException e) {
            keep = true;
            throw e;
        } finally {
            if (!keep) {
                Folders.delete(settings.data());
            }
        }
        to.end(LossTable.render(settings, measured), LossTable.json(settings, measured));
        return measured.isEmpty() ? 1 : 0;
    }

    private LossKind chosen() {
        try {
            return LossKind.valueOf(kind.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw invalid("--kind must be kill, stop or gateway, not " + kind);
        }
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(SluiceException.Kind.INVALID, "bad-option", message);
    }
}
