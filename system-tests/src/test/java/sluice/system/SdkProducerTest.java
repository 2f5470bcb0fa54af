package sluice.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import sluice.bench.cluster.LocalCluster;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.produce.Producer;
import sluice.client.produce.ProducerRecord;
import sluice.client.produce.RecordMetadata;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;

/** An application that writes with the SDK while a gateway is killed. */
@Timeout(240)
@EnabledIf(
        value = "sluice.system.Built#everything",
        disabledReason = "the gateway and the stores are not packaged: run verify, not test")
class SdkProducerTest {

    private static final String TOPIC = "written";
    private static final int PARTITIONS = 6;
    private static final int KEYS = 40;
    private static final int RECORDS = 3_000;

    @RegisterExtension static final ThreeGateways SHARED = new ThreeGateways();

    @Test
    void gatewayThatIsKilledLosesNothingAndDoublesNothing() throws Exception {
        LocalCluster cluster = SHARED.whole();
        String gateways =
                cluster.urls(cluster.running()).stream()
                        .map(URI::toString)
                        .collect(Collectors.joining(","));
        Trial.await(
                "the topic",
                Duration.ofSeconds(60),
                () -> cluster.api(1).createTopic(TOPIC, PARTITIONS));
        var written = new ArrayList<CompletableFuture<RecordMetadata>>();
        try (SluiceClient client = Sluice.connect(gateways);
                Producer producer = client.producer().build()) {
            for (int i = 0; i < RECORDS; i++) {
                written.add(producer.send(ProducerRecord.of(TOPIC, "key-" + i % KEYS, "" + i)));
                if (i == RECORDS / 3) {
                    producer.flush();
                    cluster.gateway(0).kill();
                }
                TimeUnit.MICROSECONDS.sleep(500);
            }
        }

        Map<Integer, List<String>> log = read(cluster.url(2));
        assertEquals(RECORDS, log.values().stream().mapToInt(List::size).sum(), "once each");
        var lastOfKey = new HashMap<Integer, Integer>();
        log.forEach((partition, values) -> {
            for (int offset = 0; offset < values.size(); offset++) {
                int number = Integer.parseInt(values.get(offset));
                RecordMetadata told = written.get(number).join();
                assertEquals(partition + "/" + offset, told.partition() + "/" + told.offset());
                Integer before = lastOfKey.put(number % KEYS, number);
                assertTrue(before == null || before < number, "order of one key");
            }
        });
    }

    private static Map<Integer, List<String>> read(URI gateway) throws Exception {
        var log = new HashMap<Integer, List<String>>();
        try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int i = 0; i < PARTITIONS; i++) {
                int partition = i;
                var values = new ArrayList<String>();
                Trial.await(
                        "all of partition " + i,
                        Duration.ofSeconds(60),
                        () -> readMore(http, gateway, partition, values));
                log.put(i, values);
            }
        }
        return log;
    }

    /** True if nothing is left to read. */
    private static boolean readMore(
            HttpClient http, URI gateway, int partition, List<String> values)
            throws InterruptedException {
        try {
            HttpResponse<byte[]> answer =
                    http.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "%s/v1/topics/%s/partitions/%d/records?offset=%d&format=binary"
                                                            .formatted(
                                                                    gateway,
                                                                    TOPIC,
                                                                    partition,
                                                                    values.size())))
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                return false;
            }
            var body = ByteBuffer.wrap(answer.body());
            for (int at = 0; at < body.limit(); at += RecordBatch.sizeBytes(body, at)) {
                BatchReader.forEach(
                        body,
                        at,
                        record -> {
                            ByteBuffer value = record.value();
                            assertTrue(value != null, "a value is there");
                            return record.offset() < values.size()
                                    || values.add(StandardCharsets.UTF_8.decode(value).toString());
                        });
            }
            return values.size()
                    >= Long.parseLong(
                            answer.headers().firstValue("Sluice-High-Watermark").orElseThrow());
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
