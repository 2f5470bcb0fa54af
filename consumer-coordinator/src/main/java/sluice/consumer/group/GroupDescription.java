package sluice.consumer.group;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import sluice.metadata.GroupConfig;

/**
 * A group as it is now.
 *
 * @param coordinator node that owns the group's slot
 * @param partitions of all topics that the group reads, in the order of topics and partitions
 */
public record GroupDescription(
        GroupConfig config,
        long createdAtMs,
        long epoch,
        UUID coordinator,
        List<Member> members,
        List<Partition> partitions) {

    public GroupDescription {
        members = List.copyOf(members);
        partitions = List.copyOf(partitions);
    }

    /**
     * @param joinedAtMs of the member or of its latest connection, since 1970
     * @param heardBefore how long ago it was last heard of
     */
    public record Member(
            UUID id,
            Optional<String> instance,
            String client,
            String gateway,
            long joinedAtMs,
            Duration heardBefore,
            List<TopicPartition> assigned,
            List<TopicPartition> revoking) {
        public Member {
            assigned = List.copyOf(assigned);
            revoking = List.copyOf(revoking);
        }
    }

    /**
     * @param highWatermark empty if it was not asked for, or the partition has no owner now
     * @param logStart as {@code highWatermark}
     * @param member who holds it
     */
    public record Partition(
            TopicPartition partition,
            OptionalLong committed,
            OptionalLong logStart,
            OptionalLong highWatermark,
            Optional<UUID> member) {

        /**
         * Records that are still to be read; of a partition never committed, all of them.
         *
         * @return empty if the high watermark is not known
         */
        public OptionalLong lag() {
            if (highWatermark.isEmpty()) {
                return OptionalLong.empty();
            }
            long from = Math.max(committed.orElse(0), logStart.orElse(0));
            return OptionalLong.of(Math.max(0, highWatermark.getAsLong() - from));
        }
    }
}
