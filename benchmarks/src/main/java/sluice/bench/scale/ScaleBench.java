package sluice.bench.scale;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import sluice.bench.client.Acknowledged;
import sluice.bench.client.ProducerShape;
import sluice.bench.cluster.ClusterSettings;
import sluice.bench.cluster.GatewayApi;
import sluice.bench.cluster.HeapInUse;
import sluice.bench.cluster.LocalCluster;
import sluice.bench.cluster.ProcessMemory;
import sluice.bench.load.Load;
import sluice.bench.wire.WireProducer;
import sluice.log.SluiceException;

/**
 * A cluster under a small load that never changes, to which more and more partitions come that take
 * one record each and no more. One thread drives everything.
 */
final class ScaleBench {

    private static final String ACTIVE = "active";
    private static final int GATEWAYS = 3;
    private static final int PRODUCERS = 4;
    private static final int RECORD_BYTES = 1_000;
    private static final double MIB = 1 << 20;

    /** Of one topic: what a gateway allows by default. */
    private static final int TOPIC_PARTITIONS_MAX = 10_000;

    private static final Duration MADE_MAX = Duration.ofSeconds(90);
    private static final Duration KILL_MAX = Duration.ofSeconds(60);

    /** How long partitions are watched after all of them took a write again. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(3);

    private final ScaleSettings settings;
    private final LocalCluster cluster;
    private final TableCalls calls;
    private final Consumer<String> progress;
    private int made;

    private ScaleBench(
            ScaleSettings settings,
            LocalCluster cluster,
            TableCalls calls,
            Consumer<String> progress) {
        this.settings = settings;
        this.cluster = cluster;
        this.calls = calls;
        this.progress = progress;
    }

    /** Measures all; nothing that it started is left. */
    static ScaleResult measure(ScaleSettings settings, Consumer<String> progress)
            throws IOException, InterruptedException {
        try (var proxy = TableProxy.open()) {
            var local =
                    new ClusterSettings(
                            settings.root(),
                            settings.data(),
                            GATEWAYS,
                            GATEWAYS,
                            false,
                            settings.heap(),
                            settings.jvmOptions(),
                            List.of(),
                            Map.of("sluice.dynamodb.endpoint", proxy.url()));
            try (var cluster = LocalCluster.prepare(local)) {
                proxy.leadTo(cluster.dynamoDbAddress());
                progress.accept("starting %d gateways and the local stores".formatted(GATEWAYS));
                cluster.startStores();
                cluster.startGateways();
                return new ScaleBench(settings, cluster, proxy.calls(), progress).measure();
            }
        }
    }

    private ScaleResult measure() throws IOException, InterruptedException {
        make(ACTIVE, settings.active());
        var shape =
                new Load.Shape(
                        ACTIVE,
                        settings.active(),
                        PRODUCERS,
                        1,
                        RECORD_BYTES,
                        settings.every(),
                        0,
                        Duration.ofSeconds(15));
        var sizes = new ArrayList<ScaleResult.Size>();
        var kills = new ArrayList<ScaleResult.Kill>();
        try (var load = Load.start(shape, cluster.urls(cluster.running()))) {
            load.awaitProgress(MADE_MAX);
            for (int size : settings.sizes()) {
                grow(size);
                sizes.add(size(load));
            }
            for (int number = 0; number < settings.kills(); number++) {
                kills.add(kill(load, number % GATEWAYS));
            }
        }
        return new ScaleResult(sizes, kills);
    }

    private void grow(int size) throws InterruptedException {
        while (made < size) {
            int partitions = Math.min(TOPIC_PARTITIONS_MAX, size - made);
            String topic = "idle-" + made;
            make(topic, partitions);
            touch(topic, partitions);
            progress.accept("%,d partitions".formatted(made));
        }
    }

    private void make(String topic, int partitions) throws InterruptedException {
        long deadlineNs = System.nanoTime() + MADE_MAX.toNanos();
        while (!cluster.api(0).createTopic(topic, partitions)
                || cluster.api(0).owners(topic).isEmpty()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw failed("no-topic", "topic %s was not made in time".formatted(topic));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        made += partitions;
    }

    /** One record to each partition: it is there, with a log that has an end. */
    private void touch(String topic, int partitions) throws InterruptedException {
        long id =
                cluster.api(0)
                        .newProducerId()
                        .orElseThrow(() -> failed("no-producer-id", "none was given"));
        var shape = new ProducerShape(partitions, 1 << 14, Duration.ofMillis(5), 1 << 23);
        var failure = new AtomicReference<@Nullable String>();
        var told =
                new Acknowledged() {
                    @Override
                    public void acknowledged(long intendedNs, int valueBytes) {}

                    @Override
                    public void failed(String why) {
                        failure.set(why);
                    }
                };
        try (var producer =
                new WireProducer(topic, shape, id, 1, cluster.api(0).owners(topic)::get, told)) {
            for (int partition = 0; partition < partitions; partition++) {
                producer.send(partition, new byte[100], System.nanoTime());
            }
            producer.flush();
        }
        if (failure.get() != null) {
            throw failed("not-written", "a record was not acknowledged: " + failure.get());
        }
    }

    private ScaleResult.Size size(Load load) throws IOException, InterruptedException {
        load.goOn(settings.settle());
        long startNs = System.nanoTime();
        long writes = calls.writes();
        long reads = calls.reads();
        load.goOn(settings.window());
        double seconds = (System.nanoTime() - startNs) / 1e9;
        double writesPerSecond = (calls.writes() - writes) / seconds;
        double readsPerSecond = (calls.reads() - reads) / seconds;
        double acks =
                IntStream.range(0, settings.active())
                        .mapToLong(partition -> load.acks(partition).countSince(startNs))
                        .sum();
        var heap = new ArrayList<Double>();
        var resident = new ArrayList<Double>();
        for (int gateway = 0; gateway < GATEWAYS; gateway++) {
            heap.add(HeapInUse.afterCollection(cluster, gateway) / MIB);
            resident.add(ProcessMemory.residentBytes(cluster.gateway(gateway).pid()) / MIB);
        }
        var size =
                new ScaleResult.Size(
                        made, heap, resident, writesPerSecond, readsPerSecond, acks / seconds);
        progress.accept(ScaleTable.line(size));
        return size;
    }

    private ScaleResult.Kill kill(Load load, int victim) throws IOException, InterruptedException {
        List<Integer> others =
                IntStream.range(0, GATEWAYS).filter(i -> i != victim).boxed().toList();
        load.through(cluster.urls(others));
        load.awaitProgress(KILL_MAX);
        List<Integer> owned =
                cluster.api(others.getFirst()).partitions(ACTIVE).orElse(List.of()).stream()
                        .filter(each -> each.owner().equals(cluster.address(victim)))
                        .map(GatewayApi.Partition::partition)
                        .toList();
        long faultNs = System.nanoTime();
        cluster.gateway(victim).signal("KILL");
        int silent = 0;
        for (int partition : owned) {
            var left = Duration.ofNanos(faultNs + KILL_MAX.toNanos() - System.nanoTime());
            silent += load.acks(partition).awaitSince(faultNs, left) ? 0 : 1;
        }
        load.goOn(AFTERWARDS);
        long endNs = System.nanoTime();
        var kill =
                new ScaleResult.Kill(
                        victim + 1,
                        owned.stream()
                                .map(each -> load.acks(each).longestSilence(faultNs, endNs))
                                .toList(),
                        silent);
        progress.accept(ScaleTable.line(kill));
        cluster.gateway(victim).awaitExit(KILL_MAX);
        cluster.gateway(victim).start();
        cluster.awaitReady(victim);
        cluster.awaitWhole(MADE_MAX, cluster.running());
        return kill;
    }

    private static SluiceException failed(String code, String message) {
        return new SluiceException(SluiceException.Kind.UNAVAILABLE, code, message);
    }
}
