package sluice.client.admin;

import java.util.List;
import java.util.Optional;

/** A topic and its partitions, by number. */
public record TopicDescription(TopicInfo topic, List<Partition> partitions) {

    public TopicDescription {
        partitions = List.copyOf(partitions);
    }

    /**
     * @param logStart offset of the oldest record
     * @param highWatermark offset that the next record gets
     * @param slot that it belongs to
     * @param owner the gateway that has the slot; empty while it changes hands
     */
    public record Partition(
            int partition, long logStart, long highWatermark, int slot, Optional<Owner> owner) {}

    /**
     * @param httpAddress as {@code host:port}
     */
    public record Owner(String node, String httpAddress) {}
}
