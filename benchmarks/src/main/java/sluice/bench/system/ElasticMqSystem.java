package sluice.bench.system;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.Received;
import sluice.bench.client.WorkShape;
import sluice.bench.cluster.ServerProcess;
import sluice.log.SluiceException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/**
 * ElasticMQ, which speaks SQS's protocol, with SQS's own Java client. One node, and all in memory:
 * what it acknowledges is neither on a disk nor anywhere else.
 */
public final class ElasticMqSystem implements QueueSystem {

    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final int CONNECTIONS_MAX = 300;

    private final Path libraries;
    private final Path folder;
    private final String heap;
    private Optional<ServerProcess> process = Optional.empty();
    private int port;

    /**
     * @param libraries its jars and those that they need
     * @param folder for all that it writes
     */
    public ElasticMqSystem(Path libraries, Path folder, String heap) {
        this.libraries = libraries;
        this.folder = folder;
        this.heap = heap;
    }

    @Override
    public String name() {
        return "elasticmq";
    }

    @Override
    public void start() throws IOException, InterruptedException {
        Files.createDirectories(folder);
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Path config = folder.resolve("elasticmq.conf");
        Files.writeString(
                config,
                """
                include classpath("application.conf")
                node-address { protocol = http, host = "127.0.0.1", port = %d, context-path = "" }
                rest-sqs { enabled = true, bind-port = %d, bind-hostname = "127.0.0.1" }
                rest-stats { enabled = false }
                queues-storage { enabled = false }
                messages-storage { enabled = false }
                """
                        .formatted(port, port));
        var server =
                new ServerProcess(
                        name(),
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xms" + heap,
                                "-Xmx" + heap,
                                "-Dconfig.file=" + config,
                                "-cp",
                                libraries.resolve("*").toString(),
                                "org.elasticmq.server.Main"),
                        () -> true,
                        folder.resolve("elasticmq.log"));
        process = Optional.of(server);
        server.start();
        awaitReady(server);
    }

    private void awaitReady(ServerProcess server) throws InterruptedException {
        long deadlineNs = System.nanoTime() + READY_MAX.toNanos();
        try (SqsAsyncClient client = client()) {
            while (true) {
                try {
                    var unused = client.listQueues().join();
                    return;
                } catch (RuntimeException e) {
                    if (!server.isAlive() || System.nanoTime() - deadlineNs > 0) {
                        throw failed("it does not serve; see " + server.log() + ": " + e);
                    }
                    TimeUnit.MILLISECONDS.sleep(250);
                }
            }
        }
    }

    private SqsAsyncClient client() {
        return SqsAsyncClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + port))
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("x", "x")))
                .httpClientBuilder(
                        NettyNioAsyncHttpClient.builder()
                                .maxConcurrency(CONNECTIONS_MAX)
                                .maxPendingConnectionAcquires(10_000))
                .build();
    }

    private String url(String queue) {
        return "http://127.0.0.1:" + port + "/000000000000/" + queue;
    }

    @Override
    public void createQueue(String queue) {
        try (SqsAsyncClient client = client()) {
            var unused = client.createQueue(request -> request.queueName(queue)).join();
        } catch (SdkException e) {
            throw failed("the queue could not be made: " + e);
        }
    }

    @Override
    public BenchProducer sender(String queue, int together, Acknowledged acknowledged) {
        return new SqsClients.Sending(client(), url(queue), together, acknowledged);
    }

    @Override
    public BenchConsumer workers(String queue, WorkShape shape, Received received) {
        return SqsClients.Working.begin(client(), url(queue), shape, received);
    }

    @Override
    public List<SystemProcess> processes() {
        return process.stream().map(each -> new SystemProcess(name(), each.pid(), true)).toList();
    }

    @Override
    public void close() {
        process.ifPresent(ServerProcess::forget);
    }

    private static SluiceException failed(String what) {
        return new SluiceException(
                SluiceException.Kind.UNAVAILABLE, "no-elasticmq", "elasticmq: " + what);
    }
}
