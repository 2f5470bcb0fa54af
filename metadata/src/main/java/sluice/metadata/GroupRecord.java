package sluice.metadata;

import java.util.UUID;

/**
 * A consumer group's configuration.
 *
 * @param namespace tenant, {@code default} unless named
 * @param name unique in its namespace
 * @param id random, never used again: what is stored of the group's members and offsets is stored
 *     under it, so that a group that gets the name later finds nothing of them
 * @param createdAtMs milliseconds since 1970 UTC
 */
public record GroupRecord(
        String namespace, String name, UUID id, GroupConfig config, long createdAtMs) {

    public GroupRecord withConfig(GroupConfig next) {
        return new GroupRecord(namespace, name, id, next, createdAtMs);
    }
}
