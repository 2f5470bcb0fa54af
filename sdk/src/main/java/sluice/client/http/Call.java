package sluice.client.http;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * One request, the same at every repetition.
 *
 * @param path with its query
 * @param contentType empty without a body
 * @param body pieces that are sent one behind the other; not changed, positions included, while the
 *     call is under way
 * @param isRepeatable whether it may be sent again when it may have been carried out
 * @param holdMax how long a gateway may hold the request by intent (a long poll), beside its usual
 *     time
 * @param idempotencyKey by which a gateway knows a repetition; empty for none
 */
public record Call(
        String method,
        String path,
        String contentType,
        List<ByteBuffer> body,
        boolean isRepeatable,
        Duration holdMax,
        String idempotencyKey) {

    private static final String JSON = "application/json";

    public Call {
        body = List.copyOf(body);
    }

    /** Without an idempotency key. */
    public Call(
            String method,
            String path,
            String contentType,
            List<ByteBuffer> body,
            boolean isRepeatable,
            Duration holdMax) {
        this(method, path, contentType, body, isRepeatable, holdMax, "");
    }

    public static Call get(String path) {
        return new Call("GET", path, "", List.of(), true, Duration.ZERO);
    }

    public static Call delete(String path) {
        return new Call("DELETE", path, "", List.of(), true, Duration.ZERO);
    }

    public static Call delete(String path, byte[] json) {
        return withBody("DELETE", path, JSON, json);
    }

    public static Call put(String path, byte[] json) {
        return withBody("PUT", path, JSON, json);
    }

    public static Call patch(String path, byte[] json) {
        return withBody("PATCH", path, JSON, json);
    }

    /** Repeated only if it is known that nothing was done. */
    public static Call post(String path, byte[] json) {
        return withBody("POST", path, JSON, json).notRepeatable();
    }

    /** The same call, which may be sent again when it may have been carried out. */
    public Call repeatable() {
        return new Call(method, path, contentType, body, true, holdMax, idempotencyKey);
    }

    public Call notRepeatable() {
        return new Call(method, path, contentType, body, false, holdMax, idempotencyKey);
    }

    /** The same call, which a gateway may hold for so long. */
    public Call heldUpTo(Duration hold) {
        return new Call(method, path, contentType, body, isRepeatable, hold, idempotencyKey);
    }

    /** The same call, whose repetitions gateways know by this key: it may be sent again. */
    public Call keyed(String key) {
        return new Call(method, path, contentType, body, true, holdMax, key);
    }

    /** A piece of text as one segment of a path or one value of a query. */
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Bytes of the body. */
    public long bodyBytes() {
        long sum = 0;
        for (ByteBuffer piece : body) {
            sum += piece.remaining();
        }
        return sum;
    }

    @Override
    public String toString() {
        return method + " " + path;
    }

    private static Call withBody(String method, String path, String contentType, byte[] body) {
        return new Call(
                method, path, contentType, List.of(ByteBuffer.wrap(body)), true, Duration.ZERO);
    }
}
