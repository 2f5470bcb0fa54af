package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import sluice.bench.cluster.GatewayApi;
import sluice.bench.cluster.LocalCluster;
import sluice.bench.load.Comparison;
import sluice.bench.load.Load;
import sluice.bench.load.Onlookers;
import sluice.bench.load.TopicContents;

/**
 * One topic under load while something is done to its cluster, and the comparison at the end: what
 * was acknowledged is there, at its offset, once, in order, and the same from every gateway; what
 * was refused is not; what any reader saw at any time is still so.
 */
final class Trial implements AutoCloseable {

    static final int PARTITIONS = 12;

    /** Longer than every wait that a gateway allows itself before it gives up on a request. */
    private static final Duration GRACE = Duration.ofSeconds(60);

    private static final Duration FIRST_ACKS = Duration.ofSeconds(60);
    private static final Duration READ_MAX = Duration.ofSeconds(60);
    private static final AtomicInteger TOPICS = new AtomicInteger();

    private final LocalCluster cluster;
    private final String topic;
    private final Load load;
    private final Onlookers onlookers;
    private long acknowledgedBefore;

    private Trial(LocalCluster cluster, String topic, Load load, Onlookers onlookers) {
        this.cluster = cluster;
        this.topic = topic;
        this.load = load;
        this.onlookers = onlookers;
    }

    /** Some 1,000 records and 200 KiB a second, through all gateways that run. */
    static Trial begin(LocalCluster cluster) throws InterruptedException {
        return begin(cluster, 4, 200);
    }

    /**
     * Returns when every partition has acknowledged something.
     *
     * @param recordBytes of each of {@code recordsPerBatch}, 20 batches a second
     */
    static Trial begin(LocalCluster cluster, int recordsPerBatch, int recordBytes)
            throws InterruptedException {
        var topic = "trial-" + TOPICS.incrementAndGet();
        var running = cluster.running();
        await(
                "topic " + topic,
                FIRST_ACKS,
                () -> cluster.api(running.getFirst()).createTopic(topic, PARTITIONS));
        List<URI> urls = cluster.urls(running);
        var shape =
                new Load.Shape(
                        topic,
                        PARTITIONS,
                        4,
                        recordsPerBatch,
                        recordBytes,
                        Duration.ofMillis(50),
                        3,
                        Duration.ofSeconds(4));
        var trial =
                new Trial(
                        cluster,
                        topic,
                        Load.start(shape, urls),
                        Onlookers.start(urls, topic, PARTITIONS));
        trial.assertProgress(FIRST_ACKS);
        return trial;
    }

    Load load() {
        return load;
    }

    /** Waits until something was acknowledged in every partition from now on. */
    void assertProgress(Duration max) throws InterruptedException {
        assertEquals(
                List.of(),
                load.awaitProgress(max),
                () -> "partitions without an acknowledgement; " + load.ledger());
    }

    /** The gateway that owns most partitions of the topic. */
    int busiest() throws InterruptedException {
        var best = new ArrayList<>(cluster.running());
        best.sort((one, other) ->
                Integer.compare(partitionsOf(other).size(), partitionsOf(one).size()));
        return best.getFirst();
    }

    /** The partitions that a gateway owns, as any running gateway tells. */
    List<Integer> partitionsOf(int gateway) {
        var address = cluster.address(gateway);
        try {
            for (int asked : cluster.running()) {
                var partitions = cluster.api(asked).partitions(topic);
                if (partitions.isPresent()) {
                    return partitions.get().stream()
                            .filter(partition -> partition.owner().equals(address))
                            .map(GatewayApi.Partition::partition)
                            .toList();
                }
            }
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** Remembers how much was acknowledged; see {@link #acknowledgedSince}. */
    void mark() {
        acknowledgedBefore = load.ledger().acknowledged();
    }

    long acknowledgedSince() {
        return load.ledger().acknowledged() - acknowledgedBefore;
    }

    /** Stops the load and compares, on every gateway that runs. */
    void assertNothingLost() throws InterruptedException {
        load.stop(GRACE);
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            var shown = new ArrayList<TopicContents>();
            for (int gateway : cluster.running()) {
                var contents =
                        TopicContents.read(
                                http,
                                cluster.url(gateway),
                                topic,
                                PARTITIONS,
                                READ_MAX,
                                cluster.gateway(gateway)::isAlive);
                // One that found its wal taken may end while it is asked; the others must answer.
                if (contents.findings().isEmpty() || cluster.gateway(gateway).isAlive()) {
                    shown.add(contents);
                }
            }
            assertTrue(shown.size() > 1, "gateways that could be compared: " + shown.size());
            assertEquals(
                    "",
                    String.join("\n", Comparison.of(load.ledger(), shown)),
                    () -> "of " + load.ledger());
            assertEquals(
                    "",
                    String.join("\n", onlookers.stopAndCompare(shown.getFirst())),
                    "seen by onlookers");
        }
        assertTrue(load.ledger().acknowledged() > 0, "something was acknowledged");
        assertTrue(onlookers.looks() > 0, "something was seen");
    }

    @Override
    public void close() {
        load.close();
        onlookers.close();
    }

    /** A condition that may take its time. */
    interface Condition {
        boolean holds() throws InterruptedException;
    }

    static void await(String what, Duration max, Condition condition) throws InterruptedException {
        long deadlineNs = System.nanoTime() + max.toNanos();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, "not in " + max + ": " + what);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }
}
