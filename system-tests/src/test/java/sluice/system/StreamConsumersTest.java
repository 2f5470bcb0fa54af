package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import sluice.bench.churn.ChurnChecks;
import sluice.bench.churn.ChurnResult;
import sluice.bench.churn.ChurnRun;
import sluice.bench.churn.ChurnShape;
import sluice.bench.churn.Findings;
import sluice.bench.churn.SluiceGroupApi;
import sluice.bench.cluster.LocalCluster;
import sluice.bench.member.MemberEvent;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.record.TopicPartition;
import sluice.client.stream.ConsumerRecord;
import sluice.client.stream.RebalanceListener;
import sluice.client.stream.StreamConsumer;
import sluice.client.stream.WakeupException;

/** The SDK's consumers on real gateways, some of which are killed. */
@Timeout(300)
@EnabledIf(
        value = "sluice.system.Built#everything",
        disabledReason = "the gateway and the stores are not packaged: run verify, not test")
class StreamConsumersTest {

    private static final int PARTITIONS = 6;
    private static final Duration MAX = Duration.ofSeconds(90);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @RegisterExtension static final ThreeGateways SHARED = new ThreeGateways();

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private static int topics;

    private LocalCluster cluster;
    private String topic;
    private int written;

    @BeforeEach
    void begin() throws Exception {
        cluster = SHARED.whole();
        topic = "streams-" + ++topics;
        call("PUT", "/v1/topics/" + topic, "{\"partitions\":" + PARTITIONS + "}");
        call(
                "PUT",
                "/v1/groups/" + topic,
                "{\"type\":\"stream\",\"topics\":[\"%s\"]}".formatted(topic));
    }

    private void call(String method, String path, String body) throws InterruptedException {
        until(
                method + " " + path,
                () -> {
                    for (int gateway : cluster.running()) {
                        if (ask(gateway, method, path, body).startsWith("2")) {
                            return true;
                        }
                    }
                    return false;
                });
    }

    /** Status and body in one text. */
    private String ask(int gateway, String method, String path, String body) {
        try {
            return cluster.api(gateway)
                    .ask(method, path, body)
                    .map(answer ->
                            answer.statusCode() + new String(answer.body(), StandardCharsets.UTF_8))
                    .orElse("0");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long endNs = System.nanoTime() + MAX.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < endNs, what);
            Thread.sleep(20);
        }
    }

    /** So many records in each partition; each is appended once, however often it is tried. */
    private void write(int recordsOfEach) throws InterruptedException {
        for (int i = 0; i < recordsOfEach; i++) {
            int number = written++;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                String one =
                        "{\"records\":[{\"value\":\"%d-%d\",\"partition\":%d}]}"
                                .formatted(partition, number, partition);
                append(one, "%s-%d-%d".formatted(topic, partition, number));
            }
        }
    }

    private void append(String body, String key) throws InterruptedException {
        until("append " + key, () -> produced(body, key));
    }

    private boolean produced(String body, String key) {
        for (int gateway : cluster.running()) {
            try {
                var request =
                        HttpRequest.newBuilder(
                                        cluster.url(gateway)
                                                .resolve("/v1/topics/" + topic + "/records"))
                                .header("Content-Type", "application/json")
                                .header("Idempotency-Key", key)
                                .timeout(Duration.ofSeconds(10))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build();
                if (HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode()
                        == 200) {
                    return true;
                }
            } catch (IOException e) {
                continue; // The next one.
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return false;
    }

    private SluiceClient client() {
        return Sluice.connect(addresses());
    }

    private String addresses() {
        return cluster.urls(List.of(0, 1, 2)).stream()
                .map(URI::toString)
                .collect(Collectors.joining(","));
    }

    private Set<String> all() {
        return IntStream.range(0, PARTITIONS)
                .boxed()
                .flatMap(p -> IntStream.range(0, written).mapToObj(i -> p + "-" + i))
                .collect(Collectors.toSet());
    }

    private static Set<String> values(Collection<ConsumerRecord> records) {
        return records.stream().map(ConsumerRecord::valueText).collect(Collectors.toSet());
    }

    /** Polls and commits until it is woken up. */
    private static Thread polling(StreamConsumer consumer, Collection<ConsumerRecord> records) {
        var thread =
                new Thread(() -> {
                    try {
                        while (true) {
                            consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
                            consumer.commit();
                        }
                    } catch (WakeupException e) {
                        // The test is over.
                    }
                });
        thread.start();
        return thread;
    }

    /** The gateway that the group's one member reads through. */
    private int gatewayOfTheMember() throws InterruptedException {
        for (int tries = 0; tries < 200; tries++) {
            String group = ask(cluster.running().getFirst(), "GET", "/v1/groups/" + topic, "");
            for (int i : cluster.running()) {
                if (cluster.api(i)
                        .state()
                        .filter(state -> group.contains(state.self().toString()))
                        .isPresent()) {
                    return i;
                }
            }
            Thread.sleep(50);
        }
        throw new AssertionError(
                "no member: "
                        + ask(cluster.running().getFirst(), "GET", "/v1/groups/" + topic, ""));
    }

    @Test
    void aPollLoopGoesOnWhenItsGatewayIsKilled() throws Exception {
        write(20);
        var records = new ConcurrentLinkedQueue<ConsumerRecord>();
        try (var client = client();
                var consumer = client.streamConsumer(topic).build()) {
            var thread = polling(consumer, records);
            until("first records", () -> records.size() >= PARTITIONS * 20);
            cluster.gateway(gatewayOfTheMember()).kill();
            write(20);
            until("records " + records.size(), () -> values(records).equals(all()));
            consumer.wakeup();
            thread.join();
        }
        assertEquals(all(), values(records));
        assertTrue(
                records.size() - all().size() <= 2 * PARTITIONS * 20,
                "repeated: " + (records.size() - all().size()));
    }

    @Test
    void aGatewayThatIsStoppedInGoodOrderTakesNothingFromItsMembers() throws Exception {
        write(10);
        var records = new ConcurrentLinkedQueue<ConsumerRecord>();
        var taken = new ConcurrentLinkedQueue<TopicPartition>();
        try (var client = client();
                var consumer = client.streamConsumer(topic).listener(tellingOf(taken)).build()) {
            var thread = polling(consumer, records);
            until("first records", () -> records.size() >= PARTITIONS * 10);
            cluster.gateway(gatewayOfTheMember()).signal("TERM");
            write(10);
            until("records " + records.size(), () -> values(records).equals(all()));
            consumer.wakeup();
            thread.join();
        }
        assertTrue(taken.isEmpty(), "the member keeps what it holds");
        assertEquals(all().size(), records.size(), "nothing is read twice");
    }

    private static RebalanceListener tellingOf(Collection<TopicPartition> taken) {
        return new RebalanceListener() {
            @Override
            public void onRevoking(Set<TopicPartition> partitions) {
                taken.addAll(partitions);
            }

            @Override
            public void onLost(Set<TopicPartition> partitions) {
                taken.addAll(partitions);
            }
        };
    }

    @Test
    void handlersOfTwoConsumersShareTheWorkAndOneTakesOverTheRest() throws Exception {
        Set<String> handled = ConcurrentHashMap.newKeySet();
        Set<String> twice = ConcurrentHashMap.newKeySet();
        try (var client = client();
                var one = client.streamConsumer(topic).build();
                var other = client.streamConsumer(topic).build()) {
            var threads =
                    List.of(one, other).stream()
                            .map(consumer ->
                                    new Thread(() ->
                                            consumer.run(record -> {
                                                if (!handled.add(record.valueText())) {
                                                    twice.add(record.valueText());
                                                }
                                            })))
                            .toList();
            threads.forEach(Thread::start);
            until("both", () -> !one.assignment().isEmpty() && !other.assignment().isEmpty());
            write(20);
            until("all handled", () -> handled.equals(all()));
            one.close();
            write(10);
            until("all handled by one", () -> handled.equals(all()));
            other.close();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(Set.of(), twice, "nobody died, so nothing is read twice");
    }

    @Test
    void partitionsOfAProcessThatIsKilledAreReadByAnother() throws Exception {
        var process =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElse("java"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                ConsumerProcess.class.getName(),
                                addresses(),
                                topic)
                        .redirectErrorStream(true)
                        .redirectOutput(new File(folder.toFile(), topic + ".log"))
                        .start();
        var records = new ConcurrentLinkedQueue<ConsumerRecord>();
        try (var client = client()) {
            gatewayOfTheMember();
            try (var consumer = client.streamConsumer(topic).build()) {
                var thread = polling(consumer, records);
                until("shared", () -> !consumer.assignment().isEmpty());
                process.destroyForcibly().waitFor();
                write(10);
                until("records " + records.size(), () -> values(records).equals(all()));
                assertEquals(PARTITIONS, consumer.assignment().size());
                consumer.wakeup();
                thread.join();
            }
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void membersThatComeGoDieAndFallSilentLoseNothing() throws Exception {
        churn(300, 2, 5, Duration.ofSeconds(6), 3, 1, Duration.ofSeconds(3));
    }

    @Test
    @EnabledIf(
            value = "sluice.system.Built#everythingAndMinutes",
            disabledReason = "takes minutes, as RestartsTest does")
    void twelveMembersThatComeGoDieAndFallSilentForAMinuteLoseNothing() throws Exception {
        churn(600, 3, 12, Duration.ofSeconds(60), 20, 4, Duration.ofSeconds(8));
    }

    private void churn(
            int perSecond,
            int membersMin,
            int membersMax,
            Duration length,
            int kills,
            int stalls,
            Duration sessionTimeout)
            throws Exception {
        long seed = Long.getLong("sluice.churn.seed", System.nanoTime());
        var shape =
                new ChurnShape(
                        seed,
                        PARTITIONS,
                        perSecond,
                        membersMin,
                        membersMax,
                        length,
                        Duration.ofMillis(800),
                        kills,
                        stalls,
                        Duration.ofMillis(1),
                        MAX);
        call("PUT", "/v1/topics/" + topic + "-warm-up", "{\"partitions\":1}");
        try (var api = new SluiceGroupApi(addresses(), sessionTimeout)) {
            var run =
                    new ChurnRun(
                            api,
                            shape,
                            topic,
                            topic + "-warm-up",
                            folder.resolve(topic),
                            line -> {});
            ChurnResult result = run.run();
            Findings findings = ChurnChecks.of(result);
            assertEquals(List.of(), findings.examples(), "seed=" + seed);
            assertTrue(
                    findings.handled() >= length.toSeconds() * perSecond,
                    "seed=" + seed + findings);
            long killed =
                    result.entries().stream()
                            .filter(each -> each.event() instanceof MemberEvent.Killed)
                            .count();
            assertEquals(kills, killed, "seed=" + seed);
            assertTrue(findings.refused() > 0, "seed=" + seed + " no commit came too late");
        }
    }
}
