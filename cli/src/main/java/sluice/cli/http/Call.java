package sluice.cli.http;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One request, the same at every repetition: every call of the command line may be repeated. */
public final class Call {

    /** What to make of a request that was sent and got no answer. */
    enum Unanswered {
        REPEAT,
        COUNT_AS_SENT
    }

    private static final String JSON = "application/json";
    private static final String BATCHES = "application/vnd.sluice.record-batches";

    /** A gateway that holds a request longer than this is taken for hung. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    private final String method;
    private final String path;
    private final String contentType;
    private final byte[] body;
    private final Unanswered unanswered;
    private final String idempotencyKey;

    private Call(
            String method, String path, String contentType, byte[] body, Unanswered unanswered) {
        this(method, path, contentType, body, unanswered, "");
    }

    /**
     * @param idempotencyKey empty for none
     */
    private Call(
            String method,
            String path,
            String contentType,
            byte[] body,
            Unanswered unanswered,
            String idempotencyKey) {
        this.idempotencyKey = idempotencyKey;
        this.method = method;
        this.path = path;
        this.contentType = contentType;
        this.body = body;
        this.unanswered = unanswered;
    }

    public static Call get(String path) {
        return new Call("GET", path, "", new byte[0], Unanswered.REPEAT);
    }

    public static Call delete(String path) {
        return new Call("DELETE", path, "", new byte[0], Unanswered.REPEAT);
    }

    public static Call delete(String path, String json) {
        return withJson("DELETE", path, json);
    }

    public static Call put(String path, String json) {
        return withJson("PUT", path, json);
    }

    public static Call patch(String path, String json) {
        return withJson("PATCH", path, json);
    }

    public static Call post(String path, String json) {
        return withJson("POST", path, json);
    }

    /**
     * Posts record batches.
     *
     * @param batches owned by the call from now on
     */
    public static Call postBatches(String path, byte[] batches) {
        return new Call("POST", path, BATCHES, batches, Unanswered.REPEAT);
    }

    /** The same call, which counts as done once it was sent, whatever becomes of its answer. */
    public Call countedAsSent() {
        return new Call(method, path, contentType, body, Unanswered.COUNT_AS_SENT);
    }

    /** The same call, whose repetitions gateways know by this key. */
    public Call keyed(String key) {
        return new Call(method, path, contentType, body, unanswered, key);
    }

    /** A piece of text as one segment of a path. */
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    Unanswered unanswered() {
        return unanswered;
    }

    HttpRequest to(URI gateway) {
        BodyPublisher publisher =
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
        var request =
                HttpRequest.newBuilder(URI.create(gateway + path))
                        .method(method, publisher)
                        .timeout(ANSWER_MAX);
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        if (!idempotencyKey.isEmpty()) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return request.build();
    }

    @Override
    public String toString() {
        return method + " " + path;
    }

    private static Call withJson(String method, String path, String json) {
        return new Call(
                method, path, JSON, json.getBytes(StandardCharsets.UTF_8), Unanswered.REPEAT);
    }
}
