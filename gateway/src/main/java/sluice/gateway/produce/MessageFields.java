package sluice.gateway.produce;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import sluice.consumer.queue.MessageAttributes;

/**
 * What a record of a JSON body says to queue groups, which becomes headers of the record ({@link
 * MessageAttributes}):
 *
 * <pre>
 *   priority                 0 to 9
 *   delay | deliverAt        span, or milliseconds since 1970: not given out before
 *   expiresIn | expiresAt    span, or milliseconds since 1970: not given out from then on
 * </pre>
 */
final class MessageFields {

    static final long ABSENT = -1;

    /** From now. */
    static final Duration LONGEST = Duration.ofDays(365);

    private final Map<String, Long> values = new HashMap<>();

    void reset() {
        values.clear();
    }

    /**
     * @param value a number, or a span in milliseconds
     * @return false if there was one like it before
     */
    boolean set(String name, long value) {
        return values.put(name, value) == null;
    }

    private long value(String name) {
        return values.getOrDefault(name, ABSENT);
    }

    /** What is wrong with them, if something is. */
    Optional<String> problem(long nowMs) {
        if (values.isEmpty()) {
            return Optional.empty();
        }
        if (value("priority") > MessageAttributes.PRIORITY_MAX) {
            return Optional.of(
                    "field priority: found %d, expected 0 to %d"
                            .formatted(value("priority"), MessageAttributes.PRIORITY_MAX));
        }
        return either("delay", "deliverAt")
                .or(() -> either("expiresIn", "expiresAt"))
                .or(() -> tooFar(deliverAtMs(nowMs) - nowMs, "delivered"))
                .or(() -> tooFar(value("expiresIn"), "expired"))
                .or(() -> inOrder(nowMs));
    }

    private Optional<String> either(String one, String other) {
        return value(one) != ABSENT && value(other) != ABSENT
                ? Optional.of("fields %s and %s: expected one of them".formatted(one, other))
                : Optional.empty();
    }

    private static Optional<String> tooFar(long delayMs, String what) {
        return delayMs > LONGEST.toMillis()
                ? Optional.of(
                        "it would be %s in more than %d days".formatted(what, LONGEST.toDays()))
                : Optional.empty();
    }

    private Optional<String> inOrder(long nowMs) {
        long expiresAtMs = expiresAtMs(nowMs);
        return expiresAtMs != ABSENT && expiresAtMs <= deliverAtMs(nowMs)
                ? Optional.of("it would expire before it is delivered")
                : Optional.empty();
    }

    private long deliverAtMs(long nowMs) {
        return value("delay") == ABSENT ? value("deliverAt") : nowMs + value("delay");
    }

    private long expiresAtMs(long nowMs) {
        return value("expiresIn") == ABSENT ? value("expiresAt") : nowMs + value("expiresIn");
    }

    void addTo(RecordFields record, long nowMs) {
        if (!values.isEmpty()) {
            add(record, MessageAttributes.PRIORITY, value("priority"));
            add(record, MessageAttributes.DELIVER_AT, deliverAtMs(nowMs));
            add(record, MessageAttributes.EXPIRES_AT, expiresAtMs(nowMs));
            record.setDeliverAtMs(deliverAtMs(nowMs));
        }
    }

    private static void add(RecordFields record, String name, long value) {
        if (value != ABSENT) {
            record.addHeader(name, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
        }
    }
}
