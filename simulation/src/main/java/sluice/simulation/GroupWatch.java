package sluice.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import sluice.consumer.group.Hold;

/**
 * What members of a stream group were told and did, from outside, and what must hold of it: no
 * epoch's hold of a partition is two members', a commit of whoever lost its partition is refused,
 * and what was committed never goes back by itself.
 */
final class GroupWatch {

    /** A commit that was answered: nothing sent after that may undo it. */
    private record Acknowledged(long since, long offset) {}

    private final SimulatedCluster cluster;
    private final Map<String, UUID> holders = new HashMap<>();
    private final Map<Integer, Acknowledged> committed = new HashMap<>();
    private final List<TreeSet<Long>> delivered = new ArrayList<>();

    GroupWatch(SimulatedCluster cluster, int partitions) {
        this.cluster = cluster;
        for (int i = 0; i < partitions; i++) {
            delivered.add(new TreeSet<>());
        }
        cluster.coverage.declare(
                "group: holds told",
                "group: holds that went from one member to another",
                "group: commits answered",
                "group: commits refused to who lost the partition",
                "group: records delivered",
                "group: members ended by silence",
                "group: members resumed");
    }

    /** What is known to be committed now; −1 if nothing is. */
    long committed(int partition) {
        Acknowledged last = committed.get(partition);
        return last == null ? -1 : last.offset();
    }

    /**
     * A member was told of a hold. A coordinator that was deposed while it slept may still tell of
     * holds that it knew, to members that will find every commit refused; but no hold is ever told
     * first with less than was committed before it.
     *
     * @param known the last commit that was answered when the question was sent
     */
    void told(UUID member, Hold hold, Sent known) {
        int partition = hold.partition().partition();
        UUID other = holders.putIfAbsent(partition + "@" + hold.since(), member);
        if (other == null) {
            cluster.coverage.count("group: holds told");
        } else if (!other.equals(member)) {
            cluster.broken(
                    "G1: one hold, two members: hold=%s members=%s,%s"
                            .formatted(hold, other, member));
        }
        boolean isNewest = other == null && hold.since() >= known.since();
        if (isNewest && hold.committed().orElse(-1) < known.offset()) {
            cluster.broken(
                    "G5: what was committed is not told: hold=%s member=%s committed=%s"
                            .formatted(hold, member, known));
        }
    }

    void delivered(int partition, long offset) {
        cluster.coverage.count(
                delivered.get(partition).add(offset)
                        ? "group: records delivered"
                        : "group: records delivered again");
    }

    /** What was last answered of the partition, for {@link #committed(int, long, long, Sent)}. */
    record Sent(long since, long offset) {}

    Sent sending(int partition) {
        Acknowledged last = committed.get(partition);
        return last == null ? new Sent(-1, -1) : new Sent(last.since(), last.offset());
    }

    /**
     * A commit was answered.
     *
     * @param before what had been answered when it was sent
     */
    void committed(int partition, long since, long offset, Sent before) {
        cluster.coverage.count("group: commits answered");
        if (since < before.since() || offset < before.offset()) {
            cluster.broken(
                    "G2: a commit of an older hold counted, or one that goes back: partition=%d since=%d offset=%d before=%s"
                            .formatted(partition, since, offset, before));
        }
        committed.merge(
                partition,
                new Acknowledged(since, offset),
                (old, now) ->
                        new Acknowledged(
                                Math.max(old.since(), now.since()),
                                Math.max(old.offset(), now.offset())));
    }

    /** Nothing was passed over: all before {@code end} was delivered to somebody. */
    void checkAllDelivered(int partition, long end) {
        for (long offset = 0; offset < end; offset++) {
            if (!delivered.get(partition).contains(offset)) {
                throw cluster.failure(
                        "a record that no member saw: partition=%d offset=%d end=%d committed=%s"
                                .formatted(partition, offset, end, committed.get(partition)),
                        null);
            }
        }
    }
}
