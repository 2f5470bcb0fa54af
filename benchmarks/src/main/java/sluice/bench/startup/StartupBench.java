package sluice.bench.startup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import sluice.bench.cluster.ClusterSettings;
import sluice.bench.cluster.LocalCluster;
import sluice.bench.cluster.ProcessMemory;
import sluice.bench.cluster.ServerProcess;
import sluice.log.SluiceException;

/** Starts a gateway again and again while everything else is idle. One thread drives it all. */
final class StartupBench {

    private static final Duration EXIT_MAX = Duration.ofSeconds(60);
    private static final Duration WHOLE_MAX = Duration.ofSeconds(60);

    /** For compilers and balance of those that are there already. */
    private static final Duration SETTLE = Duration.ofSeconds(5);

    private final StartupSettings settings;
    private final Consumer<String> progress;
    private final List<StartupRun> runs = new ArrayList<>();

    private StartupBench(StartupSettings settings, Consumer<String> progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** Measures all; nothing that it started is left. */
    static List<StartupRun> measure(StartupSettings settings, Consumer<String> progress)
            throws IOException, InterruptedException {
        var bench = new StartupBench(settings, progress);
        for (StartKind kind : settings.kinds()) {
            bench.measure(kind);
        }
        return bench.runs;
    }

    private void measure(StartKind kind) throws IOException, InterruptedException {
        Path folder = settings.data().resolve(kind.word());
        try (var cluster = LocalCluster.prepare(clusterOf(kind, folder))) {
            progress.accept(
                    "%s: starting the stores and what is there first".formatted(kind.word()));
            cluster.startStores();
            if (kind.others() > 0) {
                cluster.startGateways();
            } else {
                // Makes the tables: a first start ever is rare, and creating them is the store's.
                cluster.gateway(0).start();
                cluster.gateway(0).awaitReady(LocalCluster.READY_MAX);
                leave(cluster, 0);
            }
            for (int number = 1; number <= settings.runs(); number++) {
                StartupRun run = run(kind, number, cluster);
                runs.add(run);
                progress.accept(
                        "%s %d/%d: ready after %.2f s, of which %.2f s of processor; %.0f MiB"
                                .formatted(
                                        kind.word(),
                                        number,
                                        settings.runs(),
                                        run.readySeconds(),
                                        run.cpuSeconds(),
                                        run.residentMib()));
            }
        }
    }

    private ClusterSettings clusterOf(StartKind kind, Path folder) {
        int gateways = Math.max(1, kind.others());
        return new ClusterSettings(
                settings.root(),
                folder,
                gateways,
                kind.others() + 1,
                false,
                settings.heap(),
                settings.jvmOptions(),
                List.of(),
                Map.of());
    }

    private StartupRun run(StartKind kind, int number, LocalCluster cluster)
            throws IOException, InterruptedException {
        int index = kind.others();
        cluster.wipeDisk(index);
        TimeUnit.NANOSECONDS.sleep(SETTLE.toNanos());
        ServerProcess gateway = cluster.gateway(index);
        gateway.start();
        gateway.awaitReady(LocalCluster.READY_MAX);
        double readySeconds = (System.nanoTime() - gateway.startedNs()) / 1e9;
        double cpuSeconds = cpuSeconds(gateway);
        TimeUnit.NANOSECONDS.sleep(settings.idle().toNanos());
        double residentMib = ProcessMemory.residentBytes(gateway.pid()) / (double) (1 << 20);
        leave(cluster, index);
        if (kind.others() > 0) {
            cluster.awaitWhole(WHOLE_MAX, IntStream.range(0, kind.others()).boxed().toList());
        }
        return new StartupRun(kind, number, readySeconds, residentMib, cpuSeconds);
    }

    private static double cpuSeconds(ServerProcess gateway) {
        return ProcessHandle.of(gateway.pid())
                .flatMap(process -> process.info().totalCpuDuration())
                .map(time -> time.toNanos() / 1e9)
                .orElse(0.0);
    }

    private static void leave(LocalCluster cluster, int index)
            throws IOException, InterruptedException {
        cluster.gateway(index).signal("TERM");
        int status = cluster.gateway(index).awaitExit(EXIT_MAX);
        if (status != 0 && status != 128 + 15) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE,
                    "not-left",
                    "a gateway ended with status=%d; see %s"
                            .formatted(status, cluster.gateway(index).log()));
        }
    }
}
