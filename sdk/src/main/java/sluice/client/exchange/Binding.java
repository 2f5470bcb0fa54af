package sluice.client.exchange;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A way from an exchange to a topic.
 *
 * @param routingKey the key of a direct exchange, the pattern of a topic exchange
 * @param headers what a headers exchange looks for: a value by name, or null where the header need
 *     only be there
 * @param needsAll true if a record needs all of the headers, false if one is enough
 */
public record Binding(
        String topic,
        Optional<String> routingKey,
        Map<String, @Nullable String> headers,
        boolean needsAll) {

    public Binding {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /**
     * To all of a fanout exchange; in {@link Exchanges#unbind}, all bindings that the topic has.
     */
    public static Binding to(String topic) {
        return new Binding(topic, Optional.empty(), Map.of(), true);
    }

    /** By routing key, or by a pattern. */
    public static Binding to(String topic, String routingKey) {
        return new Binding(topic, Optional.of(routingKey), Map.of(), true);
    }

    /** For records that have all of these headers. */
    public static Binding withAll(String topic, Map<String, @Nullable String> headers) {
        return new Binding(topic, Optional.empty(), headers, true);
    }

    /** For records that have one of these headers. */
    public static Binding withAny(String topic, Map<String, @Nullable String> headers) {
        return new Binding(topic, Optional.empty(), headers, false);
    }
}
