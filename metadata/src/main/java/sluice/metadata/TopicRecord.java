package sluice.metadata;

import java.util.List;
import sluice.log.PartitionId;

/**
 * A topic's configuration.
 *
 * @param namespace tenant, {@code default} unless named
 * @param name unique in its namespace
 * @param id random and positive, never used again
 * @param state DELETING until no gateway's cache can still hold the topic; then the item goes
 * @param slots the slot of each partition, by partition index
 * @param createdAtMs milliseconds since 1970 UTC
 */
public record TopicRecord(
        String namespace,
        String name,
        long id,
        State state,
        List<Integer> slots,
        TopicConfig config,
        long createdAtMs) {

    /** The states' names are stored: add, never rename. */
    public enum State {
        ACTIVE,
        DELETING
    }

    public TopicRecord {
        slots = List.copyOf(slots);
    }

    public int partitions() {
        return slots.size();
    }

    public PartitionId partition(int index) {
        return new PartitionId(id, index);
    }
}
