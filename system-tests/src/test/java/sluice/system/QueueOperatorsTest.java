package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import sluice.bench.cluster.LocalCluster;
import sluice.cli.Main;
import sluice.cli.Terminal;

/** What people do with queues: the command line against real gateways. */
@Timeout(180)
@EnabledIf(
        value = "sluice.system.Built#everything",
        disabledReason = "the gateway and the stores are not packaged: run verify, not test")
class QueueOperatorsTest {

    @RegisterExtension static final ThreeGateways SHARED = new ThreeGateways();

    private static int queues;

    private LocalCluster cluster;
    private String queue;

    @BeforeEach
    void begin() throws Exception {
        cluster = SHARED.whole();
        queue = "desk-" + ++queues;
    }

    /** What the command printed; it ends well, or the test fails. */
    private String sluice(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        for (int gateway : cluster.running()) {
            all.add("--gateway");
            all.add(cluster.url(gateway).toString());
        }
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exitCode =
                Main.run(
                        new Terminal(
                                new ByteArrayInputStream(new byte[0]),
                                out,
                                new PrintStream(err, true, StandardCharsets.UTF_8),
                                false),
                        all.toArray(String[]::new));
        assertEquals(0, exitCode, all + ": " + err.toString(StandardCharsets.UTF_8));
        return out.toString(StandardCharsets.UTF_8);
    }

    private String until(Predicate<String> isSo, String... args) throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            String out = sluice(args);
            if (isSo.test(out)) {
                return out;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("in vain: " + sluice(args));
    }

    @Test
    void deadLettersAreSeenAndSentBackAndReceivedAnew() throws Exception {
        assertEquals(
                "created " + queue + "\n",
                sluice("queue", "create", queue, "--delivery-limit", "1"));
        sluice("queue", "send", queue, "a", "b", "c");
        assertTrue(sluice("queue", "peek", queue, "--state", "ready").lines().count() == 4);
        sluice("queue", "receive", queue, "--max", "3", "--exec", "exit 7");
        String letters =
                until(
                        out -> out.lines().count() == 4,
                        "queue",
                        "dead-letters",
                        queue,
                        "--max",
                        "9");
        assertTrue(letters.contains("delivery-limit: exit code 7"), letters);

        assertEquals("moved 1, kept 0\n", sluice("queue", "redrive", queue, "0/1"));
        assertEquals("moved 2, kept 0\n", sluice("queue", "redrive", queue, "--all"));

        assertEquals("moved 0, kept 0\n", sluice("queue", "redrive", queue, "--all"));
        String received = sluice("queue", "receive", queue, "--max", "3");
        assertEquals(List.of("a", "b", "c"), received.lines().sorted().toList());
        String stats = until(out -> out.contains("\"ready\":0"), "queue", "stats", queue, "--json");
        assertTrue(stats.contains("\"complete\":true"), stats);
    }

    @Test
    void whoIsBusyIsSeenWhileItWorks() throws Exception {
        sluice("queue", "create", queue);
        sluice("queue", "send", queue, "long job");
        Thread worker =
                Thread.ofVirtual()
                        .start(() ->
                                sluice(
                                        "queue", "receive", queue, "--max", "1", "--exec",
                                        "sleep 5"));

        String busy =
                until(out -> out.contains("\"busy\":true"), "queue", "sessions", queue, "--json");

        assertTrue(busy.contains("\"client\":\"sluice queue receive\""), busy);
        assertTrue(busy.contains("\"since\":"), busy);
        worker.join();
        until(out -> out.contains("\"busy\":false"), "queue", "sessions", queue, "--json");
    }
}
