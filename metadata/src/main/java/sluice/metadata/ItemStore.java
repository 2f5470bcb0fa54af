package sluice.metadata;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import sluice.log.SluiceException;

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
        EXCHANGES("exchanges"),
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
     * @param key unique in its table, at most {@link #KEY_BYTES_MAX} bytes of UTF-8
     * @param version {@link #firstVersion} when created, one more at each write. An item that is
     *     deleted and created again starts at another version, so that a delayed write meant for
     *     the old one can never fit the new one
     * @param attempt id of the attempt that wrote this version
     * @param earlier ids of the attempts that wrote the versions before, newest first: all of them,
     *     or the last {@link #EARLIER_MAX}
     * @param body JSON text, at most {@link #BODY_BYTES_MAX} bytes of UTF-8
     */
    record Item(String key, long version, String attempt, List<String> earlier, String body) {
        public Item {
            earlier = List.copyOf(earlier);
        }
    }

    /** DynamoDB allows 400 KB an item, names and key included. */
    int BODY_BYTES_MAX = 380 * 1024;

    /** DynamoDB allows a sort key of 1,024 bytes. */
    int KEY_BYTES_MAX = 512;

    /** The order of keys: by the bytes of their UTF-8, unsigned. */
    Comparator<String> KEY_ORDER =
            (left, right) ->
                    Arrays.compareUnsigned(
                            left.getBytes(StandardCharsets.UTF_8),
                            right.getBytes(StandardCharsets.UTF_8));

    /** How many attempts an item remembers beside its last one. */
    int EARLIER_MAX = 3;

    /**
     * The version of an item that {@code attempt} creates: from 1 to 2^48, spread by a hash, so
     * that two items that follow each other under one key practically never share a version.
     */
    static long firstVersion(String attempt) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < attempt.length(); i++) {
            hash = (hash ^ attempt.charAt(i)) * 0x100000001b3L;
        }
        hash ^= hash >>> 32;
        hash *= 0xd6e8feb86659fd93L;
        hash ^= hash >>> 32;
        return (hash & ((1L << 48) - 1)) + 1;
    }

    /**
     * Called first by every write of an implementation.
     *
     * @throws SluiceException INVALID with code {@code item-key} or {@code item-too-large}
     */
    static void checkLimits(Table table, String key, String body) {
        int keyBytes = key.getBytes(StandardCharsets.UTF_8).length;
        if (keyBytes == 0 || keyBytes > KEY_BYTES_MAX) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "item-key",
                    "a key has 1 to %d bytes: table=%s keyBytes=%d; choose a shorter name"
                            .formatted(KEY_BYTES_MAX, table.tableName(), keyBytes));
        }
        // No character takes more than three bytes of UTF-8, so small bodies need no second look.
        if (body.length() > BODY_BYTES_MAX / 3) {
            int bodyBytes = body.getBytes(StandardCharsets.UTF_8).length;
            if (bodyBytes > BODY_BYTES_MAX) {
                throw new SluiceException(
                        SluiceException.Kind.INVALID,
                        "item-too-large",
                        "an item holds at most %d bytes: table=%s key=%s bodyBytes=%d; nothing was written, store less in it"
                                .formatted(BODY_BYTES_MAX, table.tableName(), key, bodyBytes));
            }
        }
    }

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
     * @throws SluiceException UNAVAILABLE
     */
    Optional<Item> get(Table table, String key);

    /**
     * All items whose key starts with {@code prefix}, in key order, each strongly consistent on its
     * own (not a snapshot).
     *
     * @throws SluiceException UNAVAILABLE
     */
    List<Item> scan(Table table, String prefix);

    /**
     * As {@link #scan}, but only items whose key comes after {@code afterKey} ("" for the start),
     * and at most {@code max} of them. Cheap where {@code prefix} contains a slash.
     *
     * @throws SluiceException UNAVAILABLE
     */
    default List<Item> scanAfter(Table table, String prefix, String afterKey, int max) {
        return scan(table, prefix).stream()
                .filter(item -> KEY_ORDER.compare(item.key(), afterKey) > 0)
                .limit(max)
                .toList();
    }

    /**
     * Creates ({@code expectedVersion} 0) or replaces an item if its version is as expected.
     *
     * @param attempt fresh for each change, the same when one change is repeated; 1 to 64
     *     characters
     * @throws SluiceException UNAVAILABLE if it was not applied and never will be; UNKNOWN_OUTCOME
     *     if it may have been or may yet be applied; INVALID if the body is too large
     */
    Written put(Table table, String key, long expectedVersion, String attempt, String body);

    /**
     * Removes an item if its version is as expected; no item is a conflict. Errors as {@link #put}.
     */
    Written delete(Table table, String key, long expectedVersion);

    @Override
    void close();
}
