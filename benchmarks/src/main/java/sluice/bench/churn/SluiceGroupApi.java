package sluice.bench.churn;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.admin.GroupDescription;
import sluice.client.admin.GroupSettings;
import sluice.client.produce.Producer;
import sluice.client.produce.ProducerRecord;
import sluice.client.record.TopicPartition;
import sluice.log.SluiceException;

/** Sluice by its SDK, and by plain HTTP for what no SDK would do. */
public final class SluiceGroupApi implements GroupApi {

    private final String gateways;
    private final Duration sessionTimeout;
    private final SluiceClient client;
    private final HttpClient http = HttpClient.newHttpClient();

    /**
     * @param gateways as the SDK takes them
     * @param sessionTimeout of groups
     */
    public SluiceGroupApi(String gateways, Duration sessionTimeout) {
        this.gateways = gateways;
        this.sessionTimeout = sessionTimeout;
        this.client = Sluice.connect(gateways);
    }

    private static final class SdkWriter implements Writer {
        private final String topic;
        private final Producer producer;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        SdkWriter(String topic, Producer producer) {
            this.topic = topic;
            this.producer = producer;
        }

        @Override
        public void send(String key, String value) {
            var unused =
                    producer.send(ProducerRecord.of(topic, key, value))
                            .whenComplete((_, failed) -> {
                                if (failed != null) {
                                    failure.compareAndSet(null, failed);
                                }
                            });
        }

        @Override
        public void flush() {
            producer.flush();
            failOn(failure.get());
        }

        @Override
        public void close() {
            producer.close(Duration.ZERO);
        }
    }

    /**
     * @throws SluiceException UNAVAILABLE unless null
     */
    static void failOn(@Nullable Throwable failure) {
        if (failure != null) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE,
                    "not-written",
                    "a record could not be written: " + failure,
                    failure);
        }
    }

    @Override
    public Writer writer(String topic) {
        return new SdkWriter(topic, client.producer().build());
    }

    @Override
    public void createGroup(String group, String topic) {
        client.admin().putGroup(group, GroupSettings.reading(topic).sessionTimeout(sessionTimeout));
    }

    @Override
    public Duration sessionTimeout() {
        return sessionTimeout;
    }

    @Override
    public List<String> memberKind() {
        return List.of("sluice", gateways);
    }

    @Override
    public List<String> memberSettings() {
        return List.of();
    }

    @Override
    public Map<Integer, Long> ends(String topic) {
        var ends = new HashMap<Integer, Long>();
        client.admin()
                .describeTopic(topic)
                .partitions()
                .forEach(each -> ends.put(each.partition(), each.highWatermark()));
        return ends;
    }

    @Override
    public Map<Integer, Long> committed(String group, String topic) {
        var committed = new HashMap<Integer, Long>();
        client.admin()
                .committedOffsets(group)
                .forEach((partition, offset) -> committed.put(partition.partition(), offset));
        return committed;
    }

    /** With the member's id and epoch, to any gateway. */
    @Override
    public Optional<Supplier<String>> lateCommit(String group, String topic, String member) {
        GroupDescription described = client.admin().describeGroup(group);
        return described.members().stream()
                .filter(each -> each.client().equals(member) && !each.assigned().isEmpty())
                .findFirst()
                .map(found -> {
                    String body =
                            found.assigned().stream()
                                    .map(each -> offset(described, each))
                                    .collect(
                                            Collectors.joining(
                                                    ",",
                                                    "{\"member\":\"%s\",\"epoch\":%d,\"offsets\":["
                                                            .formatted(
                                                                    found.member(),
                                                                    described.epoch()),
                                                    "]}"));
                    return () -> commit(group, body);
                });
    }

    /** The offset that is committed already: a harmless one, were it not of another's partition. */
    private static String offset(GroupDescription group, TopicPartition partition) {
        long offset =
                group.partitions().stream()
                        .filter(each -> each.partition().equals(partition))
                        .findFirst()
                        .flatMap(each ->
                                each.committed().isPresent()
                                        ? Optional.of(each.committed().getAsLong())
                                        : Optional.empty())
                        .orElse(0L);
        return "{\"topic\":\"%s\",\"partition\":%d,\"offset\":%d}"
                .formatted(partition.topic(), partition.partition(), offset);
    }

    private String commit(String group, String body) {
        URI gateway = client.gateways().getFirst();
        var request =
                HttpRequest.newBuilder(gateway.resolve("/v1/groups/" + group + "/offsets"))
                        .header("Content-Type", "application/json")
                        .timeout(Duration.ofSeconds(10))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() / 100 == 2 ? "" : answer.statusCode() + " " + answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException("no answer to a late commit", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in a late commit", e);
        }
    }

    @Override
    public void close() {
        client.close();
        http.close();
    }
}
