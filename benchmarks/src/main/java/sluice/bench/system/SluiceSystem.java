package sluice.bench.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.BenchConsumer;
import sluice.bench.client.BenchProducer;
import sluice.bench.client.ProducerShape;
import sluice.bench.client.Received;
import sluice.bench.client.SingleWrites;
import sluice.bench.client.WorkShape;
import sluice.bench.cluster.ClusterSettings;
import sluice.bench.cluster.HeapInUse;
import sluice.bench.cluster.LocalCluster;
import sluice.bench.cluster.ServerProcess;
import sluice.bench.cluster.ShippedJvm;
import sluice.bench.wire.JsonWriters;
import sluice.bench.wire.WireConsumer;
import sluice.bench.wire.WireProducer;
import sluice.log.SluiceException;

/** Three gateways, a local S3 server and a local DynamoDB. */
public final class SluiceSystem implements MessagingSystem, QueueSystem {

    private static final Duration OWNED_MAX = Duration.ofSeconds(60);
    private static final int CONNECTIONS = 1;

    /** With which client it is written to. */
    public enum ClientKind {
        /** The harness's own, which costs little processor time. */
        WIRE,
        /** What applications use. */
        SDK
    }

    private final LocalCluster cluster;
    private final StoreFolder stores;
    private final ClientKind client;
    private @Nullable SdkQueueClients queueClients;

    /**
     * @param root of the installation
     * @param folder for all that it writes
     * @param heap of each gateway, all of it from the start as the other systems have it
     * @param client that writes
     */
    public SluiceSystem(
            Path root, Path folder, String heap, List<String> jvmOptions, ClientKind client)
            throws IOException {
        stores = StoreFolder.below(folder, "s3", "dynamodb");
        this.client = client;
        cluster =
                LocalCluster.prepare(
                        new ClusterSettings(
                                root,
                                folder,
                                3,
                                3,
                                false,
                                heap,
                                ShippedJvm.options(heap, jvmOptions),
                                List.of(),
                                Map.of()));
    }

    @Override
    public String name() {
        return client == ClientKind.SDK ? "sluice-sdk" : "sluice";
    }

    @Override
    public void start() throws IOException, InterruptedException {
        cluster.startAll();
    }

    @Override
    public void createTopic(String topic, int partitions) throws InterruptedException {
        long deadlineNs = System.nanoTime() + OWNED_MAX.toNanos();
        while (!cluster.api(0).createTopic(topic, partitions)
                || cluster.api(0).owners(topic).isEmpty()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE,
                        "no-topic",
                        "the topic was not made in time: " + topic);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @Override
    public void createQueue(String queue) throws InterruptedException {
        createQueue(queue, "{}");
    }

    @Override
    public void createQueueByKey(String queue) throws InterruptedException {
        createQueue(queue, "{\"order\":\"key\"}");
        queueClients().byKey(queue);
    }

    private void createQueue(String queue, String settings) throws InterruptedException {
        long deadlineNs = System.nanoTime() + OWNED_MAX.toNanos();
        while (!cluster.api(0).createQueue(queue, settings)
                || cluster.api(0).owners(queue).isEmpty()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE,
                        "no-queue",
                        "the queue was not made in time: " + queue);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @Override
    public OptionalDouble heapMib() throws InterruptedException {
        double most = 0;
        for (int index : cluster.running()) {
            try {
                most = Math.max(most, HeapInUse.afterCollection(cluster, index));
            } catch (IOException e) {
                throw new UncheckedIOException("the heap cannot be told", e);
            }
        }
        return OptionalDouble.of(most / (1 << 20));
    }

    /** The SDK's producer sends what there is in one request by itself. */
    @Override
    public BenchProducer sender(String queue, int together, Acknowledged acknowledged) {
        return queueClients().sending(queue, together, acknowledged);
    }

    /** The SDK's consumer settles what there is in one frame by itself. */
    @Override
    public BenchConsumer workers(String queue, WorkShape shape, Received received) {
        return queueClients().working(queue, shape, received);
    }

    private SdkQueueClients queueClients() {
        SdkQueueClients made = queueClients;
        if (made == null) {
            made = new SdkQueueClients(gateways());
            queueClients = made;
        }
        return made;
    }

    /** The addresses of all that run, as the SDK takes them. */
    public String gateways() {
        return cluster.urls(cluster.running()).stream()
                .map(Object::toString)
                .collect(Collectors.joining(","));
    }

    @Override
    public BenchProducer producer(String topic, ProducerShape shape, Acknowledged acknowledged)
            throws InterruptedException {
        if (client == ClientKind.SDK) {
            return new SdkProducer(gateways(), topic, shape, acknowledged);
        }
        List<String> owners = cluster.api(0).owners(topic);
        long id =
                cluster.api(0)
                        .newProducerId()
                        .orElseThrow(() ->
                                new SluiceException(
                                        SluiceException.Kind.UNAVAILABLE,
                                        "no-producer-id",
                                        "the gateway gave no producer id"));
        return new WireProducer(topic, shape, id, CONNECTIONS, owners::get, acknowledged);
    }

    @Override
    public BenchConsumer consumer(String topic, int partitions, Received received)
            throws InterruptedException {
        return WireConsumer.fromEnd(topic, partitions, cluster.api(0).owners(topic)::get, received);
    }

    @Override
    public BenchConsumer reader(String topic, int partitions, Received received)
            throws InterruptedException {
        return WireConsumer.fromStart(
                topic, partitions, cluster.api(0).owners(topic)::get, received);
    }

    /** In objects, so that owners answer from there and not from their memory. */
    @Override
    public void awaitStored(Duration max) throws InterruptedException {
        long deadlineNs = System.nanoTime() + max.toNanos();
        while (batchesNotInObjects() > 0) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE,
                        "not-stored",
                        "%.0f batches are not in objects after %s"
                                .formatted(batchesNotInObjects(), max));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private double batchesNotInObjects() throws InterruptedException {
        double sum = 0;
        for (int index : cluster.running()) {
            sum += cluster.api(index).metric("sluice_engine_tail_entries").orElse(1.0);
        }
        return sum;
    }

    @Override
    public SingleWrites singleWrites(
            String topic, int writers, int valueBytes, Acknowledged acknowledged) {
        try {
            return JsonWriters.begin(
                    topic,
                    cluster.running().stream().map(cluster::address).toList(),
                    writers,
                    valueBytes,
                    acknowledged);
        } catch (IOException e) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE, "no-connection", "no connection: " + e, e);
        }
    }

    @Override
    public List<SystemProcess> processes() {
        var processes = new ArrayList<SystemProcess>();
        for (int index : cluster.running()) {
            processes.add(process(cluster.gateway(index), true));
        }
        processes.add(process(cluster.s3(), false));
        processes.add(process(cluster.dynamoDb(), false));
        return processes;
    }

    private static SystemProcess process(ServerProcess server, boolean isNode) {
        return new SystemProcess(server.name(), server.pid(), isNode);
    }

    @Override
    public void close() {
        if (queueClients != null) {
            queueClients.close();
        }
        cluster.close();
        try {
            stores.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the stores' folder could not be deleted", e);
        }
    }
}
