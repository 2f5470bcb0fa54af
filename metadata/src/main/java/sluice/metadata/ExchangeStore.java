package sluice.metadata;

import java.util.List;
import java.util.Optional;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;

/**
 * The exchanges' records, one item an exchange with all its bindings. Errors as {@link Items};
 * INVALID with code {@code exchange-name} if namespace or name cannot be part of a key, CONFLICT
 * with code {@code too-many-bindings} if they do not fit.
 */
public final class ExchangeStore {

    private final Items items;

    public ExchangeStore(Items items) {
        this.items = items;
    }

    public Optional<Versioned<ExchangeRecord>> get(String namespace, String name) {
        return items.get(Table.EXCHANGES, key(namespace, name)).map(ExchangeStore::decoded);
    }

    /**
     * @param expectedVersion 0 to create it
     */
    public Written put(ExchangeRecord exchange, long expectedVersion) {
        return items.write(
                Table.EXCHANGES,
                key(exchange.namespace(), exchange.name()),
                expectedVersion,
                ExchangeCodec.encode(exchange));
    }

    public Written remove(String namespace, String name, long expectedVersion) {
        return items.delete(Table.EXCHANGES, key(namespace, name), expectedVersion);
    }

    /**
     * Exchanges of one namespace in the order of their names.
     *
     * @param afterName the last name of the page before, "" for the first page
     * @param max most exchanges in the page; a page with fewer is the last
     */
    public List<Versioned<ExchangeRecord>> list(String namespace, String afterName, int max) {
        String prefix = prefix(namespace);
        return items
                .scanAfter(
                        Table.EXCHANGES, prefix, afterName.isEmpty() ? "" : prefix + afterName, max)
                .stream()
                .map(ExchangeStore::decoded)
                .toList();
    }

    private static String key(String namespace, String name) {
        if (name.isEmpty() || name.indexOf('/') >= 0) {
            throw invalid(namespace, name);
        }
        return prefix(namespace) + name;
    }

    private static String prefix(String namespace) {
        if (namespace.isEmpty() || namespace.indexOf('/') >= 0) {
            throw invalid(namespace, "");
        }
        return namespace + "/";
    }

    private static SluiceException invalid(String namespace, String name) {
        return new SluiceException(
                Kind.INVALID,
                "exchange-name",
                "an exchange needs a namespace and a name without a slash: namespace=%s name=%s"
                        .formatted(namespace, name));
    }

    private static Versioned<ExchangeRecord> decoded(Item item) {
        return new Versioned<>(ExchangeCodec.decode(item.key(), item.body()), item.version());
    }
}
