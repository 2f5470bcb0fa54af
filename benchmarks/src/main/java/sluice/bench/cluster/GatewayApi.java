package sluice.bench.cluster;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.cli.http.Json;

/** The small questions to one gateway; each asks once, and empty means no answer of use. */
public final class GatewayApi {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    private final HttpClient http;
    private final URI gateway;

    GatewayApi(HttpClient http, URI gateway) {
        this.http = http;
        this.gateway = gateway;
    }

    /**
     * A partition as its gateway tells it.
     *
     * @param owner {@code host:port}; empty if there is none just now
     */
    public record Partition(int partition, long highWatermark, int slot, String owner) {}

    public Optional<ClusterState> state() throws InterruptedException {
        return json("GET", "/v1/cluster", "").map(ClusterState::of);
    }

    public Optional<List<Partition>> partitions(String topic) throws InterruptedException {
        return json("GET", "/v1/topics/" + topic, "").map(GatewayApi::partitions);
    }

    /** Owners by partition; none unless each has one. */
    public List<String> owners(String topic) throws InterruptedException {
        var owners = partitions(topic).orElse(List.of()).stream().map(Partition::owner).toList();
        return owners.contains("") ? List.of() : owners;
    }

    /** True if the topic is there now, with so many partitions. */
    public boolean createTopic(String topic, int partitions) throws InterruptedException {
        return json("PUT", "/v1/topics/" + topic, "{\"partitions\":" + partitions + "}")
                .isPresent();
    }

    /**
     * True if the queue is there now.
     *
     * @param settings as JSON
     */
    public boolean createQueue(String queue, String settings) throws InterruptedException {
        return json("PUT", "/v1/queues/" + queue, settings).isPresent();
    }

    /** An id for batches with a sequence. */
    public Optional<Long> newProducerId() throws InterruptedException {
        return json("PUT", "/v1/producers", "").map(given -> given.longField("producerId"));
    }

    /** The value of a metric without labels. */
    public Optional<Double> metric(String name) throws InterruptedException {
        return metrics()
                .flatMap(text ->
                        text.lines()
                                .filter(line -> line.startsWith(name + " "))
                                .map(GatewayApi::value)
                                .findFirst());
    }

    /**
     * The sum of a metric over all that have a label.
     *
     * @param label as {@code area="heap"}
     */
    public Optional<Double> metricSum(String name, String label) throws InterruptedException {
        return metrics()
                .map(text ->
                        text.lines()
                                .filter(line -> line.startsWith(name + "{"))
                                .filter(line -> line.contains(label))
                                .mapToDouble(GatewayApi::value)
                                .sum());
    }

    private Optional<String> metrics() throws InterruptedException {
        return ask("GET", "/q/metrics", "")
                .map(answer -> new String(answer.body(), StandardCharsets.UTF_8));
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    /** The answer's status; 0 if there was none. */
    public Optional<HttpResponse<byte[]>> ask(String method, String path, String body)
            throws InterruptedException {
        try {
            return Optional.of(
                    http.send(
                            HttpRequest.newBuilder(URI.create(gateway + path))
                                    .header("Content-Type", "application/json")
                                    .timeout(ANSWER_MAX)
                                    .method(method, BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<Json> json(String method, String path, String body)
            throws InterruptedException {
        return ask(method, path, body)
                .filter(answer -> answer.statusCode() / 100 == 2)
                .map(answer -> Json.parse(ByteBuffer.wrap(answer.body())));
    }

    private static List<Partition> partitions(Json topic) {
        var partitions = new ArrayList<Partition>();
        for (Json partition : topic.list("partitions")) {
            partitions.add(
                    new Partition(
                            (int) partition.longField("partition"),
                            partition.longField("highWatermark"),
                            (int) partition.longField("slot"),
                            partition
                                    .field("owner")
                                    .map(owner -> owner.text("httpAddress", ""))
                                    .orElse("")));
        }
        return partitions;
    }
}
