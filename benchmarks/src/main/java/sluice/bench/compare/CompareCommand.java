package sluice.bench.compare;

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
import sluice.bench.beside.Results;
import sluice.bench.beside.ResultsReport;
import sluice.bench.beside.SideBySide;
import sluice.bench.beside.Workload;
import sluice.bench.options.HeapOption;
import sluice.bench.options.JvmOptions;
import sluice.bench.options.ReportOption;
import sluice.bench.options.RunsOption;
import sluice.bench.system.KafkaSystem;
import sluice.bench.system.MessagingSystem;
import sluice.bench.system.RabbitSystem;
import sluice.bench.system.SluiceSystem;
import sluice.bench.system.SluiceSystem.ClientKind;
import sluice.log.SluiceException;

/** {@code ./sluice bench compare}: the same work on Sluice and on others, side by side. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures Sluice beside Apache Kafka and RabbitMQ in one run on this machine.",
            "",
            "Each system is started as three nodes with processes of their own, given every workload by"
                    + " its own Java client, and stopped; then the next one; and all of it again. The"
                    + " table has medians, and behind each other system's figure how many times as"
                    + " much Sluice has.",
            "",
            "Nothing is asserted. Only ratios within one run mean something; run it on an idle"
                    + " machine. The first time fetches the other systems.",
            ""
        },
        footerHeading = "%nWorkloads:%n",
        footer = {
            "  peak        as much as goes in, 6 partitions",
            "  peak-1k     the same with 1,000 partitions",
            "  peak-10k    the same with 10,000 partitions",
            "  spread-1k spread-10k   the same, each record to another partition than the one before",
            "  ack-1 ack-5 ack-20   time to the acknowledgement at 1, 5 and 20 MiB/s",
            "  read-5      the same at 5 MiB/s with a reader, and how long it waits",
            "  singles     1,000 writers, each one record of 100 bytes at a time (HTTP JSON)",
            "  catch-up    a backlog of 1 GiB is read from its start, from objects where a system has"
                    + " any, beside writes at 5 MiB/s",
            "",
            "Systems:",
            "  sluice        acks=all: on the disks of three gateways, synced",
            "  kafka         acks=all with its defaults: in the page caches of three brokers",
            "  kafka-fsync   the same with flush.messages=1: synced as Sluice does",
            "  rabbitmq      a quorum queue on three nodes, publisher confirms; its package must be"
                    + " installed",
            "",
            "Examples:",
            "  ./sluice bench compare --runs 1 --workloads peak,ack-5",
            "  ./sluice bench compare --systems sluice --window 60",
            "  ./sluice bench compare --systems sluice --client wire,sdk --workloads peak",
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
public final class CompareCommand implements Callable<Integer> {

    @Option(
            names = "--systems",
            split = ",",
            paramLabel = "NAME",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "sluice,kafka,kafka-fsync,rabbitmq")
    private List<String> systems = List.of();

    @Option(
            names = "--workloads",
            split = ",",
            paramLabel = "NAME",
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "peak,ack-1,ack-5,ack-20,read-5,singles,catch-up,peak-1k,peak-10k")
    private List<String> workloads = List.of();

    @Mixin private RunsOption runs = new RunsOption(3);

    @Option(
            names = "--window",
            paramLabel = "SECONDS",
            description = "How long each measurement takes (default: ${DEFAULT-VALUE}).",
            defaultValue = "20")
    private int windowSeconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = {
                "How long each workload runs before, until the compilers are done"
                        + " (default: ${DEFAULT-VALUE})."
            },
            defaultValue = "30")
    private int warmUpSeconds;

    @Option(
            names = "--first-warm-up",
            paramLabel = "SECONDS",
            description = {
                "How long each system is written to before its first workload, half of it as much as"
                        + " goes in and half at 5 MiB/s with a reader (default: ${DEFAULT-VALUE})."
            },
            defaultValue = "60")
    private int firstWarmUpSeconds;

    @Option(
            names = "--record",
            paramLabel = "BYTES",
            description = "Size of a value (default: ${DEFAULT-VALUE}).",
            defaultValue = "1024")
    private int recordBytes;

    @Option(
            names = "--batch",
            paramLabel = "BYTES",
            description = "Size of a batch at most (default: ${DEFAULT-VALUE}).",
            defaultValue = "65536")
    private int batchBytes;

    @Option(
            names = "--linger",
            paramLabel = "MILLISECONDS",
            description = {
                "How long producers wait for more records at fixed rates, those of all systems"
                        + " (default: ${DEFAULT-VALUE})."
            },
            defaultValue = "2")
    private int lingerMs;

    @Option(
            names = "--backlog",
            paramLabel = "MIB",
            description = "What is to be caught up with (default: ${DEFAULT-VALUE}).",
            defaultValue = "1024")
    private int backlogMib;

    @Option(
            names = "--fill",
            paramLabel = "SECONDS",
            description = {
                "How long the backlog is written at most, complete or not (default: ${DEFAULT-VALUE})."
            },
            defaultValue = "60")
    private int fillSeconds;

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "Producers side by side (default: ${DEFAULT-VALUE}).",
            defaultValue = "2")
    private int clients;

    @Option(
            names = "--client",
            paramLabel = "NAME",
            description = {
                "What writes to Sluice: wire, the harness's own client, which costs little processor"
                        + " time, or sdk, the Producer that applications use; wire,sdk measures both,"
                        + " as systems of their own (default: ${DEFAULT-VALUE})."
            },
            split = ",",
            defaultValue = "wire")
    private List<String> client = List.of();

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
        Settings settings = settings();
        List<Workload<MessagingSystem>> chosen = chosen(settings);
        Map<String, SideBySide.Maker<MessagingSystem>> makers = makers(out);
        var to = report.open("compare");
        var bench = new SideBySide<>(makers, warmingUp(settings), chosen, to.data(), to::progress);
        Results results = bench.measure(rounds);
        return ResultsReport.end(to, "compare", settings.numbers(), results);
    }

    private Settings settings() {
        if (windowSeconds < 1
                || clients < 1
                || recordBytes < 8
                || warmUpSeconds < 0
                || firstWarmUpSeconds < 0
                || lingerMs < 0
                || backlogMib < 1
                || fillSeconds < 1) {
            throw invalid("numbers must be at least 1, and --record at least 8");
        }
        if (batchBytes < 2 * recordBytes) {
            throw invalid("--batch must hold two records at least, not " + batchBytes);
        }
        return new Settings(
                recordBytes,
                batchBytes,
                Duration.ofMillis(5),
                Duration.ofMillis(lingerMs),
                32L << 20,
                clients,
                Duration.ofSeconds(warmUpSeconds),
                Duration.ofSeconds(windowSeconds));
    }

    /**
     * Processes that just started are busy with compiling on half of this machine for a minute;
     * what came first would be measured on that.
     */
    private List<Workload<MessagingSystem>> warmingUp(Settings settings) {
        Settings half = settings.warmingUp(Duration.ofMillis(firstWarmUpSeconds * 500L));
        return firstWarmUpSeconds == 0
                ? List.of()
                : List.of(
                        new PeakProduce("warm-peak", 6, false, half),
                        new FixedRate("warm-read", 5, true, half));
    }

    private List<Workload<MessagingSystem>> chosen(Settings settings) {
        var known = new LinkedHashMap<String, Workload<MessagingSystem>>();
        for (Workload<MessagingSystem> each :
                List.of(
                        new PeakProduce("peak", 6, false, settings),
                        new PeakProduce("peak-1k", 1_000, false, settings),
                        new PeakProduce("peak-10k", 10_000, false, settings),
                        new PeakProduce("spread-1k", 1_000, true, settings),
                        new PeakProduce("spread-10k", 10_000, true, settings),
                        new FixedRate("ack-1", 1, false, settings),
                        new FixedRate("ack-5", 5, false, settings),
                        new FixedRate("ack-20", 20, false, settings),
                        new FixedRate("read-5", 5, true, settings),
                        new CatchUp(
                                "catch-up",
                                (long) backlogMib << 20,
                                Duration.ofSeconds(fillSeconds),
                                settings),
                        new SingleRecords("singles", 1_000, settings))) {
            known.put(each.id(), each);
        }
        var chosen = new ArrayList<Workload<MessagingSystem>>();
        for (String name : workloads) {
            Workload<MessagingSystem> workload = known.get(name);
            if (workload == null) {
                throw invalid("--workloads knows %s, not %s".formatted(known.keySet(), name));
            }
            chosen.add(workload);
        }
        return chosen;
    }

    private Map<String, SideBySide.Maker<MessagingSystem>> makers(PrintStream out) {
        Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();
        Path peers = Path.of(System.getProperty("sluice.peers", "")).toAbsolutePath();
        Path kafka = peers.resolve("kafka/target/lib");
        Map<String, SideBySide.Maker<MessagingSystem>> known = new LinkedHashMap<>();
        known.put("kafka", data -> new KafkaSystem("kafka", kafka, data, heap.size(), Map.of()));
        known.put(
                "kafka-fsync",
                data ->
                        new KafkaSystem(
                                "kafka-fsync",
                                kafka,
                                data,
                                heap.size(),
                                Map.of("log.flush.interval.messages", "1")));
        known.put("rabbitmq", RabbitSystem::new);
        var chosen = new LinkedHashMap<String, SideBySide.Maker<MessagingSystem>>();
        for (String name : systems) {
            if (name.equals("sluice")) {
                clients(chosen, root);
                continue;
            }
            SideBySide.Maker<MessagingSystem> maker = known.get(name);
            if (maker == null) {
                throw invalid("--systems knows sluice, %s, not %s".formatted(known.keySet(), name));
            }
            Optional<String> missing =
                    name.equals("rabbitmq") ? RabbitSystem.unavailable() : Optional.empty();
            if (missing.isPresent()) {
                out.println("left out: " + missing.get());
            } else {
                chosen.put(name, maker);
            }
        }
        if (systems.stream().anyMatch(name -> name.startsWith("kafka")) && !Files.exists(kafka)) {
            throw new SluiceException(
                    SluiceException.Kind.NOT_FOUND,
                    "no-kafka",
                    "Kafka was not fetched: run it by ./sluice bench compare, which does so");
        }
        return chosen;
    }

    /** Sluice, once for each client that is to write to it. */
    private void clients(Map<String, SideBySide.Maker<MessagingSystem>> chosen, Path root) {
        for (String name : client) {
            switch (name) {
                case "wire" -> chosen.put("sluice", data -> sluice(root, data, ClientKind.WIRE));
                case "sdk" -> chosen.put("sluice-sdk", data -> sluice(root, data, ClientKind.SDK));
                default -> throw invalid("--client knows wire and sdk, not " + name);
            }
        }
    }

    private SluiceSystem sluice(Path root, Path data, ClientKind kind) throws IOException {
        return new SluiceSystem(root, data, heap.size(), jvm.further(), kind);
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(SluiceException.Kind.INVALID, "bad-option", message);
    }
}
