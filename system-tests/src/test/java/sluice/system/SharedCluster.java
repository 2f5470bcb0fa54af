package sluice.system;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import sluice.bench.cluster.ClusterSettings;
import sluice.bench.cluster.LocalCluster;
import sluice.log.SluiceException;

/**
 * A cluster that the tests of one class use one after another, since a start costs more than most
 * of them. What a test broke is started again for the next; what cannot be made whole is thrown
 * away, and the next test gets a new one.
 */
final class SharedCluster implements AutoCloseable {

    private static final Duration WHOLE_MAX = Duration.ofSeconds(60);

    private final Path folder;
    private final int gateways;
    private final int gatewaysMax;
    private final Map<String, String> gatewaySettings;
    private @Nullable LocalCluster cluster;
    private int number;

    SharedCluster(Path folder, int gateways, int gatewaysMax, Map<String, String> gatewaySettings) {
        this.folder = folder;
        this.gateways = gateways;
        this.gatewaysMax = gatewaysMax;
        this.gatewaySettings = gatewaySettings;
    }

    /** The first gateways run, no others, each owns its share of the slots, all links are whole. */
    LocalCluster whole() throws IOException, InterruptedException {
        var present = cluster;
        if (present != null) {
            try {
                mend(present);
                return present;
            } catch (SluiceException e) {
                System.err.println("a new cluster, since the old one cannot be mended: " + e);
                present.close();
                cluster = null;
            }
        }
        number++;
        var settings =
                ClusterSettings.of(
                                Built.ROOT,
                                folder.resolve("cluster-" + number),
                                gateways,
                                gatewaysMax)
                        .quickToStart()
                        .withLinksThatCanBeCut();
        for (var entry : gatewaySettings.entrySet()) {
            settings = settings.with(entry.getKey(), entry.getValue());
        }
        var made = LocalCluster.start(settings);
        cluster = made;
        awaitBalanced(made);
        return made;
    }

    private void mend(LocalCluster present) throws IOException, InterruptedException {
        present.links().heal();
        for (var store : java.util.List.of(present.s3(), present.dynamoDb())) {
            if (!store.isAlive()) {
                store.start();
                store.awaitReady(LocalCluster.READY_MAX);
            }
        }
        for (int i = 0; i < gatewaysMax; i++) {
            var gateway = present.gateway(i);
            if (gateway.isAlive()) {
                gateway.signal("CONT");
            }
            if (i < gateways && !gateway.isAlive()) {
                gateway.start();
            } else if (i >= gateways && gateway.isAlive()) {
                gateway.signal("TERM");
                gateway.awaitExit(WHOLE_MAX);
            }
        }
        for (int i = 0; i < gateways; i++) {
            present.awaitReady(i);
        }
        awaitBalanced(present);
    }

    /** No slot moves any more, but for what a test does. */
    private void awaitBalanced(LocalCluster present) throws InterruptedException {
        present.awaitBalanced(WHOLE_MAX, IntStream.range(0, gateways).boxed().toList());
    }

    @Override
    public void close() {
        if (cluster != null) {
            cluster.close();
        }
    }
}
