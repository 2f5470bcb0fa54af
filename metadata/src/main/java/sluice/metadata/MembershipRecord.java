package sluice.metadata;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Who is in a stream group, and who holds which partition.
 *
 * @param epoch one more at each change of who holds what; 0 before the first one
 * @param members in the order in which they came
 * @param topics that the group reads, by name
 */
public record MembershipRecord(long epoch, List<Member> members, List<Topic> topics) {

    public static final MembershipRecord EMPTY = new MembershipRecord(0, List.of(), List.of());

    public MembershipRecord {
        members = List.copyOf(members);
        topics = List.copyOf(topics);
    }

    /**
     * @param instance name of a static member
     * @param replaced id of the member that had the instance's name before
     * @param connection its latest; empty if it has none
     * @param client label for people
     * @param gateway through which it came, for people
     */
    public record Member(
            UUID id,
            Optional<String> instance,
            Optional<UUID> replaced,
            Optional<UUID> connection,
            String client,
            String gateway,
            long joinedAtMs) {}

    /**
     * @param partitions that the group knows of
     * @param first partitions that there were when the group took the topic up
     * @param holds in the order of partitions; one at most for each
     */
    public record Topic(String name, long id, int partitions, int first, List<Held> holds) {
        public Topic {
            holds = List.copyOf(holds);
        }
    }

    /**
     * @param member id of one of the group's members
     * @param since the epoch in which the hold began
     */
    public record Held(int partition, UUID member, long since, boolean revoking) {}
}
