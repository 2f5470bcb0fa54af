package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sluice.bench.cluster.LocalCluster;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.exchange.Binding;
import sluice.client.exchange.ExchangeType;
import sluice.client.exchange.Exchanges;
import sluice.client.exchange.Published;
import sluice.client.exchange.RoutedRecord;

/**
 * Publishing to an exchange with several topics while something is done to the cluster, and the
 * comparison at the end: every topic has every record, and has it once.
 */
final class PublishTrial implements AutoCloseable {

    private static final int PARTITIONS = 4;
    private static final Duration WHOLE_MAX = Duration.ofSeconds(60);
    private static final Pattern VALUE = Pattern.compile("\"value\":\"(\\d+)\"");
    private static final Pattern ENDS =
            Pattern.compile("\"nextOffset\":(\\d+),\"highWatermark\":(\\d+)");

    private final LocalCluster cluster;
    private final List<String> topics;
    private final String exchange;
    private final SluiceClient client;
    private final Exchanges exchanges;
    private final List<CompletableFuture<Published>> published = new ArrayList<>();

    private PublishTrial(LocalCluster cluster, String name) {
        this.cluster = cluster;
        this.exchange = name;
        this.topics = IntStream.range(0, 3).mapToObj(i -> name + "-" + i).toList();
        this.client =
                Sluice.builder(
                                cluster.urls(cluster.running()).stream()
                                        .map(URI::toString)
                                        .collect(Collectors.joining(",")))
                        .callTimeout(WHOLE_MAX)
                        .build();
        this.exchanges = client.exchanges();
    }

    static PublishTrial begin(LocalCluster cluster, String name) throws InterruptedException {
        var trial = new PublishTrial(cluster, name);
        for (String topic : trial.topics) {
            Trial.await(topic, WHOLE_MAX, () -> cluster.api(1).createTopic(topic, PARTITIONS));
        }
        trial.exchanges.put(name, ExchangeType.TOPIC);
        trial.exchanges.bind(
                name,
                trial.topics.stream().map(topic -> Binding.to(topic, "#")).toArray(Binding[]::new));
        for (int gateway : cluster.running()) {
            Trial.await("bindings at " + gateway, WHOLE_MAX, () -> trial.isBoundAt(gateway));
        }
        return trial;
    }

    /** Publishes a record that is none of those that are counted. */
    private boolean isBoundAt(int gateway) throws InterruptedException {
        return cluster.api(gateway)
                .ask(
                        "POST",
                        "/v1/exchanges/" + exchange + "/records?mandatory=true",
                        "{\"records\":[{\"routingKey\":\"k\",\"value\":\"probe\"}]}")
                .map(answer -> answer.statusCode() == 200)
                .orElse(false);
    }

    /** Some 200 a second, one a request. */
    void publish(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            String number = String.valueOf(published.size());
            published.add(exchanges.publish(exchange, RoutedRecord.of("k", number, number)));
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Asks a gateway that runs. */
    void assertEachTopicHasEachOnce(int gateway) throws InterruptedException {
        for (CompletableFuture<Published> each : published) {
            assertEquals(topics.size(), each.join().places().size());
        }
        List<String> expected =
                IntStream.range(0, published.size()).mapToObj(String::valueOf).sorted().toList();
        for (String topic : topics) {
            var values = new ArrayList<String>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                read(gateway, topic, partition, values);
            }
            assertEquals(expected, values.stream().sorted().toList(), topic);
        }
    }

    private void read(int gateway, String topic, int partition, List<String> values)
            throws InterruptedException {
        long[] next = {0};
        Trial.await(
                topic + "/" + partition,
                WHOLE_MAX,
                () -> {
                    var answer =
                            cluster.api(gateway)
                                    .ask(
                                            "GET",
                                            "/v1/topics/%s/partitions/%d/records?max=10000&offset=%d"
                                                    .formatted(topic, partition, next[0]),
                                            "");
                    if (answer.isEmpty() || answer.get().statusCode() != 200) {
                        return false;
                    }
                    String body = new String(answer.get().body(), StandardCharsets.UTF_8);
                    Matcher value = VALUE.matcher(body);
                    while (value.find()) {
                        values.add(value.group(1));
                    }
                    Matcher ends = ENDS.matcher(body);
                    if (!ends.find()) {
                        return false;
                    }
                    next[0] = Long.parseLong(ends.group(1));
                    return next[0] == Long.parseLong(ends.group(2));
                });
    }

    @Override
    public void close() {
        client.close();
    }
}
