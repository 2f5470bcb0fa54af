package sluice.cli.dev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DevClusterTest {

    @TempDir Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final DevCluster cluster =
            new DevCluster(
                    name -> folder.resolve(name + ".log"),
                    new PrintStream(printed, true, StandardCharsets.UTF_8),
                    new DevCluster.Patience(
                            Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofSeconds(5)));
    private final DevPorts ports = DevPorts.free(2);

    @AfterEach
    void stopAll() {
        cluster.stop();
    }

    @Test
    void isReadyWhenEveryChildAnswers() throws Exception {
        assertTrue(cluster.start(List.of(store("s3"), gateway("gateway-1", 0))), this::printed);

        assertTrue(printed().contains("s3         ready after"), this::printed);
        assertTrue(printed().contains("gateway-1  ready after"), this::printed);
        assertEquals(List.of("s3 says hello"), Files.readAllLines(folder.resolve("s3.log")));
    }

    @Test
    void gatewaysStopBeforeTheStoresTheyDrainInto() throws Exception {
        cluster.start(List.of(store("s3"), gateway("gateway-1", 0), gateway("gateway-2", 1)));

        cluster.stop();

        var stops = notes().stream().filter(note -> note.endsWith("stopping")).toList();
        assertEquals(3, stops.size(), stops::toString);
        assertEquals("s3 stopping", stops.getLast());
    }

    @Test
    void twoWhoStopItAtOnceStopItOnce() throws Exception {
        cluster.start(List.of(store("s3"), gateway("gateway-1", 0)));

        var other = CompletableFuture.runAsync(cluster::stop);
        cluster.stop();
        other.get(10, TimeUnit.SECONDS);

        assertEquals(1, printed().split("stopping s3", -1).length - 1, this::printed);
    }

    @Test
    void leavesNoProcessBehind() throws Exception {
        cluster.start(List.of(store("s3"), gateway("gateway-1", 0)));

        cluster.stop();

        for (long pid : pids()) {
            assertFalse(
                    ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), "pid " + pid);
        }
        assertEquals(2, pids().size());
    }

    @Test
    void killsAGatewayThatDoesNotDrainInTimeAndSaysSo() throws Exception {
        cluster.start(List.of(gateway("gateway-1", 0, "stubborn")));

        cluster.stop();

        assertTrue(printed().contains("gateway-1 did not stop within 2 s"), this::printed);
        var pid = pids().getFirst();
        assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }

    @Test
    void doesNotStartWhenAChildEndsAtOnceAndShowsItsLog() throws Exception {
        assertFalse(cluster.start(List.of(store("s3"), gateway("gateway-1", 0, "fail"))));

        assertTrue(
                printed().contains("gateway-1 ended before it was ready (status 7)"),
                this::printed);
        assertTrue(printed().contains("  | gateway-1 says hello"), this::printed);
    }

    @Test
    void doesNotStartWhenItsOnlyChildEndsAtOnce() throws Exception {
        assertFalse(cluster.start(List.of(gateway("gateway-1", 0, "fail"))));
    }

    @Test
    void tellsWhichGatewayDiedAndKeepsTheOthers() throws Exception {
        cluster.start(List.of(gateway("gateway-1", 0), gateway("gateway-2", 1)));
        var pid = pidOf("gateway-1");
        var watching = CompletableFuture.runAsync(this::watch);

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        await(() -> printed().contains("still running: gateway-2"));
        assertTrue(printed().contains("gateway-1 ended unexpectedly"), this::printed);
        cluster.stop();
        watching.get(10, TimeUnit.SECONDS);
    }

    @Test
    void ctrlCIsLeftToTheParent() throws Exception {
        cluster.start(List.of(gateway("gateway-1", 0)));
        var pid = pidOf("gateway-1");

        signal("INT", pid);
        signal("HUP", pid);
        // Signals are taken in order of their numbers or later; the answer comes after both.
        assertTrue(cluster.start(List.of(gateway("gateway-2", 1))));

        assertTrue(ProcessHandle.of(pid).orElseThrow().isAlive());
        assertFalse(notes().contains("gateway-1 stopping"));
    }

    private ChildSpec store(String name) {
        return new FakeSpecs(folder.resolve("notes")).store(name, ports.s3());
    }

    private ChildSpec gateway(String name, int index, String... flags) {
        return new FakeSpecs(folder.resolve("notes")).gateway(name, ports.http().get(index), flags);
    }

    private List<String> notes() throws IOException {
        return Files.readAllLines(folder.resolve("notes"));
    }

    private List<Long> pids() throws IOException {
        return notes().stream()
                .filter(note -> note.contains(" pid "))
                .map(note -> Long.parseLong(note.substring(note.lastIndexOf(' ') + 1)))
                .toList();
    }

    private long pidOf(String name) throws IOException {
        return notes().stream()
                .filter(note -> note.startsWith(name + " pid "))
                .mapToLong(note -> Long.parseLong(note.substring(note.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    private void watch() {
        try {
            cluster.watch();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static void signal(String name, long pid) throws Exception {
        assertEquals(0, new ProcessBuilder("kill", "-" + name, "" + pid).start().waitFor());
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
