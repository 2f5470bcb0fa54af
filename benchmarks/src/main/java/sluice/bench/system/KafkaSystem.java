package sluice.bench.system;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.client.Received;
import sluice.bench.client.SingleWrites;
import sluice.bench.cluster.ServerProcess;
import sluice.log.SluiceException;

/** Three KRaft brokers, each a controller too, of Apache Kafka from Maven Central. */
public final class KafkaSystem implements MessagingSystem {

    private static final int NODES = 3;
    private static final Duration READY_MAX = Duration.ofSeconds(90);

    /**
     * A broker maps two index files of 10 MiB for each replica. At the first touch Linux fills as
     * much of each as the volume's read-ahead says, with zeroes: where that is 8 MiB, a thousand
     * partitions take a minute and some dozens of GB. With so many, small ones; a segment is rolled
     * when its index is full, which no measurement comes near.
     */
    private static final int MANY_PARTITIONS = 100;

    private static final int SMALL_INDEX_BYTES = 128 << 10;

    /** A controller takes changes of fewer than 10,000 partitions at a time. */
    private static final int AT_ONCE_MAX = 5_000;

    /** Sixteen bytes in base64, as Kafka writes them. */
    private static final String CLUSTER_ID = "c2x1aWNlLWJlbmNobWFyaw";

    private final String name;
    private final Path java;
    private final Path lib;
    private final Path folder;
    private final String heap;
    private final Map<String, String> settings;
    private final int[] ports = new int[2 * NODES];
    private final List<ServerProcess> brokers = new ArrayList<>();

    /**
     * @param lib of the brokers' jars
     * @param folder for all that they write
     * @param settings of brokers besides what makes them a cluster
     */
    public KafkaSystem(
            String name, Path lib, Path folder, String heap, Map<String, String> settings) {
        this.name = name;
        this.java = Path.of(System.getProperty("java.home"), "bin", "java");
        this.lib = lib;
        this.folder = folder;
        this.heap = heap;
        this.settings = Map.copyOf(settings);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start() throws IOException, InterruptedException {
        choosePorts();
        for (int i = 0; i < NODES; i++) {
            Path home = Files.createDirectories(folder.resolve("broker-" + (i + 1)));
            Path config = home.resolve("broker.properties");
            try (var out = Files.newBufferedWriter(config)) {
                config(i, home.resolve("data")).store(out, null);
            }
            format(config, home.resolve("format.log"));
            var broker =
                    new ServerProcess(
                            name + "-" + (i + 1),
                            // As Kafka's own start script has them.
                            List.of(
                                    java.toString(),
                                    "-Xmx" + heap,
                                    "-Xms" + heap,
                                    "-XX:+UseG1GC",
                                    "-XX:MaxGCPauseMillis=20",
                                    "-XX:InitiatingHeapOccupancyPercent=35",
                                    "-cp",
                                    lib + "/*",
                                    "kafka.Kafka",
                                    config.toString()),
                            () -> true,
                            home.resolve("broker.log"));
            brokers.add(broker);
            broker.start();
        }
        awaitBrokers();
    }

    private void choosePorts() throws IOException {
        var held = new ArrayList<ServerSocket>();
        for (int i = 0; i < ports.length; i++) {
            var socket = new ServerSocket(0);
            held.add(socket);
            ports[i] = socket.getLocalPort();
        }
        for (ServerSocket socket : held) {
            socket.close();
        }
    }

    private Properties config(int index, Path data) {
        var config = new Properties();
        config.setProperty("process.roles", "broker,controller");
        config.setProperty("node.id", "" + (index + 1));
        config.setProperty(
                "controller.quorum.voters",
                IntStream.range(0, NODES)
                        .mapToObj(i -> (i + 1) + "@127.0.0.1:" + ports[NODES + i])
                        .collect(Collectors.joining(",")));
        config.setProperty(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(ports[index], ports[NODES + index]));
        config.setProperty("controller.listener.names", "CONTROLLER");
        config.setProperty("log.dirs", data.toString());
        config.setProperty("default.replication.factor", "" + NODES);
        config.setProperty("min.insync.replicas", "2");
        config.setProperty("offsets.topic.replication.factor", "" + NODES);
        config.setProperty("transaction.state.log.replication.factor", "" + NODES);
        config.setProperty("transaction.state.log.min.isr", "2");
        settings.forEach(config::setProperty);
        return config;
    }

    private void format(Path config, Path log) throws IOException, InterruptedException {
        int status =
                new ProcessBuilder(
                                java.toString(),
                                "-cp",
                                lib + "/*",
                                "kafka.tools.StorageTool",
                                "format",
                                "-t",
                                CLUSTER_ID,
                                "-c",
                                config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start()
                        .waitFor();
        if (status != 0) {
            throw failed("a broker's folder could not be formatted; see " + log, null);
        }
    }

    private void awaitBrokers() throws InterruptedException {
        long deadlineNs = System.nanoTime() + READY_MAX.toNanos();
        try (var admin = Admin.create(KafkaClients.common(bootstrap()))) {
            while (nodes(admin) < NODES) {
                for (ServerProcess broker : brokers) {
                    if (!broker.isAlive()) {
                        throw failed(broker.name() + " ended; see " + broker.log(), null);
                    }
                }
                if (System.nanoTime() - deadlineNs > 0) {
                    throw failed("the brokers are no cluster after " + READY_MAX, null);
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    private static int nodes(Admin admin) throws InterruptedException {
        try {
            return admin.describeCluster().nodes().get().size();
        } catch (ExecutionException e) {
            return 0;
        }
    }

    /** The addresses of all brokers, as clients take them. */
    public String bootstrap() {
        return IntStream.range(0, NODES)
                .mapToObj(i -> "127.0.0.1:" + ports[i])
                .collect(Collectors.joining(","));
    }

    @Override
    public void createTopic(String topic, int partitions) throws InterruptedException {
        try (var admin = Admin.create(KafkaClients.common(bootstrap()))) {
            int made = Math.min(partitions, AT_ONCE_MAX);
            var first = new NewTopic(topic, made, (short) NODES);
            if (partitions > MANY_PARTITIONS) {
                first.configs(Map.of("segment.index.bytes", "" + SMALL_INDEX_BYTES));
            }
            admin.createTopics(List.of(first)).all().get();
            awaitLeaders(admin, topic, made);
            while (made < partitions) {
                made = Math.min(partitions, made + AT_ONCE_MAX);
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(made))).all().get();
                awaitLeaders(admin, topic, made);
            }
        } catch (ExecutionException e) {
            throw failed("topic " + topic + " could not be made", e.getCause());
        }
    }

    /** A new topic's partitions have leaders and followers a while after it was made. */
    private void awaitLeaders(Admin admin, String topic, int partitions)
            throws InterruptedException {
        long deadlineNs = System.nanoTime() + READY_MAX.toNanos();
        while (true) {
            try {
                var found = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
                if (found != null
                        && found.partitions().size() == partitions
                        && found.partitions().stream()
                                .allMatch(each ->
                                        each.leader() != null && each.isr().size() == NODES)) {
                    return;
                }
            } catch (ExecutionException e) {
                // Not known everywhere yet.
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw failed("topic " + topic + " is not replicated after " + READY_MAX, null);
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    @Override
    public BenchProducer producer(String topic, ProducerShape shape, Acknowledged acknowledged) {
        return new KafkaClients.Producing(bootstrap(), topic, shape, acknowledged);
    }

    @Override
    public BenchConsumer consumer(String topic, int partitions, Received received)
            throws InterruptedException {
        return KafkaClients.Consuming.begin(bootstrap(), topic, partitions, false, received);
    }

    @Override
    public BenchConsumer reader(String topic, int partitions, Received received) {
        return KafkaClients.Consuming.begin(bootstrap(), topic, partitions, true, received);
    }

    @Override
    public SingleWrites singleWrites(
            String topic, int writers, int valueBytes, Acknowledged acknowledged) {
        throw new SluiceException(
                SluiceException.Kind.INVALID,
                "no-such-clients",
                "a Kafka producer has a thread of its own and a connection to every broker: nobody"
                        + " gives one to each of a thousand small writers");
    }

    @Override
    public List<SystemProcess> processes() {
        return brokers.stream()
                .map(broker -> new SystemProcess(broker.name(), broker.pid(), true))
                .toList();
    }

    @Override
    public void close() {
        brokers.forEach(ServerProcess::forget);
    }

    private SluiceException failed(String what, @Nullable Throwable cause) {
        return new SluiceException(
                SluiceException.Kind.UNAVAILABLE, "no-" + name, name + ": " + what, cause);
    }
}
