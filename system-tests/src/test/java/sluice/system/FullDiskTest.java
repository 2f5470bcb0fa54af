package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import sluice.bench.cluster.ClusterSettings;
import sluice.bench.cluster.LocalCluster;
import sluice.bench.cluster.Tmpfs;

/** Disks are full, by their budget or really: F8 and F47 of real processes. */
@Timeout(240)
@EnabledIf(
        value = "sluice.system.Built#everything",
        disabledReason = "the gateway and the stores are not packaged: run verify, not test")
class FullDiskTest {

    private static final Duration FULL_MAX = Duration.ofSeconds(60);
    private static final Duration GOES_ON_MAX = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void withoutS3TheDiskBudgetEndsInHonestRefusalsAndAllCatchesUp() throws Exception {
        var settings =
                ClusterSettings.of(Built.ROOT, folder, 3, 3)
                        .quickToStart()
                        .with("sluice.limits.disk-bytes-max", "48M");
        try (var cluster = LocalCluster.start(settings);
                var trial = Trial.begin(cluster, 16, 4_000)) {
            cluster.s3().kill();

            Trial.await(
                    "refusals of a full disk, with " + trial.load().ledger(),
                    FULL_MAX,
                    () -> refusals(trial, "429") + refusals(trial, "503") > 20);
            assertEquals(0, trial.load().ledger().retryAfterMissing(), "answers say when to retry");
            assertEquals(3, cluster.running().size(), "no gateway ended");
            cluster.s3().start();
            cluster.s3().awaitReady(LocalCluster.READY_MAX);

            trial.assertProgress(GOES_ON_MAX);
            trial.assertNothingLost();
        }
    }

    @Test
    void aGatewayWhoseDiskIsReallyFullLosesNothing() throws Exception {
        var unavailable = Tmpfs.unavailable();
        assumeTrue(unavailable.isEmpty(), unavailable::orElseThrow);
        var settings = ClusterSettings.of(Built.ROOT, folder, 3, 3).quickToStart();
        try (var cluster = LocalCluster.prepare(settings)) {
            cluster.limitDisk(0, 40 << 20);
            cluster.startAll();
            try (var trial = Trial.begin(cluster, 16, 4_000)) {
                cluster.s3().kill();

                // It ends, or it is left behind by the others and refuses: nothing else is right.
                Trial.await(
                        "the small disk is full, with " + trial.load().ledger(),
                        FULL_MAX,
                        () ->
                                !cluster.gateway(0).isAlive()
                                        || refusals(trial, "429") + refusals(trial, "503") > 20);
                cluster.s3().start();
                cluster.s3().awaitReady(LocalCluster.READY_MAX);

                trial.assertProgress(GOES_ON_MAX);
                trial.assertNothingLost();
            }
        }
    }

    private static int refusals(Trial trial, String status) {
        return trial.load().ledger().refusals().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(status))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }
}
