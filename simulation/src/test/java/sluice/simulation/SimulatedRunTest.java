package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Clusters under load and faults, from seeds: {@code -Dsluice.simulation.seeds=1000} runs more of
 * them; {@code ./sluice simulate} is the command for many.
 */
class SimulatedRunTest {

    private static final int SEEDS = Integer.getInteger("sluice.simulation.seeds", 24);

    @Test
    void everyPromiseIsKeptWhateverFails() {
        var out = new StringWriter();
        int exit = Main.run(new PrintWriter(out), "--seeds", "" + SEEDS, "--jobs", "2");
        System.out.println(out);
        assertEquals(0, exit, out::toString);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        var first = new SimulatedRun(77);
        var second = new SimulatedRun(77);
        var other = new SimulatedRun(78);

        assertEquals(first.run().counts(), second.run().counts());
        other.run();

        assertEquals(first.traceHash(), second.traceHash());
        assertNotEquals(first.traceHash(), other.traceHash());
    }

    /** Orders that a process draws at its start, as of some sets, must not come into a run. */
    @Test
    void theSameSeedGivesTheSameRunInAnotherProcess() throws IOException, InterruptedException {
        var here = new StringWriter();
        Main.run(new PrintWriter(here), "--seed", "79", "--trace", "0");
        var there =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-ea:sluice...",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "--seed",
                                "79",
                                "--trace",
                                "0")
                        .redirectErrorStream(true)
                        .start();
        String said;
        try (var stream = there.getInputStream()) {
            said = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertTrue(there.waitFor(60, TimeUnit.SECONDS));
        assertEquals(lastLine(here.toString()), lastLine(said));
        assertTrue(lastLine(said).contains("kept every promise"), said);
    }

    private static String lastLine(String text) {
        return text.lines().toList().getLast();
    }

    @Test
    void aSeedThatFailsIsShownWithTheCommandThatReplaysIt() {
        var out = new StringWriter();
        boolean isKept =
                new Replay(new PrintWriter(out), Set.of(), 20) {
                    @Override
                    void prepare(SimulatedRun run) {
                        run.cluster().broken("I0: broken for a test");
                    }
                }.run(5);

        assertEquals(false, isKept);
        List<String> lines = out.toString().lines().toList();
        assertTrue(lines.contains("seed 5 broke a promise:"), out::toString);
        assertTrue(out.toString().contains("I0: broken for a test"), out::toString);
        assertTrue(
                lines.getLast().startsWith("replay: ./sluice simulate --seed 5"), lines::getLast);
    }

    @Test
    void theCommandExplainsItself() {
        var out = new StringWriter();
        assertEquals(0, Main.run(new PrintWriter(out), "--help"));
        assertTrue(out.toString().contains("./sluice simulate --seed 4711"), out::toString);
        assertTrue(out.toString().contains("BIT_FLIP"), out::toString);
    }
}
