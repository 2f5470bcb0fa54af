package sluice.metadata;

import java.util.List;
import java.util.Optional;

/**
 * Tables of small items, each read with strong consistency and changed by a write that is
 * conditional on the version it replaces. All of Sluice's safety rests on this port and on nothing
 * else of the metadata store.
 *
 * <p>Calls block and are safe from any thread. An implementation never retries a write by itself: a
 * lost response must reach {@link Items}, which can tell it from a lost race by the attempt id.
 */
public interface ItemStore extends AutoCloseable {

    /** The tables. The names are part of table names in the store: add, never rename. */
    enum Table {
        HEARTBEATS("heartbeats"),
        WALS("wals"),
        SLOTS("slots"),
        TOPICS("topics"),
        GROUPS("groups"),
        OFFSETS("offsets"),
        CLUSTER("cluster");

        private final String name;

        Table(String name) {
            this.name = name;
        }

        public String tableName() {
            return name;
        }
    }

    /**
     * @param key unique in its table, at most 512 characters
     * @param version 1 when created, one more at each write
     * @param attempt id of the attempt that wrote this version
     * @param body JSON text, at most {@link #BODY_BYTES_MAX} bytes of UTF-8
     */
    record Item(String key, long version, String attempt, String body) {}

    /** DynamoDB allows 400 KB an item, names and key included. */
    int BODY_BYTES_MAX = 380 * 1024;

    /** What became of a conditional write. */
    sealed interface Written {
        /** It was applied; the item now has this version. */
        record Applied(long version) implements Written {}

        /** It was not applied: the item's version is not the expected one. */
        record Conflict() implements Written {}
    }

    /**
     * Strongly consistent.
     *
     * @throws sluice.log.SluiceException UNAVAILABLE
     */
    Optional<Item> get(Table table, String key);

    /**
     * All items whose key starts with {@code prefix}, in key order, each strongly consistent on its
     * own (not a snapshot).
     *
     * @throws sluice.log.SluiceException UNAVAILABLE
     */
    List<Item> scan(Table table, String prefix);

    /**
     * Creates ({@code expectedVersion} 0) or replaces an item if its version is as expected.
     *
     * @throws sluice.log.SluiceException UNAVAILABLE if it was not applied and never will be;
     *     UNKNOWN_OUTCOME if it may have been or may yet be applied; INVALID if the body is too
     *     large
     */
    Written put(Table table, String key, long expectedVersion, String attempt, String body);

    /** Removes an item if its version is as expected. Errors as {@link #put}. */
    Written delete(Table table, String key, long expectedVersion);

    @Override
    void close();
}
