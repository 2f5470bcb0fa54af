package sluice.metadata;

import java.util.List;
import java.util.Optional;

/**
 * An exchange: to which topics go the records that are published to it.
 *
 * @param namespace tenant, {@code default} unless named
 * @param name unique in its namespace, among exchanges
 * @param alternate the exchange that gets what no binding matches; it may be gone
 * @param bindings each once, in the order of {@link Binding#ORDER}
 * @param createdAtMs milliseconds since 1970 UTC
 */
public record ExchangeRecord(
        String namespace,
        String name,
        Type type,
        Optional<String> alternate,
        List<Binding> bindings,
        long createdAtMs) {

    /** Fewer if their names are long and unlike each other: all must fit one item. */
    public static final int BINDINGS_MAX = 10_000;

    /** What a binding is matched by. The names are stored and part of the API: never rename. */
    public enum Type {
        /** The routing key is the binding's. */
        DIRECT,
        /** The routing key's words are as the binding's pattern says. */
        TOPIC,
        /** Every binding. */
        FANOUT,
        /** The record's headers are as the binding says. */
        HEADERS
    }

    public ExchangeRecord {
        bindings = bindings.stream().distinct().sorted(Binding.ORDER).toList();
    }

    public ExchangeRecord withAlternate(Optional<String> other) {
        return new ExchangeRecord(namespace, name, type, other, bindings, createdAtMs);
    }

    public ExchangeRecord withBindings(List<Binding> others) {
        return new ExchangeRecord(namespace, name, type, alternate, others, createdAtMs);
    }
}
