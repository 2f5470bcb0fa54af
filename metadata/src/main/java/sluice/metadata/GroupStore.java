package sluice.metadata;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.OffsetsRecord.Place;

/**
 * The groups' records: settings, membership, offsets. Each call is one call to the store, but for
 * what {@link Items} does to learn of a lost answer. Errors as {@link Items}; INVALID with code
 * {@code group-name} if namespace or name cannot be part of a key.
 */
public final class GroupStore {

    private final Items items;

    public GroupStore(Items items) {
        this.items = items;
    }

    public Optional<Versioned<GroupRecord>> get(String namespace, String name) {
        return items.get(Table.GROUPS, key(namespace, name)).map(GroupStore::decoded);
    }

    /**
     * @param expectedVersion 0 to create it
     */
    public Written put(GroupRecord group, long expectedVersion) {
        return items.write(
                Table.GROUPS,
                key(group.namespace(), group.name()),
                expectedVersion,
                GroupCodec.encode(group));
    }

    public Written remove(String namespace, String name, long expectedVersion) {
        return items.delete(Table.GROUPS, key(namespace, name), expectedVersion);
    }

    /**
     * Groups of one namespace in the order of their names.
     *
     * @param prefix of their names
     * @param after the last name of the page before, "" for the first page
     */
    public List<GroupRecord> list(String namespace, String prefix, String after, int max) {
        String start = prefix(namespace);
        return items
                .scanAfter(Table.GROUPS, start + prefix, after.isEmpty() ? "" : start + after, max)
                .stream()
                .map(item -> decoded(item).value())
                .toList();
    }

    /** What is stored of a group's members; empty at version 0 if nothing is. */
    public Versioned<MembershipRecord> membership(UUID group) {
        return items.get(Table.GROUPS, membersKey(group))
                .map(item ->
                        new Versioned<>(
                                MembershipCodec.decode(item.key(), item.body()), item.version()))
                .orElseGet(() -> new Versioned<>(MembershipRecord.EMPTY, 0));
    }

    public Written putMembership(UUID group, MembershipRecord membership, long expectedVersion) {
        return items.write(
                Table.GROUPS,
                membersKey(group),
                expectedVersion,
                MembershipCodec.encode(membership));
    }

    public Written removeMembership(UUID group, long expectedVersion) {
        return items.delete(Table.GROUPS, membersKey(group), expectedVersion);
    }

    /** Offsets of some partitions of a topic, as stored. */
    public record Stored(Place place, Versioned<OffsetsRecord> record) {}

    /** All offsets of a group; each item is consistent on its own, the list is no snapshot. */
    public List<Stored> offsets(UUID group) {
        return items.scan(Table.OFFSETS, OffsetsCodec.prefix(group)).stream()
                .map(GroupStore::stored)
                .toList();
    }

    /**
     * @param expectedVersion 0 to create the item
     */
    public Written putOffsets(UUID group, Place place, OffsetsRecord record, long expectedVersion) {
        return items.write(
                Table.OFFSETS,
                OffsetsCodec.key(group, place),
                expectedVersion,
                OffsetsCodec.encode(record));
    }

    public Written removeOffsets(UUID group, Place place, long expectedVersion) {
        return items.delete(Table.OFFSETS, OffsetsCodec.key(group, place), expectedVersion);
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

    /** Without a slash, so that each group's membership has a partition of the table of its own. */
    private static String membersKey(UUID group) {
        return "members-" + group;
    }

    private static SluiceException invalid(String namespace, String name) {
        return new SluiceException(
                Kind.INVALID,
                "group-name",
                "a group needs a namespace and a name without a slash: namespace=%s name=%s"
                        .formatted(namespace, name));
    }

    private static Versioned<GroupRecord> decoded(Item item) {
        return new Versioned<>(GroupCodec.decode(item.key(), item.body()), item.version());
    }

    private static Stored stored(Item item) {
        return new Stored(
                OffsetsCodec.place(item.key()),
                new Versioned<>(OffsetsCodec.decode(item.key(), item.body()), item.version()));
    }
}
