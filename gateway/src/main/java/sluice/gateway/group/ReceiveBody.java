package sluice.gateway.group;

import java.time.Duration;
import java.util.Optional;
import sluice.consumer.group.QueueRequest;
import sluice.gateway.consume.ValueFormat;

/**
 * What a receive says:
 *
 * <pre>
 *   {"session": id | "visibility": "30s",                        one of them, or both
 *    "max": 1, "maxBytes": 1048576, "wait": "0s", "received": n, "format": "text"}
 * </pre>
 */
record ReceiveBody(QueueRequest.Receive request, ValueFormat format) {

    private static final int MESSAGES_MAX = 1_000;
    private static final int BYTES_MAX = 8 << 20;
    private static final int BYTES_DEFAULT = 1 << 20;
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);
    private static final Duration VISIBILITY_MAX = Duration.ofHours(12);

    static ReceiveBody parse(JsonFields body) {
        Optional<Duration> visibility =
                body.has("visibility")
                        ? Optional.of(span(body, "visibility", Duration.ZERO, VISIBILITY_MAX))
                        : Optional.empty();
        var request =
                new QueueRequest.Receive(
                        body.text("session").map(GivenIds::session),
                        Optional.empty(),
                        body.number("received", 0, Long.MAX_VALUE).orElse(-1L),
                        body.number("max", 1, MESSAGES_MAX).orElse(1L).intValue(),
                        body.number("maxBytes", 1, BYTES_MAX)
                                .map(Long::intValue)
                                .orElse(BYTES_DEFAULT),
                        span(body, "wait", Duration.ZERO, WAIT_MAX),
                        visibility);
        if (request.session().isEmpty() && visibility.isEmpty()) {
            throw body.bad("session", "expected a session, or a visibility");
        }
        ValueFormat format = ValueFormat.parse(body.text("format").orElse(null));
        if (format == ValueFormat.BINARY) {
            throw body.bad("format", "expected text, json or base64");
        }
        body.end();
        return new ReceiveBody(request, format);
    }

    static Duration span(JsonFields body, String name, Duration otherwise, Duration max) {
        Duration span = GroupBody.span(body, name, otherwise);
        if (span.compareTo(max) > 0) {
            throw body.bad(name, "expected up to " + Spans.format(max));
        }
        return span;
    }
}
