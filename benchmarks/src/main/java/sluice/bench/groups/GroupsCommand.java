package sluice.bench.groups;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sluice.bench.Folders;
import sluice.bench.churn.ChurnShape;
import sluice.bench.options.HeapOption;
import sluice.bench.options.ReportOption;
import sluice.log.SluiceException;

/** {@code ./sluice bench groups}: members of a group come, go, die and fall silent. */
@Command(
        name = "groups",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures for how long a group's partitions pause when its members come and go.",
            "",
            "Starts three nodes, writes records with keys to all partitions at a steady rate, and lets"
                    + " members read them, each a process of its own. Some time nothing is done, for"
                    + " comparison. Then members join, leave, are killed (SIGKILL) and stopped (SIGSTOP,"
                    + " until others have their partitions; woken, they try to commit), by chance from"
                    + " a seed. A reader in no group reads the same partitions, to tell a pause of the"
                    + " group from one of the cluster or the machine.",
            "",
            "In the end it is checked that nothing is lost, that no two members held a partition at a"
                    + " time, that the order of each key was kept, and that commits of those that had"
                    + " lost their partitions were refused. What is not so is told.",
            "",
            "Nothing is asserted: the table shows the project's targets beside what was measured."
                    + " Times depend on the machine; run it on an idle one.",
            ""
        },
        footerHeading = "%nSystems:%n",
        footer = {
            "  sluice           session timeout 8 s, as by default",
            "  kafka-eager      classic protocol, RangeAssignor, timeouts as by default (45 s)",
            "  kafka-eager-6s   the same with the shortest session timeout that brokers allow (6 s)",
            "  kafka-new        group.protocol=consumer, timeouts as by default (45 s)",
            "  kafka-new-6s     the same with 6 s, for which the brokers' bounds are lowered",
            "",
            "Examples:",
            "  ./sluice bench groups --systems sluice --seed 7",
            "  ./sluice bench groups --systems sluice,kafka-eager-6s,kafka-new-6s",
            "",
            "In the report folder: report.txt (the table), report.json (every pause), pauses.svg (the"
                    + " same as a picture)."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:measured, whatever the figures",
            "1:it could not be measured; why is printed",
            "130:stopped by Ctrl-C; all processes are gone"
        })
public final class GroupsCommand implements Callable<Integer> {

    @Option(
            names = "--systems",
            split = ",",
            paramLabel = "NAME",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "sluice,kafka-eager-6s,kafka-new-6s")
    private List<String> systems = List.of();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of all that is left to chance; chosen by the time if not given.")
    private @Nullable Long seed;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long members come and go (default: ${DEFAULT-VALUE}).",
            defaultValue = "60")
    private int seconds;

    @Option(
            names = "--calm",
            paramLabel = "SECONDS",
            description = "How long nothing is done before (default: ${DEFAULT-VALUE}).",
            defaultValue = "15")
    private int calmSeconds;

    @Option(
            names = "--settle",
            paramLabel = "SECONDS",
            description = {
                "How long it may take afterwards until all partitions are read again"
                        + " (default: ${DEFAULT-VALUE})."
            },
            defaultValue = "60")
    private int settleSeconds;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Records per second, all partitions together (default: ${DEFAULT-VALUE}).",
            defaultValue = "600")
    private int rate;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "6")
    private int partitions;

    @Option(
            names = "--members",
            paramLabel = "N",
            description =
                    "At most at a time; a quarter of them at least (default: ${DEFAULT-VALUE}).",
            defaultValue = "12")
    private int members;

    @Option(
            names = "--every",
            paramLabel = "MS",
            description = "How often one joins or leaves (default: ${DEFAULT-VALUE}).",
            defaultValue = "1000")
    private int everyMs;

    @Option(
            names = "--kills",
            paramLabel = "N",
            description = "Members that are killed (default: ${DEFAULT-VALUE}).",
            defaultValue = "20")
    private int kills;

    @Option(
            names = "--stalls",
            paramLabel = "N",
            description = "Members that are stopped for a while (default: ${DEFAULT-VALUE}).",
            defaultValue = "4")
    private int stalls;

    @Mixin private HeapOption heap = new HeapOption("512m");

    @Mixin private ReportOption report = new ReportOption();

    @Option(
            names = "--keep",
            description = "Keeps the data and logs of nodes and members, in the report folder.")
    private boolean keep;

    /**
     * @throws SluiceException if it cannot begin
     */
    @Override
    public Integer call() throws IOException, InterruptedException {
        List<MeasuredSystem> chosen = chosen();
        ChurnShape shape = shape();
        var to = report.open("groups");
        var settings = new GroupsSettings(root(), kafka(), to.data(), shape, heap.size());
        to.progress("seed " + shape.seed());
        var runs = new ArrayList<GroupsRun>();
        var bench = new GroupsBench(settings, to::progress);
        try {
            for (MeasuredSystem system : chosen) {
                bench.run(system).ifPresent(runs::add);
                // Whoever stops it has what was measured so far.
                to.write("pauses.svg", GroupsPlot.render(runs));
                to.write("report.txt", GroupsTable.render(shape, runs));
                to.write("report.json", GroupsJson.render(shape, runs));
            }
        } finally {
            if (!keep) {
                Folders.delete(settings.data());
            }
        }
        to.end(GroupsTable.render(shape, runs), GroupsJson.render(shape, runs));
        return runs.size() == chosen.size() ? 0 : 1;
    }

    private ChurnShape shape() {
        if (seconds < 1
                || calmSeconds < 2
                || settleSeconds < 1
                || rate < 1
                || partitions < 1
                || members < 1
                || everyMs < 10
                || kills < 0
                || stalls < 0) {
            throw invalid(
                    "numbers must be at least 1, --calm 2, --every 10, --kills and --stalls 0");
        }
        return new ChurnShape(
                seed != null ? seed : System.currentTimeMillis() % 1_000_000,
                partitions,
                rate,
                Math.max(1, members / 4),
                members,
                Duration.ofSeconds(seconds),
                Duration.ofMillis(everyMs),
                kills,
                stalls,
                Duration.ofSeconds(calmSeconds),
                Duration.ofSeconds(settleSeconds));
    }

    private List<MeasuredSystem> chosen() {
        var chosen = new ArrayList<MeasuredSystem>();
        for (String name : systems) {
            chosen.add(
                    Arrays.stream(MeasuredSystem.values())
                            .filter(each -> each.word().equals(name))
                            .findFirst()
                            .orElseThrow(() ->
                                    invalid(
                                            "--systems knows %s, not %s"
                                                    .formatted(known(), name))));
        }
        if (chosen.stream().anyMatch(MeasuredSystem::isKafka) && !Files.exists(kafka())) {
            throw new SluiceException(
                    SluiceException.Kind.NOT_FOUND,
                    "no-kafka",
                    "Kafka was not fetched: run it by ./sluice bench groups, which does so");
        }
        return chosen;
    }

    private static String known() {
        return Arrays.stream(MeasuredSystem.values())
                .map(MeasuredSystem::word)
                .collect(Collectors.joining(", "));
    }

    private static Path root() {
        return Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();
    }

    private static Path kafka() {
        Path peers = Path.of(System.getProperty("sluice.peers", "")).toAbsolutePath();
        return peers.resolve("kafka/target/lib");
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(SluiceException.Kind.INVALID, "bad-option", message);
    }
}
