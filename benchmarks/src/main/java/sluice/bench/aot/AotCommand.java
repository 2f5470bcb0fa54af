package sluice.bench.aot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sluice.bench.Folders;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.client.SingleWrites;
import sluice.bench.cluster.ClusterSettings;
import sluice.bench.cluster.GatewayApi;
import sluice.bench.cluster.LocalCluster;
import sluice.bench.cluster.ServerProcess;
import sluice.bench.wire.JsonWriters;
import sluice.bench.wire.WireProducer;
import sluice.cli.dev.DevChildren;
import sluice.log.SluiceException;

/**
 * Trains the ahead-of-time cache of gateways: one gateway serves for some seconds, and the JVM
 * writes down what it loaded and which methods were hot (JEP 483, 514, 515).
 */
@Command(
        name = "aot",
        mixinStandardHelpOptions = true,
        description = {
            "Trains the cache that lets gateways of this build start in less than half the time:",
            "one gateway with local stores serves some load, and its JVM writes down what it loaded.",
            "Takes about half a minute. Every gateway that is started from this build uses it then;",
            "the next build has none until it is trained again."
        },
        footerHeading = "%nFor an image:%n",
        footer = {
            "  ./sluice aot --out gateway.aot",
            "writes a copy; an image that starts its JVM with -XX:AOTCache=… must have the same JDK and",
            "the same jars, else the JVM starts without it."
        })
public final class AotCommand implements Callable<Integer> {

    private static final String TOPIC = "training";
    private static final int PARTITIONS = 6;
    private static final int WRITERS = 20;
    private static final int VALUE_BYTES = 200;
    private static final Duration READY_MAX = Duration.ofSeconds(90);
    private static final Duration EXIT_MAX = Duration.ofMinutes(3);

    @Option(names = "--out", paramLabel = "FILE", description = "Where a copy of the cache goes.")
    private @Nullable Path out;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description =
                    "How long the gateway is under each load: a log's, a queue's (default: ${DEFAULT-VALUE}).",
            defaultValue = "8")
    private int seconds;

    /**
     * @throws SluiceException if no cache came of it
     */
    @Override
    public Integer call() throws IOException, InterruptedException {
        Path root = Path.of(System.getProperty("sluice.root", "")).toAbsolutePath();
        Path folder = Files.createTempDirectory("sluice-aot-");
        try {
            Path made = folder.resolve("made.aot");
            train(root, folder.resolve("cluster"), made);
            Path cache = root.resolve(DevChildren.GATEWAY_CACHE);
            Files.move(made, cache, StandardCopyOption.REPLACE_EXISTING);
            if (out != null) {
                Files.copy(cache, out, StandardCopyOption.REPLACE_EXISTING);
            }
            System.out.printf(
                    "trained: gateways of this build start from %,d MiB of cache%n",
                    Files.size(cache) >> 20);
            return 0;
        } finally {
            Folders.delete(folder);
        }
    }

    private void train(Path root, Path folder, Path made) throws IOException, InterruptedException {
        var settings =
                new ClusterSettings(
                        root,
                        folder,
                        1,
                        1,
                        false,
                        "512m",
                        List.of("-XX:+UseG1GC", "-XX:AOTCacheOutput=" + made),
                        List.of("-XX:TieredStopAtLevel=1"),
                        Map.of());
        System.out.println("starting a gateway with local stores");
        try (var cluster = LocalCluster.prepare(settings)) {
            cluster.startAll();
            ServerProcess gateway = cluster.gateway(0);
            gateway.awaitReady(READY_MAX);
            System.out.printf("a log under load for %d s%n", seconds);
            use(cluster);
            System.out.printf("a queue under load for %d s%n", seconds);
            QueueTraining.run("http://" + cluster.address(0), Duration.ofSeconds(seconds));
            System.out.println("writing the cache");
            gateway.signal("TERM");
            int status = gateway.awaitExit(EXIT_MAX);
            if (!Files.exists(made)) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE,
                        "no-cache",
                        "the gateway's JVM wrote no cache: exit=%d; the end of its output: %s"
                                .formatted(status, gateway.tail()));
            }
        }
    }

    private void use(LocalCluster cluster) throws IOException, InterruptedException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!cluster.api(0).createTopic(TOPIC, PARTITIONS)) {
            if (System.nanoTime() - endNs > 0) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE, "no-topic", "the topic was not made");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        var failures = new AtomicLong();
        var counted =
                new Acknowledged() {
                    @Override
                    public void acknowledged(long intendedNs, int bytes) {}

                    @Override
                    public void failed(String why) {
                        failures.incrementAndGet();
                    }
                };
        var shape = new ProducerShape(PARTITIONS, 16 << 10, Duration.ofMillis(2), 1 << 20);
        String address = cluster.address(0);
        long id = cluster.api(0).newProducerId().orElse(-1L);
        try (SingleWrites writes =
                        JsonWriters.begin(TOPIC, List.of(address), WRITERS, VALUE_BYTES, counted);
                BenchProducer producer =
                        new WireProducer(TOPIC, shape, id, 1, _ -> address, counted)) {
            byte[] value = new byte[VALUE_BYTES];
            for (int i = 0; System.nanoTime() - endNs < 0; i++) {
                producer.send(i % PARTITIONS, value, System.nanoTime());
                if (i % 1_000 == 0) {
                    read(cluster, i / 1_000 % PARTITIONS);
                    TimeUnit.MILLISECONDS.sleep(10);
                }
            }
        }
    }

    private static void read(LocalCluster cluster, int partition) throws InterruptedException {
        GatewayApi api = cluster.api(0);
        String path = "/v1/topics/" + TOPIC + "/partitions/" + partition + "/records?max=100";
        for (String each : List.of(path, path + "&format=binary", "/v1/cluster", "/q/metrics")) {
            var unused = api.ask("GET", each, "");
        }
    }
}
