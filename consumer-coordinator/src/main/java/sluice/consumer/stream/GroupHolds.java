package sluice.consumer.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.Hold;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.stream.GroupTopic.Holding;
import sluice.metadata.MembershipRecord;
import sluice.metadata.TopicRecord;

/** The partitions that a group reads, and who holds them. Methods tell whether anything moved. */
final class GroupHolds {

    /**
     * @param isMoved holds are gone
     * @param isGrown there are partitions that were not there before
     */
    record Change(boolean isMoved, boolean isGrown) {}

    private final TreeMap<String, GroupTopic> topics = new TreeMap<>();
    private boolean isWaitingToGive;

    GroupHolds(MembershipRecord stored) {
        stored.topics()
                .forEach(each -> topics.put(each.name(), GroupTopic.of(each, stored.epoch())));
    }

    Set<String> names() {
        return Set.copyOf(topics.keySet());
    }

    List<MembershipRecord.Topic> toRecords() {
        return topics.values().stream().map(GroupTopic::toRecord).toList();
    }

    private @Nullable Holding holding(TopicPartition partition) {
        GroupTopic topic = topics.get(partition.topic());
        return topic == null ? null : topic.holding(partition.partition());
    }

    boolean isHeld(TopicPartition partition) {
        return holding(partition) != null;
    }

    /**
     * The topic of a partition that the group reads.
     *
     * @throws sluice.log.SluiceException NOT_FOUND {@code unknown-topic}, {@code unknown-partition}
     */
    GroupTopic topic(TopicPartition partition) {
        GroupTopic topic = topics.get(partition.topic());
        if (topic == null) {
            throw Refusals.unknownTopic(partition.topic());
        }
        if (partition.partition() < 0 || partition.partition() >= topic.partitions()) {
            throw Refusals.unknownPartition(partition, topic.partitions());
        }
        return topic;
    }

    /**
     * Checks that a commit is one of the partition's present hold (G2).
     *
     * @param known the epoch that the member knows
     * @param told the last one that anybody can know
     */
    void check(UUID member, long known, long told, TopicPartition partition) {
        Holding holding = holding(partition);
        if (holding == null || !holding.member.equals(member)) {
            throw Refusals.notAssigned(member, partition, told);
        }
        if (known < holding.since || known > told) {
            throw Refusals.staleEpoch(partition, known, holding.since, told);
        }
    }

    boolean release(UUID member, long knownEpoch, List<TopicPartition> partitions) {
        boolean isMoved = false;
        for (TopicPartition each : partitions) {
            Holding holding = holding(each);
            if (holding != null
                    && holding.member.equals(member)
                    && holding.isRevoking
                    && knownEpoch >= holding.revokedIn) {
                topic(each).free(each.partition());
                isMoved = true;
            }
        }
        return isMoved;
    }

    boolean freeAllOf(UUID member) {
        return free(holding -> holding.member.equals(member));
    }

    boolean isPending(UUID member, CommittedOffsets offsets) {
        for (GroupTopic topic : topics.values()) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                Holding holding = topic.holding(partition);
                if (holding != null
                        && holding.member.equals(member)
                        && offsets.isPending(topic.id, partition)) {
                    return true;
                }
            }
        }
        return false;
    }

    boolean freeOverdue(long nowNs) {
        return free(holding -> holding.hasDeadline && nowNs - holding.deadlineNs >= 0);
    }

    private boolean free(Predicate<Holding> which) {
        boolean isMoved = false;
        for (GroupTopic topic : topics.values()) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                Holding holding = topic.holding(partition);
                if (holding != null && which.test(holding)) {
                    topic.free(partition);
                    isMoved = true;
                }
            }
        }
        return isMoved;
    }

    /** What is being revoked is freed, not taken over: the new process never had it. */
    boolean takeOver(UUID from, UUID to, long since) {
        boolean isMoved = free(holding -> holding.member.equals(from) && holding.isRevoking);
        for (GroupTopic topic : topics.values()) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                Holding holding = topic.holding(partition);
                if (holding != null && holding.member.equals(from)) {
                    topic.hold(partition, new Holding(to, since));
                    isMoved = true;
                }
            }
        }
        return isMoved;
    }

    boolean restart(List<TopicPartition> partitions, long since) {
        boolean isMoved = false;
        for (TopicPartition each : partitions) {
            Holding holding = holding(each);
            if (holding != null) {
                holding.since = since;
                isMoved = true;
            }
        }
        return isMoved;
    }

    Change follow(Map<String, TopicRecord> wanted, long createdAtMs) {
        boolean isMoved =
                topics.values()
                        .removeIf(old -> {
                            TopicRecord now = wanted.get(old.name);
                            return now == null || now.id() != old.id;
                        });
        boolean isGrown = false;
        for (TopicRecord now : wanted.values()) {
            GroupTopic known = topics.get(now.name());
            if (known == null) {
                int first = now.createdAtMs() > createdAtMs ? 0 : now.partitions();
                topics.put(
                        now.name(), new GroupTopic(now.name(), now.id(), now.partitions(), first));
                isGrown = true;
            } else if (known.partitions() < now.partitions()) {
                known.grow(now.partitions());
                isGrown = true;
            }
        }
        return new Change(isMoved, isGrown);
    }

    /**
     * Revokes what another member is to have, and gives what is free.
     *
     * @param next the epoch in which that happens
     */
    boolean rebalance(Collection<UUID> members, long next, GiveGate gate) {
        var order = new ArrayList<>(members);
        int[] assigned = StickyAssignor.assign(holders(order), order.size());
        boolean isMoved = false;
        isWaitingToGive = false;
        int at = 0;
        for (GroupTopic topic : topics.values()) {
            for (int partition = 0; partition < topic.partitions(); partition++, at++) {
                if (assigned[at] == StickyAssignor.NOBODY) {
                    continue;
                }
                UUID wanted = order.get(assigned[at]);
                Holding holding = topic.holding(partition);
                if (holding == null) {
                    if (gate.isGivable(topic.name, topic.id, topic.first, partition)) {
                        topic.hold(partition, new Holding(wanted, next));
                        isMoved = true;
                    } else {
                        isWaitingToGive = true;
                    }
                } else if (!holding.isRevoking && !holding.member.equals(wanted)) {
                    holding.isRevoking = true;
                    holding.revokedIn = next;
                    isMoved = true;
                }
            }
        }
        return isMoved;
    }

    /** True if the gate kept something from being given. */
    boolean isWaitingToGive() {
        return isWaitingToGive;
    }

    /** What is being revoked counts as free: its holder no longer reads it. */
    private int[] holders(List<UUID> order) {
        Map<UUID, Integer> indexes = new HashMap<>();
        order.forEach(member -> indexes.put(member, indexes.size()));
        int[] holders = new int[topics.values().stream().mapToInt(GroupTopic::partitions).sum()];
        int at = 0;
        for (GroupTopic topic : topics.values()) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                Holding holding = topic.holding(partition);
                holders[at++] =
                        holding == null || holding.isRevoking
                                ? StickyAssignor.NOBODY
                                : indexes.getOrDefault(holding.member, StickyAssignor.NOBODY);
            }
        }
        return holders;
    }

    /** Who is to give something up can know it from now on, and has until then. */
    void startDeadlines(long untilNs) {
        for (GroupTopic topic : topics.values()) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                Holding holding = topic.holding(partition);
                if (holding != null && holding.isRevoking && !holding.hasDeadline) {
                    holding.hasDeadline = true;
                    holding.deadlineNs = untilNs;
                }
            }
        }
    }

    /** A hold as its member may be told of it. */
    Hold toHold(ToldHolds.Told told, CommittedOffsets offsets, long nowNs) {
        var at = new TopicPartition(told.topic(), told.held().partition());
        Holding now = holding(at);
        long leftNs = now != null && now.hasDeadline ? Math.max(0, now.deadlineNs - nowNs) : 0;
        return new Hold(
                at,
                told.topicId(),
                told.held().since(),
                told.held().revoking() ? Hold.State.REVOKING : Hold.State.ASSIGNED,
                offsets.committed(told.topicId(), at.partition()),
                Duration.ofNanos(leftNs));
    }

    LongStream deadlines() {
        var deadlines = LongStream.builder();
        for (GroupTopic topic : topics.values()) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                Holding holding = topic.holding(partition);
                if (holding != null && holding.hasDeadline) {
                    deadlines.add(holding.deadlineNs);
                }
            }
        }
        return deadlines.build();
    }
}
