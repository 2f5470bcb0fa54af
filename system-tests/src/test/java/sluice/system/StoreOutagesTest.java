package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import sluice.bench.cluster.ClusterState;
import sluice.bench.cluster.LocalCluster;
import sluice.bench.cluster.ServerProcess;

/**
 * The S3 server and the DynamoDB are killed under load and come back: F23, F25, F47 of real
 * processes. {@code -Dsluice.outage=60} lets them be away for as long as the promise says.
 */
@Timeout(420)
@EnabledIf(
        value = "sluice.system.Built#everything",
        disabledReason = "the gateway and the stores are not packaged: run verify, not test")
class StoreOutagesTest {

    private static final Duration OUTAGE = Duration.ofSeconds(Long.getLong("sluice.outage", 8));
    private static final Duration GOES_ON_MAX = Duration.ofSeconds(30);
    private static final Duration CATCHES_UP_MAX = Duration.ofSeconds(90);

    @RegisterExtension static final ThreeGateways SHARED = new ThreeGateways();

    @Test
    void withoutDynamoDbProducingGoesOnAndNobodyIsFailedOver() throws Exception {
        LocalCluster cluster = SHARED.whole();
        try (var trial = Trial.begin(cluster)) {
            Map<String, Integer> ownersBefore = owners(cluster);
            Set<String> walsBefore = openWals(cluster);

            away(cluster.dynamoDb(), trial);

            trial.assertProgress(GOES_ON_MAX);
            // A storm would come with the first looks after the outage.
            trial.load().goOn(Duration.ofSeconds(8));
            assertEquals(walsBefore, openWals(cluster), "the same processes' wals, all open");
            assertEquals(ownersBefore, owners(cluster), "owners of slots");
            trial.assertNothingLost();
        }
    }

    @Test
    void withoutS3ProducingGoesOnAndTheWalsCatchUpAfterwards() throws Exception {
        LocalCluster cluster = SHARED.whole();
        try (var trial = Trial.begin(cluster)) {
            Set<String> walsBefore = openWals(cluster);

            away(cluster.s3(), trial);

            trial.assertProgress(GOES_ON_MAX);
            awaitUploaded(cluster);
            assertEquals(walsBefore, openWals(cluster), "the same processes' wals, all open");
            trial.assertNothingLost();
        }
    }

    @Test
    void withoutEitherProducingGoesOnAndNothingIsLost() throws Exception {
        LocalCluster cluster = SHARED.whole();
        try (var trial = Trial.begin(cluster)) {
            cluster.s3().kill();

            away(cluster.dynamoDb(), trial);
            cluster.s3().start();
            cluster.s3().awaitReady(LocalCluster.READY_MAX);

            trial.assertProgress(GOES_ON_MAX);
            awaitUploaded(cluster);
            trial.assertNothingLost();
        }
    }

    /**
     * Kills a store, sees that all partitions take writes while it is away, and starts it again.
     */
    private static void away(ServerProcess store, Trial trial) throws Exception {
        store.kill();
        long killedNs = System.nanoTime();
        trial.assertProgress(GOES_ON_MAX);
        trial.load().goOn(OUTAGE.minusNanos(System.nanoTime() - killedNs));
        trial.assertProgress(GOES_ON_MAX);
        store.start();
        store.awaitReady(LocalCluster.READY_MAX);
    }

    /** Every gateway's own wal has no more than the segments it writes to. */
    private static void awaitUploaded(LocalCluster cluster) throws Exception {
        cluster.awaitState(
                "uploaded",
                CATCHES_UP_MAX,
                cluster.running(),
                state ->
                        state.wals().stream()
                                .filter(wal -> wal.disk().equals(state.self()))
                                .allMatch(wal -> wal.segmentsNotUploaded() <= 4));
    }

    private static Map<String, Integer> owners(LocalCluster cluster) throws Exception {
        var state = state(cluster);
        assertTrue(state.slotsOwned() > 0, "slots are owned");
        return new TreeMap<>(state.slotsByAddress());
    }

    private static Set<String> openWals(LocalCluster cluster) throws Exception {
        return state(cluster).wals().stream()
                .filter(wal -> wal.state().equals("OPEN"))
                .map(wal -> wal.wal().toString())
                .collect(Collectors.toSet());
    }

    private static ClusterState state(LocalCluster cluster) throws Exception {
        return cluster.api(cluster.running().getFirst()).state().orElseThrow();
    }
}
