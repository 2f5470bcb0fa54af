package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

    @TempDir private Path files;

    private LocalCluster cluster;
    private String queue;

    @BeforeEach
    void begin() throws Exception {
        cluster = SHARED.whole();
        queue = "desk-" + ++queues;
    }

    /** How a command ended. */
    private record Run(int exitCode, String out, String err) {}

    /** What the command printed; it ends well, or the test fails. */
    private String sluice(String... args) {
        Run run = run(args);
        assertEquals(0, run.exitCode(), Arrays.toString(args) + ": " + run.err());
        return run.out();
    }

    private String[] withGateways(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        for (int gateway : cluster.running()) {
            all.add("--gateway");
            all.add(cluster.url(gateway).toString());
        }
        return all.toArray(String[]::new);
    }

    private Run run(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exitCode =
                Main.run(
                        new Terminal(
                                new ByteArrayInputStream(new byte[0]),
                                out,
                                new PrintStream(err, true, StandardCharsets.UTF_8),
                                false),
                        withGateways(args));
        return new Run(
                exitCode,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
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

        assertTrue(busy.contains("\"client\":\"sluice-queue-receive\""), busy);
        assertTrue(busy.contains("\"since\":"), busy);
        worker.join();
        until(out -> out.contains("\"busy\":false"), "queue", "sessions", queue, "--json");
    }

    /** Its session would live for five minutes, so it is the connection's end that tells. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAWorkerHadThatIsKilledIsAnothersAtOnce(boolean isKilled) throws Exception {
        sluice("queue", "create", queue, "--session-timeout", "5m");
        sluice("queue", "send", queue, "long job");
        Process worker =
                CliProcess.start(
                        files.resolve("worker.txt"),
                        withGateways("queue", "receive", queue, "--follow", "--exec", "sleep 20"));
        try {
            until(out -> out.contains("\"busy\":true"), "queue", "sessions", queue, "--json");
        } finally {
            if (isKilled) {
                worker.destroyForcibly();
            } else {
                worker.destroy();
            }
        }

        assertEquals(
                "long job 2\n",
                until(
                        out -> !out.isEmpty(),
                        "queue",
                        "receive",
                        queue,
                        "--max",
                        "1",
                        "--exec",
                        "echo $(cat) $SLUICE_DELIVERIES"));
        worker.waitFor();
    }

    @Test
    void aCommandHasTheMessageAndKnowsItsPlace() {
        sluice("queue", "create", queue);
        sluice("queue", "send", queue, "--key", "k", "two words");

        String printed =
                sluice(
                        "queue",
                        "receive",
                        queue,
                        "--exec",
                        "cat; echo \" $SLUICE_KEY $SLUICE_DELIVERIES $SLUICE_TOPIC $SLUICE_OFFSET\"");

        assertEquals("two words k 1 " + queue + " 0\n", printed);
        assertEquals("", sluice("queue", "receive", queue, "--max", "1"));
    }

    @Test
    void aWorkerTakesNoMoreThanItWasToldTo() {
        sluice("queue", "create", queue);
        sluice("queue", "send", queue, "a", "b", "c");

        String printed = sluice("queue", "receive", queue, "--max", "2", "--exec", "cat; echo");

        assertEquals(2, printed.lines().count(), printed);
        String left = sluice("queue", "peek", queue, "--json");
        assertTrue(left.contains("\"state\":\"ready\",\"deliveries\":0"), left);
    }

    @Test
    void aWorkerIsToldWhatIsWrongWithItsQueue() {
        Run run = run("queue", "receive", queue, "--exec", "cat");
        assertEquals(1, run.exitCode(), run.err());
        assertTrue(run.err().contains("There is no such group"), run.err());
    }
}
