package sluice.client.produce;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceClientException;
import sluice.client.http.Answer;
import sluice.client.http.ApiClient;
import sluice.client.http.Call;
import sluice.client.http.Gateways;
import sluice.client.http.HttpSender;
import sluice.client.json.Json;
import sluice.client.json.JsonException;

/** Gateways over HTTP, as a producer needs them. */
final class HttpCluster implements Cluster {

    private static final String GROUPED_BATCHES = "application/vnd.sluice.partitioned-batches";

    /** partition int32 │ length of its batches in bytes int32 │ batches */
    private static final int GROUP_HEAD_BYTES = 2 * Integer.BYTES;

    private final ApiClient api;
    private final HttpSender http;
    private final Gateways gateways;
    private final ProducerSettings settings;

    HttpCluster(ApiClient api, HttpSender http, Gateways gateways, ProducerSettings settings) {
        this.api = api;
        this.http = http;
        this.gateways = gateways;
        this.settings = settings;
    }

    @Override
    public CompletableFuture<TopicView> describe(String topic) {
        return api.send(Call.get("/v1/topics/" + Call.segment(topic)), settings.maxBlock())
                .thenApply(answer -> understood(answer, this::view));
    }

    @Override
    public CompletableFuture<Long> newProducerId() {
        return api.send(Call.put("/v1/producers", new byte[0]), settings.maxBlock())
                .thenApply(answer -> understood(answer, json -> json.number("producerId")));
    }

    private interface Reading<T> {
        T of(Json document);
    }

    private static <T> T understood(Answer answer, Reading<T> reading) {
        try {
            return reading.of(answer.json());
        } catch (JsonException | IllegalArgumentException notUnderstood) {
            throw new RetriableException("the answer is not understood: " + notUnderstood);
        }
    }

    private TopicView view(Json topic) {
        var owners = new @Nullable URI[topic.integer("partitionCount")];
        for (Json partition : topic.list("partitions")) {
            int index = partition.integer("partition");
            if (index >= 0 && index < owners.length) {
                owners[index] = partition.field("owner").map(this::address).orElse(null);
            }
        }
        return new TopicView(topic.integer("recordBytesMax"), Arrays.asList(owners));
    }

    /** An address that is none is passed over: any gateway brings batches to the owner. */
    private @Nullable URI address(Json owner) {
        try {
            return gateways.resolve(owner.text("httpAddress", ""));
        } catch (IllegalArgumentException notAnAddress) {
            return null;
        }
    }

    @Override
    public CompletableFuture<RequestOutcome> produce(ProduceRequest request) {
        Call call;
        try {
            call = call(request);
        } catch (SluiceClientException | IllegalStateException unsendable) {
            return CompletableFuture.failedFuture(unsendable);
        }
        return http.send(request.gateway(), call, settings.requestTimeout())
                .handle((answer, failure) ->
                        ProduceAnswers.read(request.gateway(), request.batches(), answer, failure));
    }

    private Call call(ProduceRequest request) {
        List<PendingBatch> batches = request.batches();
        var pieces = new ArrayList<ByteBuffer>();
        for (int from = 0; from < batches.size(); ) {
            PartitionQueue queue = batches.get(from).queue;
            int head = pieces.size();
            pieces.add(ByteBuffer.allocate(GROUP_HEAD_BYTES));
            int bytes = 0;
            int to = from;
            for (; to < batches.size() && batches.get(to).queue == queue; to++) {
                ByteBuffer sealed =
                        batches.get(to).sealed(settings.compression(), request.recordBytesMax());
                bytes += sealed.limit();
                pieces.add(sealed);
            }
            pieces.get(head).putInt(0, queue.partition).putInt(Integer.BYTES, bytes);
            from = to;
        }
        return new Call(
                "POST",
                "/v1/topics/%s/records?acks=%s"
                        .formatted(Call.segment(request.topic()), settings.acks().parameter()),
                GROUPED_BATCHES,
                pieces,
                settings.isIdempotent(),
                Duration.ZERO);
    }
}
