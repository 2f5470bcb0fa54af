package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
        value = "sluice.system.Built#everythingAndMinutes",
        disabledReason = "takes minutes: ./sluice test -pl system-tests -am -Dsluice.processes=all")
class FullDiskTest {

    private static final int FULL = 0;

    /** An owner stops at 320 MiB that are free: what is left alone, and a reserve for others. */
    private static final int DISK_BYTES = 512 << 20;

    private static final Duration WORD_MAX = Duration.ofSeconds(5);
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
    void aGatewayWhoseDiskIsReallyFullRefusesOrIsPassedByAndGoesOnWhenThereIsRoom()
            throws Exception {
        var unavailable = Tmpfs.unavailable();
        assumeTrue(unavailable.isEmpty(), unavailable::orElseThrow);
        var settings = ClusterSettings.of(Built.ROOT, folder, 3, 3).quickToStart();
        try (var cluster = LocalCluster.prepare(settings)) {
            cluster.limitDisk(FULL, DISK_BYTES);
            cluster.startAll();
            try (var trial = Trial.begin(cluster)) {
                Path filler = cluster.diskInside(FULL).resolve("filler");
                fill(filler);

                // Only a word is wanted: yes by others, or no by the full one.
                Trial.await(
                        "each partition takes writes, or says that it does not",
                        GOES_ON_MAX,
                        () ->
                                refusals(trial, "429") + refusals(trial, "503") > 0
                                        || trial.load().awaitProgress(WORD_MAX).isEmpty());
                trial.load().goOn(WORD_MAX);
                Files.delete(filler);

                trial.assertProgress(GOES_ON_MAX);
                trial.assertNothingLost();
            }
        }
    }

    /** Until the file system says no. */
    private static void fill(Path filler) {
        var block = ByteBuffer.allocate(1 << 20);
        var full =
                assertThrows(
                        IOException.class,
                        () -> {
                            try (var file =
                                    FileChannel.open(
                                            filler,
                                            StandardOpenOption.CREATE_NEW,
                                            StandardOpenOption.WRITE)) {
                                while (true) {
                                    file.write(block.rewind());
                                }
                            }
                        });
        assertTrue(String.valueOf(full.getMessage()).contains("No space"), full::toString);
    }

    private static int refusals(Trial trial, String status) {
        return trial.load().ledger().refusals().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(status))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }
}
