package sluice.consumer.stream;

import java.util.UUID;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/** What a group refuses, each with its code and what to do. */
public final class Refusals {

    private Refusals() {}

    static SluiceException tooManyMembers(int max) {
        return new SluiceException(
                Kind.OVERLOADED,
                "too-many-members",
                "a group has at most so many members: max="
                        + max
                        + "; wait until one leaves, or read with fewer");
    }

    static SluiceException fenced(UUID member) {
        return new SluiceException(
                Kind.CONFLICT,
                "member-fenced",
                "another process, or a newer connection, has taken this member's place: member="
                        + member
                        + "; stop, and join anew if this was not meant");
    }

    static SluiceException unknownMember(UUID member) {
        return new SluiceException(
                Kind.NOT_FOUND,
                "unknown-member",
                "there is no such member, or its session ended: member=" + member + "; join anew");
    }

    public static SluiceException hasMembers(String instead) {
        return new SluiceException(
                Kind.CONFLICT, "group-has-members", "the group has members: " + instead);
    }

    public static SluiceException outOfRange(PartitionOffset offset, String range) {
        return new SluiceException(
                Kind.INVALID,
                "offset-out-of-range",
                "an offset that cannot be committed: partition=%s offset=%d; %s; nothing was committed"
                        .formatted(offset.partition(), offset.offset(), range));
    }

    static SluiceException notAssigned(UUID member, TopicPartition partition, long epoch) {
        return new SluiceException(
                Kind.CONFLICT,
                "not-assigned",
                "the member does not hold the partition: member=%s partition=%s epoch=%d; nothing was committed, let go of the partition"
                        .formatted(member, partition, epoch));
    }

    static SluiceException staleEpoch(
            TopicPartition partition, long known, long since, long epoch) {
        return new SluiceException(
                Kind.CONFLICT,
                "stale-epoch",
                "the member holds the partition in other epochs than it says: partition=%s epoch=%d since=%d now=%d; nothing was committed, ask for what it holds"
                        .formatted(partition, known, since, epoch));
    }

    public static SluiceException unknownTopic(String topic) {
        return new SluiceException(
                Kind.NOT_FOUND,
                "unknown-topic",
                "the group reads no such topic: topic="
                        + topic
                        + "; look at the group's topics, or wait some seconds if it is new");
    }

    public static SluiceException unknownPartition(TopicPartition partition, int partitions) {
        return new SluiceException(
                Kind.NOT_FOUND,
                "unknown-partition",
                "the topic has no such partition: partition=%s partitions=%d"
                        .formatted(partition, partitions));
    }
}
