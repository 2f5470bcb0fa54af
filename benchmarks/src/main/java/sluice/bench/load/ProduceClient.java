package sluice.bench.load;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Json;

/** One attempt at a time, and what it came to. Callable from many threads. */
final class ProduceClient implements AutoCloseable {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(1);
    private static final String BATCHES = "application/vnd.sluice.record-batches";

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_MAX)
                    .build();
    private final String topic;
    private final Duration attemptMax;

    /**
     * @param attemptMax an answer that takes longer is not waited for
     */
    ProduceClient(String topic, Duration attemptMax) {
        this.topic = topic;
        this.attemptMax = attemptMax;
    }

    /** Appends one batch with acks=all. */
    Outcome appendBatch(URI gateway, int partition, byte[] batch) throws InterruptedException {
        return append(
                gateway,
                "/v1/topics/" + topic + "/records?acks=all&partition=" + partition,
                BATCHES,
                batch,
                "batches",
                "baseOffset");
    }

    /** Appends one record with acks=all and nothing by which a repetition could be known. */
    Outcome appendRecord(URI gateway, int partition, String value) throws InterruptedException {
        var body =
                "{\"records\":[{\"value\":%s,\"partition\":%d}]}"
                        .formatted(Json.quote(value), partition);
        return append(
                gateway,
                "/v1/topics/" + topic + "/records?acks=all",
                "application/json",
                body.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "records",
                "offset");
    }

    /** An id for batches with a sequence; −1 if none was given. */
    long newProducerId(URI gateway) throws InterruptedException {
        try {
            var answer =
                    http.send(
                            request(gateway, "/v1/producers").PUT(BodyPublishers.noBody()).build(),
                            BodyHandlers.ofByteArray());
            return answer.statusCode() == 200
                    ? Json.parse(ByteBuffer.wrap(answer.body())).longField("producerId")
                    : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private Outcome append(
            URI gateway, String path, String type, byte[] body, String list, String offset)
            throws InterruptedException {
        try {
            var answer =
                    http.send(
                            request(gateway, path)
                                    .header("Content-Type", type)
                                    .POST(BodyPublishers.ofByteArray(body))
                                    .build(),
                            BodyHandlers.ofByteArray());
            return outcome(answer, list, offset);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            return new Outcome.Refused(0, "no-connection", true, Duration.ZERO);
        } catch (IOException e) {
            return new Outcome.Unknown(e.toString());
        }
    }

    private HttpRequest.Builder request(URI gateway, String path) {
        return HttpRequest.newBuilder(URI.create(gateway + path)).timeout(attemptMax);
    }

    private static Outcome outcome(HttpResponse<byte[]> answer, String list, String offset) {
        int status = answer.statusCode();
        try {
            var json = Json.parse(ByteBuffer.wrap(answer.body()));
            if (status == 200) {
                List<Json> appended = json.list(list);
                return appended.size() == 1
                        ? new Outcome.Acknowledged(appended.getFirst().longField(offset))
                        : new Outcome.Unknown("an answer for " + appended.size() + " batches");
            }
            return status == 504
                    ? new Outcome.Unknown(json.text("code", "504"))
                    : new Outcome.Refused(
                            status,
                            json.text("code", "none"),
                            status == 429 || status == 503,
                            retryAfter(answer));
        } catch (CommandFailure notJson) {
            return new Outcome.Unknown("status " + status + " and no JSON");
        }
    }

    private static Duration retryAfter(HttpResponse<byte[]> answer) {
        return answer.headers()
                .firstValue("Retry-After")
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .orElse(Duration.ZERO);
    }
}
