package sluice.consumer.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.metadata.MembershipRecord;
import sluice.metadata.MembershipRecord.Held;

/** A topic that a group reads, and who holds its partitions. */
final class GroupTopic {

    /** A hold of one partition; there is at most one for each (G1). */
    static final class Holding {
        UUID member;
        long since;
        boolean isRevoking;

        /** The epoch in which the member was told to give it up. */
        long revokedIn;

        /** When it is taken from the member; counted from when the member could know. */
        long deadlineNs;

        boolean hasDeadline;

        Holding(UUID member, long since) {
            this.member = member;
            this.since = since;
        }
    }

    final String name;
    final long id;
    final int first;
    private final List<@Nullable Holding> holdings = new ArrayList<>();

    GroupTopic(String name, long id, int partitions, int first) {
        this.name = name;
        this.id = id;
        this.first = first;
        grow(partitions);
    }

    static GroupTopic of(MembershipRecord.Topic stored, long epoch) {
        var topic = new GroupTopic(stored.name(), stored.id(), stored.partitions(), stored.first());
        for (Held held : stored.holds()) {
            var holding = new Holding(held.member(), held.since());
            holding.isRevoking = held.revoking();
            holding.revokedIn = epoch;
            topic.hold(held.partition(), holding);
        }
        return topic;
    }

    MembershipRecord.Topic toRecord() {
        var held = new ArrayList<Held>();
        for (int partition = 0; partition < partitions(); partition++) {
            Holding holding = holding(partition);
            if (holding != null) {
                held.add(new Held(partition, holding.member, holding.since, holding.isRevoking));
            }
        }
        return new MembershipRecord.Topic(name, id, partitions(), first, held);
    }

    int partitions() {
        return holdings.size();
    }

    void grow(int partitions) {
        while (holdings.size() < partitions) {
            holdings.add(null);
        }
    }

    @Nullable Holding holding(int partition) {
        return partition < 0 || partition >= holdings.size() ? null : holdings.get(partition);
    }

    void hold(int partition, Holding holding) {
        holdings.set(partition, holding);
    }

    void free(int partition) {
        holdings.set(partition, null);
    }
}
