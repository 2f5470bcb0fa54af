package sluice.client.admin;

import java.time.Instant;

/**
 * A topic.
 *
 * @param partitions how many
 * @param retention as {@link TopicSettings} has it
 * @param recordBytesMax of key, value and headers of a record together
 */
public record TopicInfo(
        String name,
        int partitions,
        String retention,
        Profile profile,
        int recordBytesMax,
        Instant createdAt) {}
