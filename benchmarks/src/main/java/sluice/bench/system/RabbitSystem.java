package sluice.bench.system;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.client.Received;
import sluice.bench.client.SingleWrites;
import sluice.bench.client.WorkShape;
import sluice.bench.cluster.ServerProcess;
import sluice.log.SluiceException;

/**
 * Three RabbitMQ nodes of the machine's own package. A topic is one quorum queue; partitions, which
 * it has none of, are left out.
 */
public final class RabbitSystem implements MessagingSystem, QueueSystem {

    private static final int NODES = 3;
    private static final Duration READY_MAX = Duration.ofSeconds(120);

    /** A topic with so many stands for one queue; with more, for something it has not. */
    private static final int PARTITIONS_MAX = 100;

    /** What its documentation advises for a consumer that does little with a message. */
    private static final WorkShape READER = new WorkShape(1, 100, 1);

    private static final Path PROGRAMS = Path.of("/usr/lib/rabbitmq/bin");

    private final Path folder;
    private final int[] ports = new int[2 * NODES + 1];
    private final List<ServerProcess> processes = new ArrayList<>();

    /**
     * @param folder for all that it writes
     */
    public RabbitSystem(Path folder) {
        this.folder = folder;
    }

    /** Why it cannot be used here, if it cannot. */
    public static Optional<String> unavailable() {
        return Files.isExecutable(PROGRAMS.resolve("rabbitmq-server"))
                ? Optional.empty()
                : Optional.of(
                        "RabbitMQ is not installed (Debian, Ubuntu: apt install rabbitmq-server)");
    }

    @Override
    public String name() {
        return "rabbitmq";
    }

    @Override
    public void start() throws IOException, InterruptedException {
        Files.createDirectories(folder);
        choosePorts();
        // Nodes find each other through it; without ours, they would leave one behind.
        start(
                "epmd",
                List.of("epmd", "-address", "127.0.0.1", "-port", "" + ports[2 * NODES]),
                Map.of());
        for (int i = 0; i < NODES; i++) {
            start(node(i), List.of(PROGRAMS.resolve("rabbitmq-server").toString()), environment(i));
        }
        awaitNodes();
    }

    private void start(String name, List<String> command, Map<String, String> environment)
            throws IOException {
        var all = new ArrayList<String>(List.of("env"));
        environment.forEach((key, value) -> all.add(key + "=" + value));
        all.addAll(command);
        var process = new ServerProcess(name, all, () -> true, folder.resolve(name + ".log"));
        processes.add(process);
        process.start();
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

    private static String node(int index) {
        return "rabbitmq-" + (index + 1);
    }

    private Map<String, String> environment(int index) throws IOException {
        Path home = Files.createDirectories(folder.resolve(node(index)));
        var config = new StringBuilder();
        config.append("listeners.tcp.1 = 127.0.0.1:").append(ports[index]).append('\n');
        config.append("loopback_users = none\n");
        config.append("disk_free_limit.absolute = 50MB\n");
        config.append("cluster_formation.peer_discovery_backend = classic_config\n");
        for (int i = 0; i < NODES; i++) {
            config.append(
                    "cluster_formation.classic_config.nodes.%d = %s@localhost\n"
                            .formatted(i + 1, node(i)));
        }
        Path file = home.resolve("rabbitmq.conf");
        Files.writeString(file, config);
        Path plugins = home.resolve("enabled_plugins");
        Files.writeString(plugins, "[].\n");
        var environment = new TreeMap<>(common());
        environment.put("RABBITMQ_NODENAME", node(index) + "@localhost");
        environment.put("RABBITMQ_DIST_PORT", "" + ports[NODES + index]);
        environment.put("RABBITMQ_MNESIA_BASE", home.resolve("data").toString());
        environment.put("RABBITMQ_LOG_BASE", home.resolve("log").toString());
        environment.put("RABBITMQ_CONFIG_FILE", file.toString());
        environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString());
        return environment;
    }

    private Map<String, String> common() {
        return Map.of(
                "HOME", folder.toString(),
                "ERL_EPMD_PORT", "" + ports[2 * NODES],
                "RABBITMQ_CONF_ENV_FILE", folder.resolve("none").toString());
    }

    private void awaitNodes() throws IOException, InterruptedException {
        for (int i = 0; i < NODES; i++) {
            awaitPort(ports[i]);
        }
        var command = new ArrayList<String>(List.of("env"));
        common().forEach((key, value) -> command.add(key + "=" + value));
        command.addAll(
                List.of(
                        PROGRAMS.resolve("rabbitmqctl").toString(),
                        "-n",
                        node(0) + "@localhost",
                        "await_online_nodes",
                        "" + NODES));
        Path log = folder.resolve("await.log");
        int status =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start()
                        .waitFor();
        if (status != 0) {
            throw failed("the nodes are no cluster; see " + log);
        }
    }

    private void awaitPort(int port) throws InterruptedException {
        long deadlineNs = System.nanoTime() + READY_MAX.toNanos();
        while (true) {
            try (Connection connection = connect(port)) {
                return;
            } catch (IOException | TimeoutException e) {
                for (ServerProcess process : processes) {
                    if (!process.isAlive()) {
                        throw failed(process.name() + " ended; see " + process.log());
                    }
                }
                if (System.nanoTime() - deadlineNs > 0) {
                    throw failed("a node is not ready after " + READY_MAX + ": " + e);
                }
                TimeUnit.MILLISECONDS.sleep(250);
            }
        }
    }

    private static Connection connect(int port) throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    /** One connection to each node. */
    List<Connection> connections() {
        return connections(NODES);
    }

    private List<Connection> connections(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> {
                    try {
                        return connect(ports[i % NODES]);
                    } catch (IOException | TimeoutException e) {
                        throw failed("no connection to " + node(i % NODES) + ": " + e);
                    }
                })
                .collect(Collectors.toList());
    }

    @Override
    public void createTopic(String topic, int partitions) {
        if (partitions > PARTITIONS_MAX) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "no-partitions",
                    "a queue has no partitions: how writes get slower with more of them says nothing"
                            + " of it");
        }
        createQueue(topic);
    }

    @Override
    public void createQueue(String topic) {
        try (Connection connection = connect(ports[0])) {
            connection
                    .createChannel()
                    .queueDeclare(topic, true, false, false, Map.of("x-queue-type", "quorum"));
        } catch (IOException | TimeoutException e) {
            throw failed("the queue could not be made: " + e);
        }
    }

    @Override
    public BenchProducer producer(String topic, ProducerShape shape, Acknowledged acknowledged) {
        return RabbitClients.Producing.begin(connections(), topic, acknowledged);
    }

    @Override
    public BenchProducer sender(String queue, int together, Acknowledged acknowledged) {
        // It has no requests of several messages: they are pipelined.
        return RabbitClients.Producing.begin(connections(), queue, acknowledged);
    }

    @Override
    public BenchConsumer workers(String queue, WorkShape shape, Received received) {
        List<Connection> connections =
                connections(shape.isConnectionEach() ? shape.consumers() : NODES);
        return RabbitClients.Consuming.begin(connections, queue, shape, received);
    }

    @Override
    public BenchConsumer consumer(String topic, int partitions, Received received) {
        return RabbitClients.Consuming.begin(connections(), topic, READER, received);
    }

    @Override
    public BenchConsumer reader(String topic, int partitions, Received received) {
        throw new SluiceException(
                SluiceException.Kind.INVALID,
                "no-history",
                "a queue is emptied by who reads it: nobody reads a backlog a second time");
    }

    @Override
    public SingleWrites singleWrites(
            String topic, int writers, int valueBytes, Acknowledged acknowledged) {
        return RabbitClients.Singles.begin(connections(), topic, writers, valueBytes, acknowledged);
    }

    @Override
    public List<SystemProcess> processes() {
        return processes.stream()
                .map(process -> new SystemProcess(process.name(), process.pid(), true))
                .toList();
    }

    @Override
    public void close() {
        processes.forEach(ServerProcess::forget);
    }

    private static SluiceException failed(String what) {
        return new SluiceException(
                SluiceException.Kind.UNAVAILABLE, "no-rabbitmq", "rabbitmq: " + what);
    }
}
