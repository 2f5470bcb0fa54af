package sluice.consumer.stream;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import sluice.metadata.MembershipRecord;
import sluice.metadata.MembershipRecord.Held;

/**
 * What members may be told: the membership as it is stored. Each member's holds have the epoch in
 * which they last changed, so that a member is not told of what moved between others.
 */
final class ToldHolds {

    /** A hold as it is stored. */
    record Told(String topic, long topicId, Held held) {}

    private record OfMember(long epoch, List<Told> holds) {}

    private final long epoch;
    private final Map<UUID, OfMember> members = new HashMap<>();

    /** As read from the store; of changes before it nothing is known. */
    ToldHolds(MembershipRecord stored) {
        this(stored, Map.of());
    }

    private ToldHolds(MembershipRecord stored, Map<UUID, OfMember> before) {
        epoch = stored.epoch();
        var holds = new HashMap<UUID, List<Told>>();
        stored.members().forEach(member -> holds.put(member.id(), new ArrayList<>()));
        for (MembershipRecord.Topic topic : stored.topics()) {
            for (Held held : topic.holds()) {
                requireNonNull(
                                holds.get(held.member()),
                                () -> "a hold of nobody: topic=" + topic.name() + " hold=" + held)
                        .add(new Told(topic.name(), topic.id(), held));
            }
        }
        holds.forEach((member, now) -> {
            OfMember old = before.get(member);
            boolean isSame = old != null && old.holds().equals(now);
            members.put(member, isSame ? old : new OfMember(epoch, List.copyOf(now)));
        });
    }

    /** After a write of the membership. */
    ToldHolds next(MembershipRecord written) {
        return new ToldHolds(written, members);
    }

    long epoch() {
        return epoch;
    }

    boolean knows(UUID member) {
        return members.containsKey(member);
    }

    List<Told> holds(UUID member) {
        OfMember found = members.get(member);
        return found == null ? List.of() : found.holds();
    }

    /** True if the member does not know its holds when it knows those of {@code knownEpoch}. */
    boolean isNews(UUID member, long knownEpoch) {
        OfMember found = members.get(member);
        return found != null && (knownEpoch < found.epoch() || knownEpoch > epoch);
    }
}
