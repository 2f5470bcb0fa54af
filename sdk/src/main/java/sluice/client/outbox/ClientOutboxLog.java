package sluice.client.outbox;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import sluice.client.batch.BatchBuilder;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.SluiceClientException;
import sluice.client.http.Answer;
import sluice.client.http.ApiClient;
import sluice.client.http.Call;
import sluice.client.json.Json;
import sluice.client.record.Compression;
import sluice.client.time.Clock;

/** The log behind gateways. Any gateway will do: the relay is not where speed is made. */
final class ClientOutboxLog implements OutboxLog {

    private static final String BATCHES = "application/vnd.sluice.record-batches";

    private static final int BATCH_BYTES_MAX = 1 << 20;

    /** How long a number of partitions is believed; they only grow. */
    private static final Duration COUNTS_KEPT = Duration.ofSeconds(30);

    /** The records are what is wrong: to wait does not help them. */
    private static final Set<String> ABOUT_RECORDS =
            Set.of(
                    "record-too-large",
                    "body-too-large",
                    "malformed-batch",
                    "bad-topic-name",
                    "unknown-topic",
                    "partition-out-of-range");

    private final ApiClient api;
    private final Clock clock;
    private final Duration attemptMax;
    private final Map<String, Count> counts = new HashMap<>();
    private final CompletableFuture<Sent> stopped = new CompletableFuture<>();

    private record Count(int partitions, long readNs) {}

    /**
     * @param attemptMax how long one attempt may take, with what it does to find a gateway
     */
    ClientOutboxLog(ApiClient api, Clock clock, Duration attemptMax) {
        this.api = api;
        this.clock = clock;
        this.attemptMax = attemptMax;
    }

    @Override
    public long newProducerId() {
        return Json.parse(answer(Call.put("/v1/producers", new byte[0])).body())
                .number("producerId");
    }

    @Override
    public synchronized int partitionCount(String topic) throws UnknownTopic {
        Count known = counts.get(topic);
        if (known == null || clock.nowNs() - known.readNs() > COUNTS_KEPT.toNanos()) {
            known = new Count(read(topic), clock.nowNs());
            counts.put(topic, known);
        }
        return known.partitions();
    }

    private int read(String topic) throws UnknownTopic {
        try {
            return Json.parse(answer(Call.get("/v1/topics/" + Call.segment(topic))).body())
                    .integer("partitionCount");
        } catch (SluiceApiException e) {
            if (e.status() == 404 || ABOUT_RECORDS.contains(e.code())) {
                throw new UnknownTopic(topic);
            }
            throw e;
        }
    }

    private Answer answer(Call call) {
        CompletableFuture<Answer> stoppedAnswer =
                stopped.thenCompose(stop ->
                        CompletableFuture.failedFuture(
                                new RetriableException("the relay is closed: " + call)));
        try {
            return api.send(call, attemptMax).applyToEither(stoppedAnswer, answer -> answer).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    @Override
    public void stop() {
        stopped.complete(new Sent.Again("the relay is closed"));
    }

    @Override
    public CompletableFuture<Sent> append(FixedBatch batch, List<OutboxRow> rows) {
        var call =
                new Call(
                        "POST",
                        "/v1/topics/%s/records?acks=all&partition=%d"
                                .formatted(Call.segment(batch.topic()), batch.partition()),
                        BATCHES,
                        List.of(encode(batch, rows)),
                        true,
                        Duration.ZERO);
        return api.send(call, attemptMax)
                .handle((answer, failure) -> sent(failure))
                .applyToEither(stopped, sent -> sent);
    }

    private static ByteBuffer encode(FixedBatch batch, List<OutboxRow> rows) {
        var builder = new BatchBuilder(rows.stream().mapToInt(OutboxRow::bytes).sum());
        for (OutboxRow row : rows) {
            builder.append(
                    row.timestampMs(),
                    row.key(),
                    row.value(),
                    OutboxHeaders.decode(row.headers()).stream()
                            .map(header ->
                                    new BatchBuilder.Header(
                                            header.getKey().getBytes(StandardCharsets.UTF_8),
                                            header.getValue()))
                            .toList());
        }
        ByteBuffer built = builder.build(Compression.NONE, BATCH_BYTES_MAX);
        BatchBuilder.stamp(built, batch.producerId(), batch.epoch(), batch.baseSequence());
        return built;
    }

    private static Sent sent(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause == null) {
            return new Sent.Appended();
        }
        String reason = String.valueOf(cause.getMessage());
        if (!(cause instanceof SluiceApiException refused)) {
            return new Sent.Again(
                    cause instanceof SluiceClientException ? reason : String.valueOf(cause));
        }
        if (refused.code().equals("out-of-order-sequence")) {
            return new Sent.OutOfSequence(reason);
        }
        if (refused.code().equals("producer-fenced")) {
            return new Sent.Fenced(reason);
        }
        return ABOUT_RECORDS.contains(refused.code())
                ? new Sent.Refused(refused.code(), reason)
                : new Sent.Again(reason);
    }
}
