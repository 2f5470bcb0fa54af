package sluice.bench.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import sluice.bench.links.LinkNetwork;
import sluice.cli.dev.DevChildren;
import sluice.log.SluiceException;

/**
 * Gateways and both stores as processes of their own. Every address stays what it is over restarts.
 * For one thread at a time.
 *
 * <p>Whatever happens, no process is left when this is closed or its own process ends.
 */
public final class LocalCluster implements AutoCloseable {

    /** A start while other work wants the processors too. */
    public static final Duration READY_MAX = Duration.ofSeconds(90);

    private static final Duration POLL = Duration.ofMillis(50);
    private static final int REPLICAS_MAX = 3;

    private final ClusterSettings settings;
    private final DevChildren children;
    private final LinkNetwork links;
    private final ServerProcess s3;
    private final ServerProcess dynamoDb;
    private final List<ServerProcess> gateways = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();

    private LocalCluster(ClusterSettings settings) throws IOException {
        this.settings = settings;
        Files.createDirectories(settings.folder().resolve("logs"));
        children =
                DevChildren.onFreePorts(
                        settings.root(),
                        settings.folder(),
                        settings.gatewaysMax(),
                        settings.heap(),
                        settings.jvmOptions(),
                        settings.storeJvmOptions());
        links =
                LinkNetwork.of(
                        IntStream.range(0, settings.gatewaysMax())
                                .mapToObj(index ->
                                        new InetSocketAddress(
                                                InetAddress.getLoopbackAddress(),
                                                children.peerPort(index)))
                                .toList());
        s3 = new ServerProcess(children.s3(), log("s3"));
        dynamoDb = new ServerProcess(children.dynamoDb(), log("dynamodb"));
        for (int i = 0; i < settings.gatewaysMax(); i++) {
            var further = new TreeMap<>(settings.gatewaySettings());
            further.putIfAbsent("sluice.cluster.expected-gateways", "" + settings.gateways());
            further.putIfAbsent(
                    "sluice.replication-factor", "" + Math.min(REPLICAS_MAX, settings.gateways()));
            if (settings.linksCanBeCut()) {
                further.put("sluice.peer.advertised", "127.0.0.1:" + links.port(i));
            }
            gateways.add(gateway(i, further));
        }
    }

    private ServerProcess gateway(int index, Map<String, String> further) {
        var process =
                new ServerProcess(children.gateway(index, further), log("gateway-" + (index + 1)));
        if (settings.linksCanBeCut()) {
            process.tell(() -> links.started(index, process::isAlive), () -> links.ended(index));
        }
        return process;
    }

    /**
     * Starts the stores and the first gateways; returns when all are ready and every slot owned.
     */
    public static LocalCluster start(ClusterSettings settings)
            throws IOException, InterruptedException {
        var cluster = prepare(settings);
        try {
            cluster.startAll();
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** With nothing started yet. The caller owns what is returned. */
    public static LocalCluster prepare(ClusterSettings settings) throws IOException {
        return new LocalCluster(settings);
    }

    /** Starts the stores and the first gateways, and waits until they are whole. */
    public void startAll() throws IOException, InterruptedException {
        s3.start();
        dynamoDb.start();
        startGateways();
    }

    /** Returns when both answer. */
    public void startStores() throws IOException, InterruptedException {
        s3.start();
        dynamoDb.start();
        s3.awaitReady(READY_MAX);
        dynamoDb.awaitReady(READY_MAX);
    }

    /** Starts the first gateways, and waits until they are whole; the stores must be there. */
    public void startGateways() throws IOException, InterruptedException {
        for (int i = 0; i < settings.gateways(); i++) {
            gateways.get(i).start();
        }
        for (int i = 0; i < settings.gateways(); i++) {
            awaitReady(i);
        }
        awaitWhole(READY_MAX, running());
    }

    public ServerProcess gateway(int index) {
        return gateways.get(index);
    }

    public ServerProcess s3() {
        return s3;
    }

    public ServerProcess dynamoDb() {
        return dynamoDb;
    }

    /** Where the DynamoDB listens, also before it does. */
    public InetSocketAddress dynamoDbAddress() throws IOException {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), children.dynamoDb().readiness().getPort());
    }

    /** The links between gateways, if the settings said that they can be cut. */
    public LinkNetwork links() {
        if (!settings.linksCanBeCut()) {
            throw new IllegalStateException("the links of this cluster cannot be cut");
        }
        return links;
    }

    /** Questions to one gateway. */
    public GatewayApi api(int index) {
        return new GatewayApi(http, url(index));
    }

    /** Where clients reach a gateway. */
    public URI url(int index) {
        return URI.create("http://" + address(index));
    }

    /** The same as {@code host:port}. */
    public String address(int index) {
        return "127.0.0.1:" + children.httpPort(index);
    }

    /** Indexes of gateways whose processes are there, stopped ones included. */
    public List<Integer> running() {
        return IntStream.range(0, gateways.size())
                .filter(index -> gateways.get(index).isAlive())
                .boxed()
                .toList();
    }

    public List<URI> urls(List<Integer> indexes) {
        return indexes.stream().map(this::url).toList();
    }

    /** Waits for a gateway that was started, and learns which disk it has. */
    public void awaitReady(int index) throws InterruptedException {
        gateways.get(index).awaitReady(READY_MAX);
        api(index).state().ifPresent(state -> links.name(index, state.self()));
    }

    /** Deletes a gateway's disk; it must not be running. */
    public void wipeDisk(int index) throws IOException {
        if (gateways.get(index).isAlive()) {
            throw new IllegalStateException("gateway " + index + " runs");
        }
        Path disk = children.disk(index);
        if (Files.exists(disk)) {
            try (Stream<Path> files = Files.walk(disk)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /**
     * From its next start on, a gateway's disk is an empty memory file system of that size, which
     * ends with the process.
     *
     * @see Tmpfs#unavailable
     */
    public void limitDisk(int index, int bytes) throws IOException {
        Path disk = Files.createDirectories(children.disk(index));
        gateways.get(index).startBy(Tmpfs.mountThenRun(disk, bytes));
    }

    /** A gateway's disk. */
    public Path disk(int index) {
        return children.disk(index);
    }

    /** The same disk as the gateway's running process sees it, also when it is limited. */
    public Path diskInside(int index) {
        return Path.of("/proc/" + gateways.get(index).pid() + "/root" + children.disk(index));
    }

    /**
     * Waits until the gateways given agree that just they are alive and own all slots.
     *
     * @throws SluiceException UNAVAILABLE {@code not-whole} if they do not in time
     */
    public void awaitWhole(Duration max, List<Integer> indexes) throws InterruptedException {
        awaitState(
                "whole",
                max,
                indexes,
                state ->
                        state.aliveCount() == indexes.size()
                                && indexes.stream()
                                        .allMatch(i -> state.alive(address(i)).isPresent())
                                && state.slotsOwned() == state.slots());
    }

    /**
     * Waits until {@link #awaitWhole} holds and each of the gateways owns its share of the slots.
     *
     * @throws SluiceException UNAVAILABLE {@code not-balanced} if they do not in time
     */
    public void awaitBalanced(Duration max, List<Integer> indexes) throws InterruptedException {
        awaitWhole(max, indexes);
        awaitState(
                "balanced",
                max,
                indexes,
                state ->
                        indexes.stream()
                                .map(i -> state.slotsByAddress().getOrDefault(address(i), 0))
                                .allMatch(slots -> slots >= state.slots() / indexes.size()));
    }

    /**
     * Waits until a condition holds in what each of the gateways tells.
     *
     * @param what for the message
     * @throws SluiceException UNAVAILABLE {@code not-WHAT} with what they told last
     */
    public void awaitState(
            String what, Duration max, List<Integer> asked, Predicate<ClusterState> condition)
            throws InterruptedException {
        long deadlineNs = System.nanoTime() + max.toNanos();
        while (true) {
            var told = new ArrayList<String>();
            boolean holds = true;
            for (int index : asked) {
                var state = api(index).state();
                holds &= state.isPresent() && condition.test(state.get());
                told.add(
                        "gateway %d: %s".formatted(index, state.map(Object::toString).orElse("-")));
            }
            if (holds) {
                return;
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE,
                        "not-" + what,
                        "the cluster is not %s after %s:%n%s"
                                .formatted(what, max, String.join("\n", told)));
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }

    /** Kills everything that runs, and waits for its end. */
    @Override
    public void close() {
        all().forEach(ServerProcess::forget);
        boolean interrupted = false;
        for (ServerProcess process : all()) {
            try {
                process.kill();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        links.close();
        http.shutdownNow();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private List<ServerProcess> all() {
        return Stream.concat(gateways.stream(), Stream.of(s3, dynamoDb)).toList();
    }

    private Path log(String name) {
        return settings.folder().resolve("logs").resolve(name + ".log");
    }
}
