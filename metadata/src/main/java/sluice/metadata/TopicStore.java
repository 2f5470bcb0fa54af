package sluice.metadata;

import java.util.List;
import java.util.Optional;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;

/**
 * The topics' records, one item a topic. Errors as {@link Items}; INVALID with code {@code
 * topic-name} if namespace or name cannot be part of a key.
 */
public final class TopicStore {

    private final Items items;

    public TopicStore(Items items) {
        this.items = items;
    }

    public Optional<Versioned<TopicRecord>> get(String namespace, String name) {
        return items.get(Table.TOPICS, key(namespace, name)).map(TopicStore::decoded);
    }

    /** Conflict if there is a topic of this name, also one that is DELETING. */
    public Written create(TopicRecord topic) {
        return replace(topic, 0);
    }

    public Written replace(TopicRecord topic, long expectedVersion) {
        return items.write(
                Table.TOPICS,
                key(topic.namespace(), topic.name()),
                expectedVersion,
                TopicCodec.encode(topic));
    }

    /** Removes the item for good; the topic was DELETING for long enough, see {@link Items}. */
    public Written remove(String namespace, String name, long expectedVersion) {
        return items.delete(Table.TOPICS, key(namespace, name), expectedVersion);
    }

    /**
     * Topics of one namespace in the order of their names.
     *
     * @param afterName the last name of the page before, "" for the first page
     * @param max most topics in the page; a page with fewer is the last
     */
    public List<Versioned<TopicRecord>> list(String namespace, String afterName, int max) {
        String prefix = prefix(namespace);
        return items
                .scanAfter(Table.TOPICS, prefix, afterName.isEmpty() ? "" : prefix + afterName, max)
                .stream()
                .map(TopicStore::decoded)
                .toList();
    }

    /** All topics of all namespaces; reads the whole table. */
    public List<Versioned<TopicRecord>> listAll() {
        return items.scan(Table.TOPICS, "").stream().map(TopicStore::decoded).toList();
    }

    private static String key(String namespace, String name) {
        if (name.isEmpty()) {
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
                "topic-name",
                "a topic needs a namespace without a slash and a name: namespace=%s name=%s"
                        .formatted(namespace, name));
    }

    private static Versioned<TopicRecord> decoded(Item item) {
        return new Versioned<>(TopicCodec.decode(item.key(), item.body()), item.version());
    }
}
