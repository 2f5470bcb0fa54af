package sluice.bench.queue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sluice.bench.beside.ResultsReport;
import sluice.bench.beside.SideBySide;
import sluice.bench.beside.Workload;
import sluice.bench.client.WorkShape;
import sluice.bench.options.HeapOption;
import sluice.bench.options.JvmOptions;
import sluice.bench.options.ReportOption;
import sluice.bench.options.RunsOption;
import sluice.bench.system.ElasticMqSystem;
import sluice.bench.system.QueueSystem;
import sluice.bench.system.RabbitSystem;
import sluice.bench.system.SluiceSystem;
import sluice.bench.system.SluiceSystem.ClientKind;
import sluice.log.SluiceException;

/** {@code ./sluice bench queue}: messages of a queue on Sluice and on others, side by side. */
@Command(
        name = "queue",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures Sluice's queues beside RabbitMQ and ElasticMQ in one run on this machine.",
            "",
            "Each system is started with processes of its own, given every workload by its own Java"
                    + " client, and stopped; then the next one; and all of it again. The table has"
                    + " medians, and behind each other system's figure how many times as much Sluice"
                    + " has. After each workload every message must have come to somebody.",
            "",
            "Nothing is asserted. Only ratios within one run mean something; run it on an idle"
                    + " machine. The first time fetches ElasticMQ.",
            ""
        },
        footerHeading = "%nWorkloads:%n",
        footer = {
            "  one-1 one-100       one consumer with 1 or 100 messages at a time, acknowledged one by one",
            "  fifty-1 fifty-100   50 consumers, the same; of one process, with a connection to each node",
            "  fifty-1-own         50 consumers, each with a connection of its own, as in 50 processes",
            "  tens                one consumer with 100, sent and acknowledged in tens",
            "  rate-1000           1,000 messages a second to 50 consumers with one at a time",
            "  quick-only some-slow   100 a second that take 1 ms, to 50 consumers; one in a hundred takes"
                    + " 30 s (--window 120)",
            "  scaled              1,000 a second while consumers grow from 1 to 200 and shrink again"
                    + " (--window 60)",
            "  keys key-blocked    1,000 a second in order by key; a million more wait behind one message",
            "  backlog-1k backlog-10m   how long 10 consumers wait for their next message while so many wait",
            "",
            "Systems:",
            "  sluice      acks=all: on the disks of three gateways, synced; leases and"
                    + " acknowledgements too",
            "  rabbitmq    a quorum queue on three nodes, publisher confirms; its package must be"
                    + " installed",
            "  elasticmq   one node that keeps all in memory, by SQS's client (10 messages at a time at"
                    + " most)",
            "",
            "Examples:",
            "  ./sluice bench queue --runs 1 --workloads one-100,fifty-1",
            "  ./sluice bench queue --systems sluice --workloads rate-1000 --window 60",
            "",
            "In the report folder: report.txt (the table), report.json (every figure of every run),",
            "bars.svg (the medians as a picture), latency-WORKLOAD-WHAT.svg (how times are"
                    + " distributed, a line for each system)."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:measured, whatever the figures",
            "1:it could not be measured; why is printed",
            "130:stopped by Ctrl-C; all processes are gone"
        })
public final class QueueCommand implements Callable<Integer> {

    private static final int MANY = 50;

    private static final Work QUICK = new Work(Duration.ofMillis(1), Duration.ZERO, 0);
    private static final Work SOME_SLOW =
            new Work(Duration.ofMillis(1), Duration.ofSeconds(30), 100);

    private static final int PREFETCH = 100;

    @Option(
            names = "--systems",
            split = ",",
            paramLabel = "NAME",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "sluice,rabbitmq,elasticmq")
    private List<String> systems = List.of();

    @Option(
            names = "--workloads",
            split = ",",
            paramLabel = "NAME",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "one-1,one-100,fifty-1,fifty-100,tens,rate-1000")
    private List<String> workloads = List.of();

    @Mixin private RunsOption runs = new RunsOption(3);

    @Option(
            names = "--window",
            paramLabel = "SECONDS",
            description = "How long each measurement takes (default: ${DEFAULT-VALUE}).",
            defaultValue = "15")
    private int windowSeconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "How long each workload runs before (default: ${DEFAULT-VALUE}).",
            defaultValue = "10")
    private int warmUpSeconds;

    @Option(
            names = "--first-warm-up",
            paramLabel = "SECONDS",
            description = {
                "How long each system works before its first workload, until the compilers are done"
                        + " (default: ${DEFAULT-VALUE})."
            },
            defaultValue = "60")
    private int firstWarmUpSeconds;

    @Option(
            names = "--message",
            paramLabel = "BYTES",
            description = "Size of a value (default: ${DEFAULT-VALUE}).",
            defaultValue = "1024")
    private int messageBytes;

    @Option(
            names = "--senders",
            paramLabel = "N",
            description = "Senders side by side (default: ${DEFAULT-VALUE}).",
            defaultValue = "2")
    private int senders;

    @Option(
            names = "--outstanding",
            paramLabel = "N",
            description = {
                "Messages that are sent and that nobody had yet, at most, where as much as gets through"
                        + " is measured (default: ${DEFAULT-VALUE})."
            },
            defaultValue = "1000")
    private int outstandingMax;

    @Mixin private HeapOption heap = new HeapOption("1g");

    @Mixin private JvmOptions jvm = new JvmOptions();

    @Mixin private ReportOption report = new ReportOption();

    /**
     * @throws SluiceException if it cannot begin
     */
    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintStream out = System.out;
        int rounds = runs.count();
        QueueSettings settings = settings();
        List<Workload<QueueSystem>> chosen = chosen(settings);
        Map<String, SideBySide.Maker<QueueSystem>> makers = makers(out);
        var to = report.open("queue");
        var bench = new SideBySide<>(makers, warmingUp(settings), chosen, to.data(), to::progress);
        return ResultsReport.end(to, "queue", settings.numbers(), bench.measure(rounds));
    }

    private QueueSettings settings() {
        if (windowSeconds < 1
                || senders < 1
                || messageBytes < Passage.STAMP_BYTES
                || warmUpSeconds < 0
                || firstWarmUpSeconds < 0
                || outstandingMax < 1) {
            throw invalid(
                    "numbers must be at least 1, and --message at least " + Passage.STAMP_BYTES);
        }
        return new QueueSettings(
                messageBytes,
                senders,
                outstandingMax,
                Duration.ofSeconds(warmUpSeconds),
                Duration.ofSeconds(windowSeconds));
    }

    private List<Workload<QueueSystem>> warmingUp(QueueSettings settings) {
        QueueSettings half = settings.warmingUp(Duration.ofMillis(firstWarmUpSeconds * 500L));
        return firstWarmUpSeconds == 0
                ? List.of()
                : List.of(
                        new QueueWork("warm-100", new WorkShape(1, PREFETCH, 1), 0, half),
                        new QueueWork("warm-1", new WorkShape(MANY, 1, 1), 0, half));
    }

    private List<Workload<QueueSystem>> chosen(QueueSettings settings) {
        var known = new LinkedHashMap<String, Workload<QueueSystem>>();
        for (Workload<QueueSystem> each :
                List.<Workload<QueueSystem>>of(
                        new QueueWork("one-1", new WorkShape(1, 1, 1), 0, settings),
                        new QueueWork("one-100", new WorkShape(1, PREFETCH, 1), 0, settings),
                        new QueueWork("fifty-1", new WorkShape(MANY, 1, 1), 0, settings),
                        new QueueWork("fifty-1-own", new WorkShape(MANY, 1, 1, true), 0, settings),
                        new QueueWork("fifty-100", new WorkShape(MANY, PREFETCH, 1), 0, settings),
                        new QueueWork("tens", new WorkShape(1, PREFETCH, 10), 0, settings),
                        new QueueWork("rate-1000", new WorkShape(MANY, 1, 1), 1_000, settings),
                        new QueueWork(
                                "quick-only", new WorkShape(MANY, 1, 1), 100, QUICK, settings),
                        new QueueWork(
                                "some-slow", new WorkShape(MANY, 1, 1), 100, SOME_SLOW, settings),
                        new ScaledWork("scaled", 200, 1_000, settings),
                        new BlockedKeyWork("keys", 0, 1_000, settings),
                        new BlockedKeyWork("key-blocked", 1_000_000, 1_000, settings),
                        new BacklogWork("backlog-1k", 1_000, settings),
                        new BacklogWork("backlog-10m", 10_000_000, settings))) {
            known.put(each.id(), each);
        }
        var chosen = new ArrayList<Workload<QueueSystem>>();
        for (String name : workloads) {
            Workload<QueueSystem> workload = known.get(name);
            if (workload == null) {
                throw invalid("--workloads knows %s, not %s".formatted(known.keySet(), name));
            }
            chosen.add(workload);
        }
        return chosen;
    }

    private Map<String, SideBySide.Maker<QueueSystem>> makers(PrintStream out) {
        Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();
        Path peers = Path.of(System.getProperty("sluice.peers", "")).toAbsolutePath();
        Path elasticMq = peers.resolve("elasticmq/target/lib");
        Map<String, SideBySide.Maker<QueueSystem>> known = new LinkedHashMap<>();
        known.put(
                "sluice",
                data -> new SluiceSystem(root, data, heap.size(), jvm.further(), ClientKind.SDK));
        known.put("rabbitmq", RabbitSystem::new);
        known.put("elasticmq", data -> new ElasticMqSystem(elasticMq, data, heap.size()));
        var chosen = new LinkedHashMap<String, SideBySide.Maker<QueueSystem>>();
        for (String name : systems) {
            SideBySide.Maker<QueueSystem> maker = known.get(name);
            if (maker == null) {
                throw invalid("--systems knows %s, not %s".formatted(known.keySet(), name));
            }
            Optional<String> missing =
                    name.equals("rabbitmq") ? RabbitSystem.unavailable() : Optional.empty();
            if (missing.isPresent()) {
                out.println("left out: " + missing.get());
            } else {
                chosen.put(name, maker);
            }
        }
        if (chosen.containsKey("elasticmq") && !Files.exists(elasticMq)) {
            throw new SluiceException(
                    SluiceException.Kind.NOT_FOUND,
                    "no-elasticmq",
                    "ElasticMQ was not fetched: run it by ./sluice bench queue, which does so");
        }
        return chosen;
    }

    private static SluiceException invalid(String what) {
        return new SluiceException(SluiceException.Kind.INVALID, "bad-option", what);
    }
}
