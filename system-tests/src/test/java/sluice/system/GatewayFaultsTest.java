package sluice.system;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import sluice.bench.cluster.LocalCluster;

/**
 * One of three gateways dies, hangs or is cut off under load: F1, F10, F19, F38 of real processes.
 */
@Timeout(240)
@EnabledIf(
        value = "sluice.system.Built#everything",
        disabledReason = "the gateway and the stores are not packaged: run verify, not test")
class GatewayFaultsTest {

    /** Far more than the targets, which the benchmark compares with: here it is only bounded. */
    private static final Duration GOES_ON_MAX = Duration.ofSeconds(45);

    /** Longer than any gateway takes to suspect another and to give its wal to somebody. */
    private static final Duration HANGS_FOR = Duration.ofSeconds(Long.getLong("sluice.hang", 12));

    @RegisterExtension static final ThreeGateways SHARED = new ThreeGateways();

    @Test
    void anOwnerThatIsKilledLosesNothingAndIsReplaced() throws Exception {
        LocalCluster cluster = SHARED.whole();
        try (var trial = Trial.begin(cluster)) {
            int owner = trial.busiest();
            trial.load().through(cluster.urls(others(cluster, owner)));

            cluster.gateway(owner).kill();

            trial.assertProgress(GOES_ON_MAX);
            cluster.gateway(owner).start();
            cluster.awaitReady(owner);
            trial.load().through(cluster.urls(cluster.running()));
            trial.assertProgress(GOES_ON_MAX);
            trial.assertNothingLost();
        }
    }

    @Test
    void aPublishReachesEveryTopicOnceThoughAGatewayIsKilled() throws Exception {
        LocalCluster cluster = SHARED.whole();
        try (var trial = PublishTrial.begin(cluster, "published")) {
            trial.publish(200);
            cluster.gateway(0).kill();
            trial.publish(400);

            trial.assertEachTopicHasEachOnce(1);
        }
    }

    @Test
    void anOwnerThatSleptAcknowledgesAndShowsNothingWrongWhenItWakes() throws Exception {
        LocalCluster cluster = SHARED.whole();
        try (var trial = Trial.begin(cluster)) {
            int owner = trial.busiest();
            List<Integer> owned = trial.partitionsOf(owner);
            assertFalse(owned.isEmpty(), "it owns something");
            trial.load().through(cluster.urls(others(cluster, owner)));

            cluster.gateway(owner).signal("STOP");
            long stoppedNs = System.nanoTime();
            trial.assertProgress(GOES_ON_MAX);
            trial.load().goOn(HANGS_FOR.minusNanos(System.nanoTime() - stoppedNs));
            // The sleeper is asked first when it wakes, with what it believes of itself.
            trial.load().through(cluster.urls(List.of(owner)));
            cluster.gateway(owner).signal("CONT");
            trial.load().goOn(Duration.ofSeconds(2));
            trial.load().through(cluster.urls(others(cluster, owner)));

            trial.assertProgress(GOES_ON_MAX);
            trial.assertNothingLost();
        }
    }

    @Test
    void anOwnerThatWakesWhenNobodyCanTellItIsHeldByTheFencesAlone() throws Exception {
        LocalCluster cluster = SHARED.whole();
        try (var trial = Trial.begin(cluster)) {
            int owner = trial.busiest();
            List<Integer> others = others(cluster, owner);
            trial.load().through(cluster.urls(others));

            cluster.gateway(owner).signal("STOP");
            trial.assertProgress(GOES_ON_MAX);
            cluster.dynamoDb().kill();
            trial.load().through(cluster.urls(List.of(owner)));
            cluster.gateway(owner).signal("CONT");
            trial.load().goOn(Duration.ofSeconds(5));
            cluster.dynamoDb().start();
            cluster.dynamoDb().awaitReady(LocalCluster.READY_MAX);
            trial.load().through(cluster.urls(others));

            trial.assertProgress(GOES_ON_MAX);
            trial.assertNothingLost();
        }
    }

    @Test
    void anOwnerThatReachesOneMemberNoMoreGoesOnOrIsReplaced() throws Exception {
        LocalCluster cluster = SHARED.whole();
        try (var trial = Trial.begin(cluster)) {
            int owner = trial.busiest();
            int member = others(cluster, owner).getFirst();

            cluster.links().cut(owner, member);
            trial.load().goOn(Duration.ofSeconds(6));
            trial.assertProgress(GOES_ON_MAX);
            cluster.links().heal();

            trial.assertProgress(GOES_ON_MAX);
            trial.assertNothingLost();
        }
    }

    @Test
    void anOwnerThatReachesNobodyAcknowledgesNothingThatIsLostWhenLinksHeal() throws Exception {
        LocalCluster cluster = SHARED.whole();
        try (var trial = Trial.begin(cluster)) {
            int owner = trial.busiest();

            cluster.links().isolate(owner);
            trial.load().goOn(Duration.ofSeconds(8));
            cluster.links().heal();

            trial.assertProgress(GOES_ON_MAX);
            trial.assertNothingLost();
        }
    }

    @Test
    void linksThatResetAllTheTimeDelayAndLoseNothing() throws Exception {
        LocalCluster cluster = SHARED.whole();
        try (var trial = Trial.begin(cluster)) {
            int owner = trial.busiest();
            List<Integer> others = others(cluster, owner);
            for (int i = 0; i < 6; i++) {
                cluster.links().reset(owner, others.get(i % others.size()));
                trial.load().goOn(Duration.ofMillis(300));
            }
            cluster.links().delay(owner, others.getFirst(), Duration.ofMillis(40));
            cluster.links().throttle(owner, others.getLast(), 64 << 10);
            trial.load().goOn(Duration.ofSeconds(3));
            cluster.links().heal();

            trial.assertProgress(GOES_ON_MAX);
            assertTrue(cluster.links().connections() > 0, "links go through the test's proxies");
            trial.assertNothingLost();
        }
    }

    private static List<Integer> others(LocalCluster cluster, int gateway) {
        var others = new ArrayList<>(cluster.running());
        others.remove((Integer) gateway);
        return others;
    }
}
