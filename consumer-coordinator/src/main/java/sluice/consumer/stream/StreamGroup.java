package sluice.consumer.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.LongStream;
import sluice.consumer.group.GroupRequest.Commit;
import sluice.consumer.group.GroupRequest.Join;
import sluice.consumer.group.GroupRequest.Leave;
import sluice.consumer.group.Hold;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.metadata.MembershipRecord;
import sluice.metadata.StreamConfig;
import sluice.metadata.TopicRecord;

/**
 * The members of a stream group and who holds which of its partitions.
 *
 * <pre>
 *                 given, since = new epoch
 *   free ────────────────────────────────────▶ ASSIGNED
 *    ▲                                            │ another member is to have it
 *    │  released, or the member ended, or         ▼
 *    └─────── the revocation timed out ─────── REVOKING
 * </pre>
 *
 * <p>What requests change is a plan; {@link #settle} completes it by the assignment, {@link #next}
 * is written, and {@link #written} makes it what members are told. So nothing is ever told that a
 * coordinator after this one would not know.
 *
 * <p>Invariants: one hold at most for each partition (G1); a commit counts only by its holder, in
 * an epoch from the hold's first to the last one told (G2); a partition is given only when it is
 * free (G3); who is to hold afterwards what it holds now never loses it (G4). Owned by one lane;
 * time comes in as an argument.
 */
public final class StreamGroup {

    private final GroupLimits limits;
    private final Map<UUID, GroupMember> members = new LinkedHashMap<>();
    private final GroupHolds holds;
    private StreamConfig config;
    private ToldHolds told;
    private long epoch;

    /** Holds were given up or taken over, which the next epoch tells. */
    private boolean isMoved;

    /** The assignment may be another than it was. */
    private boolean isUnsettled;

    private boolean isChanged;
    private long changes;

    /**
     * A group as it was stored: everybody keeps what it holds, and has a whole session timeout to
     * be heard of (G6).
     */
    public StreamGroup(
            StreamConfig config, MembershipRecord stored, long nowNs, GroupLimits limits) {
        this.config = config;
        this.limits = limits;
        this.epoch = stored.epoch();
        this.told = new ToldHolds(stored);
        stored.members().forEach(each -> members.put(each.id(), new GroupMember(each, nowNs)));
        this.holds = new GroupHolds(stored);
        holds.startDeadlines(deadlineNs(nowNs));
        isUnsettled = true;
    }

    /** The epoch that members were told last. */
    public long epoch() {
        return told.epoch();
    }

    public StreamConfig config() {
        return config;
    }

    public boolean hasMembers() {
        return !members.isEmpty();
    }

    public boolean hasMember(UUID member) {
        return members.containsKey(member);
    }

    private void change() {
        isChanged = true;
        changes++;
    }

    /** New settings; the topics follow by {@link #topics}. */
    public void configure(StreamConfig next) {
        config = next;
    }

    /**
     * Makes a member.
     *
     * @param id never used before
     * @return the member whose place it took, which is fenced from now on
     * @throws SluiceException OVERLOADED {@code too-many-members}
     */
    public Optional<UUID> join(Join request, UUID id, long nowNs, long wallMs) {
        Optional<GroupMember> before = holder(request.instance());
        if (before.isEmpty() && members.size() >= limits.membersMax()) {
            throw Refusals.tooManyMembers(limits.membersMax());
        }
        var stored =
                new MembershipRecord.Member(
                        id,
                        request.instance(),
                        before.map(GroupMember::id),
                        request.connection(),
                        request.client(),
                        request.gateway(),
                        wallMs);
        members.put(id, new GroupMember(stored, nowNs));
        if (before.isPresent()) {
            UUID old = before.get().id();
            members.remove(old);
            isMoved |= holds.takeOver(old, id, epoch + 1);
        }
        isUnsettled = true;
        change();
        return before.map(GroupMember::id);
    }

    private Optional<GroupMember> holder(Optional<String> instance) {
        return members.values().stream()
                .filter(each -> instance.isPresent() && each.stored.instance().equals(instance))
                .findFirst();
    }

    /** From now on, whoever has that name is refused; another process is to have it. */
    public Optional<UUID> fenceInstance(Optional<String> instance) {
        Optional<GroupMember> before = holder(instance);
        before.ifPresent(each -> each.isFenced = true);
        return before.map(GroupMember::id);
    }

    /** True if something was accepted of the member's partitions that is not stored yet. */
    public boolean isCommitting(UUID member, CommittedOffsets offsets) {
        return holds.isPending(member, offsets);
    }

    /**
     * A member comes back and keeps what it holds; from now on only what comes by this connection
     * counts.
     *
     * @throws SluiceException NOT_FOUND {@code unknown-member}; CONFLICT {@code member-fenced}
     */
    public void resume(Join request, UUID id, long nowNs, long wallMs) {
        GroupMember member = member(id);
        member.heardNs = nowNs;
        if (!member.isCurrent(request.connection())) {
            member.connected(request.connection(), request.client(), request.gateway(), wallMs);
            change();
        }
    }

    private GroupMember member(UUID id) {
        GroupMember found = members.get(id);
        if (found != null && !found.isFenced) {
            return found;
        }
        boolean isReplaced =
                found != null
                        || members.values().stream()
                                .anyMatch(each -> each.stored.replaced().equals(Optional.of(id)));
        throw isReplaced ? Refusals.fenced(id) : Refusals.unknownMember(id);
    }

    /**
     * Checks that a request comes from a member, by its latest connection.
     *
     * @param signOfLife true: it was heard now
     * @throws SluiceException NOT_FOUND {@code unknown-member}; CONFLICT {@code member-fenced}
     */
    public void heard(UUID id, Optional<UUID> connection, boolean signOfLife, long nowNs) {
        GroupMember member = member(id);
        if (!member.isCurrent(connection)) {
            throw Refusals.fenced(id);
        }
        if (signOfLife) {
            member.heardNs = nowNs;
        }
    }

    /**
     * Frees REVOKING partitions with which the member is done. A release that was sent before the
     * member knew of the revocation is of an earlier hold, and passed over.
     */
    public void release(UUID member, long knownEpoch, List<TopicPartition> partitions) {
        moved(holds.release(member, knownEpoch, partitions));
    }

    private void moved(boolean didMove) {
        if (didMove) {
            isMoved = true;
            isUnsettled = true;
            change();
        }
    }

    /** Ends a member that is gone, unless it came back meanwhile, or may within its time. */
    public void leave(Leave request) {
        GroupMember member = members.get(request.member());
        if (member == null) {
            return;
        }
        boolean isOfOthers =
                request.connection().isPresent() && !member.isCurrent(request.connection());
        boolean mayReturn = member.isStatic() && request.reason() != Leave.Reason.LEFT;
        if (!isOfOthers && !mayReturn) {
            end(member.id());
        }
    }

    private void end(UUID member) {
        members.remove(member);
        isMoved |= holds.freeAllOf(member);
        isUnsettled = true;
        change();
    }

    /** Ends whoever was not heard of for too long, and takes what was not released in time. */
    public void tick(long nowNs) {
        long silentNs = config.sessionTimeout().toNanos();
        var silent =
                members.values().stream()
                        .filter(member -> nowNs - member.heardNs >= silentNs)
                        .map(GroupMember::id)
                        .toList();
        silent.forEach(this::end);
        moved(holds.freeOverdue(nowNs));
    }

    /** When {@link #tick} may next have something to do; empty if never. */
    public OptionalLong nextTickNs() {
        long silentNs = config.sessionTimeout().toNanos();
        LongStream silent = members.values().stream().mapToLong(each -> each.heardNs + silentNs);
        return LongStream.concat(silent, holds.deadlines())
                .reduce((left, right) -> left - right <= 0 ? left : right);
    }

    /**
     * The topics that the group reads now. New ones and new partitions are taken up, as far as the
     * limits allow; what is gone is gone with its holds.
     *
     * @param createdAtMs of the group: topics made later are new to it as a whole
     */
    public void topics(List<TopicRecord> found, long createdAtMs) {
        GroupHolds.Change change = holds.follow(limits.within(found, holds.names()), createdAtMs);
        isMoved |= change.isMoved();
        if (change.isMoved() || change.isGrown()) {
            isUnsettled = true;
            change();
        }
    }

    /**
     * What kept a free partition from being given may be over.
     *
     * @return false if there is no such partition
     */
    public boolean reconsider() {
        isUnsettled |= holds.isWaitingToGive();
        return isUnsettled;
    }

    /** Begins holds anew, so that commits of those before them no longer count. */
    public void restart(List<TopicPartition> partitions) {
        moved(holds.restart(partitions, epoch + 1));
    }

    /**
     * Where a commit would go.
     *
     * @return one entry for each offset
     * @throws SluiceException as {@link Commit} says, but for offsets beyond the high watermark
     */
    public List<CommittedOffsets.Entry> checked(Commit commit) {
        if (commit.member().isPresent()) {
            GroupMember member = member(commit.member().get());
            if (commit.connection().isPresent() && !member.isCurrent(commit.connection())) {
                throw Refusals.fenced(member.id());
            }
        } else if (!members.isEmpty()) {
            throw Refusals.hasMembers("commit as a member, or when all members have left");
        }
        var entries = new ArrayList<CommittedOffsets.Entry>(commit.offsets().size());
        for (PartitionOffset each : commit.offsets()) {
            GroupTopic topic = holds.topic(each.partition());
            if (each.offset() < 0) {
                throw Refusals.outOfRange(each, "offsets begin at 0");
            }
            if (commit.member().isPresent()) {
                holds.check(commit.member().get(), commit.epoch(), told.epoch(), each.partition());
            }
            entries.add(
                    new CommittedOffsets.Entry(
                            topic.name, topic.id, each.partition().partition(), each.offset()));
        }
        return entries;
    }

    /** Completes the plan: what moves is revoked, what is free is given. */
    public void settle(GiveGate gate) {
        if (isUnsettled) {
            isUnsettled = false;
            isMoved |= holds.rebalance(members.keySet(), epoch + 1, gate);
        }
        if (isMoved) {
            isMoved = false;
            epoch++;
            change();
        }
    }

    /** True if there is something to write. */
    public boolean isChanged() {
        return isChanged;
    }

    /** Counts changes, so that it is known which of them a write holds. */
    public long changes() {
        return changes;
    }

    /** What is to be written now; later changes are for the next write. */
    public MembershipRecord next() {
        isChanged = false;
        return new MembershipRecord(
                epoch,
                members.values().stream().map(each -> each.stored).toList(),
                holds.toRecords());
    }

    /** What {@link #next} gave was not written: it is still to be. */
    public void notWritten() {
        isChanged = true;
    }

    /** What {@link #next} gave is durable: it may be told from now on. */
    public void written(MembershipRecord record, long nowNs) {
        told = told.next(record);
        holds.startDeadlines(deadlineNs(nowNs));
    }

    private long deadlineNs(long nowNs) {
        return nowNs + config.revocationTimeout().toNanos();
    }

    /** True if the member's holds are of another epoch than it knows. */
    public boolean isNews(UUID member, long knownEpoch) {
        return told.isNews(member, knownEpoch);
    }

    /** True if what a member was told of itself is durable. */
    public boolean isTold(UUID member) {
        return told.knows(member);
    }

    /** What a member holds, as it may be told. */
    public List<Hold> holds(UUID member, CommittedOffsets offsets, long nowNs) {
        return told.holds(member).stream().map(each -> holds.toHold(each, offsets, nowNs)).toList();
    }

    /** A live member, for people. */
    public record MemberView(MembershipRecord.Member stored, Duration heardBefore) {}

    public List<MemberView> members(long nowNs) {
        return members.values().stream()
                .map(each -> new MemberView(each.stored, Duration.ofNanos(nowNs - each.heardNs)))
                .toList();
    }

    /** The topics that the group reads, as they are stored next. */
    public List<MembershipRecord.Topic> topics() {
        return holds.toRecords();
    }

    /** The partitions of these that somebody holds. */
    public List<TopicPartition> held(List<TopicPartition> partitions) {
        return partitions.stream().filter(holds::isHeld).toList();
    }
}
