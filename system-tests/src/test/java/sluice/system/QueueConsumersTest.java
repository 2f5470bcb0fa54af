package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import sluice.bench.cluster.LocalCluster;
import sluice.cli.http.Json;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.produce.ProducerRecord;
import sluice.client.queue.QueueConsumer;
import sluice.client.queue.QueueMessage;

/**
 * The SDK's consumers of queues on real gateways; consumers and gateways are killed and stopped.
 */
@Timeout(240)
@EnabledIf(
        value = "sluice.system.Built#everything",
        disabledReason = "the gateway and the stores are not packaged: run verify, not test")
class QueueConsumersTest {

    private static final Duration MAX = Duration.ofSeconds(60);

    @RegisterExtension static final ThreeGateways SHARED = new ThreeGateways();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private static int queues;

    private final List<Process> processes = new ArrayList<>();
    private LocalCluster cluster;
    private String queue;
    private int written;

    @BeforeEach
    void begin() throws Exception {
        cluster = SHARED.whole();
        queue = "work-" + ++queues;
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    private void make(String settings) throws InterruptedException {
        ask("PUT", "/v1/queues/" + queue, settings);
    }

    private Json ask(String method, String path, String body) throws InterruptedException {
        Json[] found = {Json.parse(ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8)))};
        until(
                method + " " + path,
                () ->
                        cluster.running().stream()
                                .anyMatch(each -> asked(each, method, path, body, found)));
        return found[0];
    }

    private boolean asked(int gateway, String method, String path, String body, Json[] found) {
        try {
            var answer = cluster.api(gateway).ask(method, path, body);
            if (answer.isEmpty() || answer.get().statusCode() / 100 != 2) {
                return false;
            }
            found[0] = Json.parse(ByteBuffer.wrap(answer.get().body()));
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long endNs = System.nanoTime() + MAX.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - endNs < 0, what);
            Thread.sleep(20);
        }
    }

    /** Messages whose values are numbers from {@link #written} on. */
    private void write(int count) {
        try (var client = client();
                var producer = client.producer().build()) {
            for (int i = 0; i < count; i++) {
                String value = String.valueOf(written++);
                producer.send(ProducerRecord.of(queue, value, value)).join();
            }
        }
    }

    private String addresses() {
        return cluster.urls(List.of(0, 1, 2)).stream()
                .map(URI::toString)
                .collect(Collectors.joining(","));
    }

    private SluiceClient client() {
        return Sluice.connect(addresses());
    }

    private Json stats() throws InterruptedException {
        return ask("GET", "/v1/groups/" + queue + "/stats", "");
    }

    private void untilStats(String field, long expected) throws InterruptedException {
        until(
                field + "=" + expected,
                () -> {
                    try {
                        return stats().longField(field) == expected;
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static Set<String> values(Iterable<QueueMessage> messages) {
        var values = new TreeSet<String>();
        messages.forEach(each -> values.add(each.valueText()));
        return values;
    }

    private Set<String> all() {
        return IntStream.range(0, written).mapToObj(String::valueOf).collect(Collectors.toSet());
    }

    private Process consumerProcess(Path log, Duration hold) throws IOException {
        var process =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                QueueConsumerProcess.class.getName(),
                                addresses(),
                                queue,
                                String.valueOf(hold.toMillis()))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        processes.add(process);
        return process;
    }

    private static boolean says(Path log, String text) {
        try {
            return Files.exists(log) && Files.readString(log).contains(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aMessageOfAConsumerThatIsKilledGoesToAnotherAtOnce() throws Exception {
        // Longer than this test waits: only the end of the connection can have told.
        make("{\"sessionTimeout\":\"10m\"}");
        write(1);
        Path log = folder.resolve(queue + ".log");
        Process process = consumerProcess(log, Duration.ofMinutes(10));
        until("begun", () -> says(log, "begun 0"));
        var taken = new ConcurrentLinkedQueue<QueueMessage>();
        try (var client = client();
                QueueConsumer consumer = client.queueConsumer(queue).start(taken::add)) {
            until("waits", this::consumerWaits);
            process.destroyForcibly().waitFor();
            until("taken", () -> !taken.isEmpty());
            assertEquals(2, taken.element().deliveries());
            untilStats("settled", 1);
        }
    }

    private boolean consumerWaits() {
        try {
            return stats().list("sessions").stream()
                    .anyMatch(each -> each.text("waits", "").equals("true"));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoIsStoppedLosesItsMessageAndIsToldSo() throws Exception {
        make("{\"sessionTimeout\":\"3s\"}");
        write(1);
        Path log = folder.resolve(queue + ".log");
        Process process = consumerProcess(log, Duration.ofSeconds(8));
        until("begun", () -> says(log, "begun 0"));
        var taken = new ConcurrentLinkedQueue<QueueMessage>();
        try (var client = client();
                QueueConsumer consumer = client.queueConsumer(queue).start(taken::add)) {
            signal(process, "-STOP");
            until("taken", () -> !taken.isEmpty());
            signal(process, "-CONT");
            until("lost", () -> says(log, "lost 0"));
            assertEquals(1, taken.size());
            untilStats("settled", 1);
            assertFalse(consumer.ended().isDone());
        }
    }

    private static void signal(Process process, String signal) throws Exception {
        new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
    }

    @Test
    void jobsThatRunWhileTheirGatewayIsKilledAreFinishedAndNobodyElseGetsThem() throws Exception {
        make("{}");
        jobsGoOn(gateway -> cluster.gateway(gateway).kill());
    }

    @Test
    void jobsThatRunWhileTheirGatewayIsStoppedInGoodOrderAreFinishedToo() throws Exception {
        make("{}");
        jobsGoOn(gateway -> cluster.gateway(gateway).signal("TERM"));
    }

    private interface Blow {
        void to(int gateway) throws Exception;
    }

    /**
     * Twelve jobs of four consumers run while a gateway of some of them is gone. What is written
     * meanwhile may be on its way to a consumer when its way ends; then it was delivered once more
     * than it was begun.
     */
    private void jobsGoOn(Blow blow) throws Exception {
        write(12);
        var begun = new ConcurrentLinkedQueue<QueueMessage>();
        var lost = new ConcurrentLinkedQueue<String>();
        var go = new CountDownLatch(1);
        var consumers = new ArrayList<QueueConsumer>();
        try (var client = client()) {
            for (int i = 0; i < 4; i++) {
                consumers.add(
                        client.queueConsumer(queue)
                                .concurrency(3)
                                .onLost((message, reason) -> lost.add(message + " " + reason))
                                .start(message -> {
                                    begun.add(message);
                                    go.await();
                                }));
            }
            until("all begun", () -> begun.size() == 12);
            blow.to(gatewayOfASession());
            untilStats("inFlight", 12);
            go.countDown();
            write(12);
            untilStats("settled", 24);
            for (QueueConsumer each : consumers) {
                each.close();
            }
        }
        assertEquals(all(), values(begun));
        assertEquals(List.of(), List.copyOf(lost));
        assertEquals(24, begun.size(), "nothing is begun twice");
    }

    private int gatewayOfASession() throws InterruptedException {
        String address = stats().list("sessions").getFirst().text("gateway", "");
        return cluster.running().stream()
                .filter(each -> cluster.address(each).equals(address))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no gateway at " + address));
    }
}
