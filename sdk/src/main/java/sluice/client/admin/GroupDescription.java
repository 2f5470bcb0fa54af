package sluice.client.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.client.record.TopicPartition;

/**
 * A group with its members and where it stands.
 *
 * @param epoch one more at each change of who holds what
 * @param totalLag records not committed yet, over all partitions; empty while one has no owner
 */
public record GroupDescription(
        GroupInfo group,
        long epoch,
        List<Member> members,
        List<Partition> partitions,
        OptionalLong totalLag) {

    public GroupDescription {
        members = List.copyOf(members);
        partitions = List.copyOf(partitions);
    }

    /**
     * @param instance the name of a static member
     * @param client its label
     * @param gateway through which it reads
     * @param heardBefore how long ago it was heard of
     * @param revoking held, and to be given back
     */
    public record Member(
            String member,
            Optional<String> instance,
            String client,
            String gateway,
            Instant joinedAt,
            Duration heardBefore,
            List<TopicPartition> assigned,
            List<TopicPartition> revoking) {

        public Member {
            assigned = List.copyOf(assigned);
            revoking = List.copyOf(revoking);
        }
    }

    /**
     * @param committed the offset to go on from; empty if nothing was committed
     * @param logStart and {@code highWatermark}, {@code lag}: empty while it has no owner
     * @param member that holds it
     */
    public record Partition(
            TopicPartition partition,
            OptionalLong committed,
            OptionalLong logStart,
            OptionalLong highWatermark,
            OptionalLong lag,
            Optional<String> member) {}
}
