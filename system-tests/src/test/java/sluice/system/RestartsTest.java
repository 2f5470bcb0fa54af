package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import sluice.bench.cluster.LocalCluster;

/** Gateways come, go, and are all gone at once, under load: F20, F22, F30 of real processes. */
@Timeout(300)
@EnabledIf(
        value = "sluice.system.Built#everythingAndMinutes",
        disabledReason = "takes minutes: ./sluice test -pl system-tests -am -Dsluice.processes=all")
class RestartsTest {

    private static final int GATEWAYS = 3;
    private static final int GATEWAYS_MAX = 5;
    private static final int EXIT_LOST = 3;
    private static final int RECORD_BYTES = 34;
    private static final Duration EXIT_MAX = Duration.ofSeconds(75);
    private static final Duration GOES_ON_MAX = Duration.ofSeconds(60);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private static SharedCluster shared;

    @BeforeAll
    static void prepare() {
        shared =
                new SharedCluster(
                        folder, GATEWAYS, GATEWAYS_MAX, Map.of("sluice.drain-max", "60s"));
    }

    @AfterAll
    static void end() {
        shared.close();
    }

    @Test
    void allAreRestartedOneAfterAnotherUnderLoad() throws Exception {
        LocalCluster cluster = shared.whole();
        try (var trial = Trial.begin(cluster)) {
            for (int gateway = 0; gateway < GATEWAYS; gateway++) {
                restart(cluster, List.of(gateway));
                trial.assertProgress(GOES_ON_MAX);
            }
            trial.assertNothingLost();
        }
    }

    @Test
    void twoAreRestartedAtOnceUnderLoad() throws Exception {
        LocalCluster cluster = shared.whole();
        try (var trial = Trial.begin(cluster)) {
            restart(cluster, List.of(0, 1));
            trial.assertProgress(GOES_ON_MAX);
            restart(cluster, List.of(1, 2));
            trial.assertProgress(GOES_ON_MAX);
            trial.assertNothingLost();
        }
    }

    @Test
    void threeBecomeFiveBecomeTwoUnderLoad() throws Exception {
        LocalCluster cluster = shared.whole();
        try (var trial = Trial.begin(cluster)) {
            for (int gateway = GATEWAYS; gateway < GATEWAYS_MAX; gateway++) {
                cluster.gateway(gateway).start();
            }
            for (int gateway = GATEWAYS; gateway < GATEWAYS_MAX; gateway++) {
                cluster.awaitReady(gateway);
            }
            trial.load().through(cluster.urls(cluster.running()));
            trial.assertProgress(GOES_ON_MAX);
            trial.load().through(cluster.urls(List.of(3, 4)));
            for (int gateway = 0; gateway < GATEWAYS; gateway++) {
                cluster.gateway(gateway).signal("TERM");
                cluster.gateway(gateway).awaitExit(EXIT_MAX);
            }
            trial.assertProgress(GOES_ON_MAX);
            trial.assertNothingLost();
        }
    }

    @Test
    void allAreKilledAtOnceAndRestarted() throws Exception {
        LocalCluster cluster = shared.whole();
        try (var trial = Trial.begin(cluster)) {
            List<Integer> running = cluster.running();
            for (int gateway : running) {
                cluster.gateway(gateway).signal("KILL");
            }
            for (int gateway : running) {
                cluster.gateway(gateway).awaitExit(EXIT_MAX);
            }
            startAll(cluster, running);
            trial.assertProgress(GOES_ON_MAX);
            trial.assertNothingLost();
        }
    }

    @Test
    void allAreDrainedAndComeBackWithEmptyDisks() throws Exception {
        LocalCluster cluster = shared.whole();
        try (var trial = Trial.begin(cluster)) {
            List<Integer> running = cluster.running();
            for (int gateway : running) {
                cluster.gateway(gateway).signal("TERM");
            }
            var killed = new ArrayList<Integer>();
            for (int gateway : running) {
                // 128 + SIGTERM: it ended by itself.
                if (cluster.gateway(gateway).awaitExit(EXIT_MAX) != 143) {
                    killed.add(gateway);
                }
                cluster.wipeDisk(gateway);
            }
            assertEquals(List.of(), killed, "gateways that did not end by themselves");
            startAll(cluster, running);
            trial.assertProgress(GOES_ON_MAX);
            trial.assertNothingLost();
        }
    }

    @Test
    void f4AGatewayWhoseDiskIsAnOlderStateOfItselfEndsUntilItGetsAnotherOne() throws Exception {
        LocalCluster cluster = shared.whole();
        int victim = cluster.running().getLast();
        Path past = folder.resolve("past");
        try (var trial = Trial.begin(cluster)) {
            kill(cluster, victim);
            copy(cluster.disk(victim), past);
            startAll(cluster, List.of(victim));
            trial.assertProgress(GOES_ON_MAX);
            Path age = cluster.disk(victim).resolve("age");
            byte[] before = bytes(age);
            Trial.await("beats", GOES_ON_MAX, () -> hasGrownTwice(before, bytes(age)));
            kill(cluster, victim);

            cluster.wipeDisk(victim);
            copy(past, cluster.disk(victim));
            for (int attempt = 0; attempt < 2; attempt++) {
                cluster.gateway(victim).start();
                assertEquals(EXIT_LOST, cluster.gateway(victim).awaitExit(EXIT_MAX));
            }
            String log = Files.readString(cluster.gateway(victim).log());
            assertTrue(log.contains("disk-older-than-told"), log);

            cluster.wipeDisk(victim);
            startAll(cluster, List.of(victim));
            trial.assertProgress(GOES_ON_MAX);
            trial.assertNothingLost();
        }
    }

    private static void kill(LocalCluster cluster, int gateway) throws Exception {
        cluster.gateway(gateway).signal("KILL");
        cluster.gateway(gateway).awaitExit(EXIT_MAX);
    }

    /** Each of the two records was written anew. */
    private static boolean hasGrownTwice(byte[] before, byte[] now) {
        return Arrays.mismatch(before, 0, RECORD_BYTES, now, 0, RECORD_BYTES) >= 0
                && Arrays.mismatch(
                                before,
                                before.length - RECORD_BYTES,
                                before.length,
                                now,
                                before.length - RECORD_BYTES,
                                before.length)
                        >= 0;
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static void restart(LocalCluster cluster, List<Integer> gateways) throws Exception {
        for (int gateway : gateways) {
            cluster.gateway(gateway).signal("TERM");
        }
        for (int gateway : gateways) {
            cluster.gateway(gateway).awaitExit(EXIT_MAX);
        }
        startAll(cluster, gateways);
    }

    private static void startAll(LocalCluster cluster, List<Integer> gateways) throws Exception {
        for (int gateway : gateways) {
            cluster.gateway(gateway).start();
        }
        for (int gateway : gateways) {
            cluster.awaitReady(gateway);
        }
    }
}
