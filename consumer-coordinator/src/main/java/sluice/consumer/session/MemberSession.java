package sluice.consumer.session;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupRequest.Leave;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.session.Holdings.Positions;
import sluice.consumer.session.SessionEvent.Lost;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.metadata.GroupConfig;
import sluice.metadata.StreamConfig;

/**
 * The session of one member of a stream group: keeps its holds, and hands on the records of the
 * partitions that it holds, in offset order within each, as long as it is certain to hold them.
 *
 * <p>Whoever runs it takes records with {@link #take} when it is told that there are some. All
 * methods are called on the lane, and events are told on it.
 */
public final class MemberSession {

    private final Lane lane;
    private final GroupCoordinator groups;
    private final GroupName group;
    private final SessionLimits limits;
    private final Consumer<SessionEvent> events;
    private final Runnable readable;
    private final HeldReads reads;
    private final Heartbeats heartbeats;
    private final CommitFirst commitFirst;

    private @Nullable Member member;
    private GroupReply.@Nullable Holds toldMeanwhile;
    private GroupReply.@Nullable Holds lastTold;
    private Runnable onTold = () -> {};
    private Runnable settled = () -> {};
    private boolean isEnded;

    private record Member(UUID id, Optional<UUID> connection, StreamConfig config) {}

    /**
     * Who wants to be a member, or to be one again.
     *
     * @param positions that a member which comes back wants next; of the others, it gets what was
     *     committed
     */
    public record Joining(GroupRequest.Join request, Map<TopicPartition, Long> positions) {
        public Joining {
            positions = Map.copyOf(positions);
        }
    }

    /**
     * @param readable told when there is something to take that was not there before
     */
    public MemberSession(
            Lane lane,
            GroupCoordinator groups,
            PartitionSource source,
            GroupName group,
            SessionLimits limits,
            ReadRoom room,
            Consumer<SessionEvent> events,
            Runnable readable) {
        this.lane = lane;
        this.groups = groups;
        this.group = group;
        this.limits = limits;
        this.events = events;
        this.readable = readable;
        reads = new HeldReads(lane, source, limits, room, events, readable, () -> settled.run());
        heartbeats =
                new Heartbeats(
                        lane,
                        groups,
                        group,
                        limits.retryPause(),
                        reads::released,
                        new Heartbeats.Listener() {
                            @Override
                            public void told(GroupReply.Holds holds) {
                                MemberSession.this.told(holds);
                            }

                            @Override
                            public void ended(SluiceException failure) {
                                over(failure);
                            }
                        });
        commitFirst = new CommitFirst(lane, limits, this::commitNow);
    }

    /** Becomes a member; told by {@link SessionEvent.Joined} or {@link SessionEvent.Ended}. */
    public void join(Joining joining) {
        lane.assertOwner();
        long sentNs = lane.nowNs();
        groups.call(group, joining.request())
                .whenComplete((reply, failure) ->
                        lane.execute(() -> joined(joining, sentNs, reply, failure)));
    }

    private void joined(
            Joining joining, long sentNs, @Nullable GroupReply reply, @Nullable Throwable failure) {
        Optional<UUID> connection = joining.request().connection();
        if (!(reply instanceof GroupReply.Joined made)) {
            over(Failures.of(failure));
            return;
        }
        if (isEnded) {
            // It left while it joined.
            leave(made.member(), connection, Leave.Reason.CLOSED, lane.nowNs(), made.config());
            return;
        }
        var positions =
                new Positions(
                        joining.request().resume().map(GroupRequest.Resume::epoch).orElse(-1L),
                        joining.positions());
        member = new Member(made.member(), connection, made.config());
        heartbeats.begin(
                made.member(), connection, true, leaseOf(made.config()), made.epoch(), sentNs);
        events.accept(new SessionEvent.Joined(made.member(), made.epoch(), made.config()));
        apply(new GroupReply.Holds(made.epoch(), made.holds()), positions);
        heartbeats.run();
    }

    /**
     * Takes up a member that is one already, and makes itself known by its calls; its holds are
     * asked for.
     *
     * @param onTold told each time when its holds were told
     * @param onSettled told when a partition turned out to have no more
     */
    void adopt(UUID id, StreamConfig config, Runnable onTold, Runnable onSettled) {
        lane.assertOwner();
        this.onTold = onTold;
        this.settled = onSettled;
        member = new Member(id, Optional.empty(), config);
        heartbeats.begin(id, Optional.empty(), false, leaseOf(config), -1, lane.nowNs());
    }

    Heartbeats heartbeats() {
        return heartbeats;
    }

    private static Duration leaseOf(StreamConfig config) {
        return config.revocationTimeout().compareTo(config.sessionTimeout()) < 0
                ? config.revocationTimeout()
                : config.sessionTimeout();
    }

    /** The epoch of which the events told last. */
    public long epoch() {
        return reads.epoch();
    }

    /** What the coordinator said last of the holds; null if it was not heard of. */
    GroupReply.@Nullable Holds lastTold() {
        return lastTold;
    }

    private void told(GroupReply.Holds holds) {
        if (commitFirst.isCommitting()) {
            // What is being committed still leaves under the holds it was committed under.
            toldMeanwhile = holds;
        } else {
            apply(holds, Positions.NONE);
        }
    }

    private void apply(GroupReply.Holds holds, Positions positions) {
        lastTold = holds;
        reads.apply(holds.epoch(), holds.holds(), positions);
        onTold.run();
        if (isReadable()) {
            readable.run();
        }
    }

    /** True if {@link #take} would give something. */
    public boolean isReadable() {
        return reads.isReadable() && heartbeats.isHeard() && !commitFirst.isCommitting();
    }

    /**
     * Takes records of the partitions in turn, until one of the limits is reached, or passed by one
     * batch. Nothing comes while the member was not heard for a session timeout, or while what was
     * taken before has not passed.
     *
     * @param then gets what may leave, on the lane: at once, or with at-most-once when its offsets
     *     are committed
     * @return false if there was nothing to take: {@code then} is not called
     */
    public boolean take(long recordsMax, long bytesMax, Consumer<List<Chunk>> then) {
        lane.assertOwner();
        if (!isReadable()) {
            return false;
        }
        List<Chunk> chunks = reads.take(recordsMax, bytesMax);
        if (Objects.requireNonNull(member).config().delivery()
                == GroupConfig.Delivery.AT_LEAST_ONCE) {
            then.accept(chunks);
            return true;
        }
        commitFirst.pass(
                chunks,
                passed -> {
                    if (!isEnded) {
                        // Committed in time may still be too late to be the only one who has it.
                        then.accept(heartbeats.isHeard() ? passed : List.of());
                        applyToldMeanwhile();
                    }
                });
        return true;
    }

    private void applyToldMeanwhile() {
        GroupReply.Holds holds = toldMeanwhile;
        if (holds != null) {
            toldMeanwhile = null;
            apply(holds, Positions.NONE);
        } else if (isReadable()) {
            readable.run();
        }
    }

    private CompletionStage<Long> commitNow(List<PartitionOffset> offsets) {
        // Nobody waits any more for what an ended session commits.
        return isEnded ? new CompletableFuture<>() : commit(reads.epoch(), offsets);
    }

    /**
     * Commits for the member.
     *
     * @param knownEpoch that the member was told last
     * @return completes on the lane with the group's epoch, once it is durable
     */
    public CompletionStage<Long> commit(long knownEpoch, List<PartitionOffset> offsets) {
        lane.assertOwner();
        var done = new CompletableFuture<Long>();
        Member now = member;
        if (now == null || isEnded) {
            done.completeExceptionally(
                    new SluiceException(
                            SluiceException.Kind.NOT_FOUND,
                            "unknown-member",
                            "there is no member to commit for: group=" + group));
            return done;
        }
        groups.call(
                        group,
                        new GroupRequest.Commit(
                                Optional.of(now.id()), now.connection(), knownEpoch, offsets))
                .whenComplete((reply, failure) ->
                        lane.execute(() -> {
                            if (reply instanceof GroupReply.Committed(var newEpoch)) {
                                done.complete(newEpoch);
                            } else {
                                done.completeExceptionally(Failures.of(failure));
                            }
                        }));
        return done;
    }

    /** The member is done with these; those that it is not asked to give back are passed over. */
    public void release(Collection<TopicPartition> partitions) {
        lane.assertOwner();
        if (reads.release(partitions)) {
            heartbeats.askNow();
        }
    }

    /** Reads no more of these until {@link #resume}; their places stay. */
    public void pause(Collection<TopicPartition> partitions) {
        lane.assertOwner();
        reads.pause(partitions);
    }

    public void resume(Collection<TopicPartition> partitions) {
        lane.assertOwner();
        reads.resume(partitions);
    }

    /**
     * Goes on elsewhere in a partition; nothing is committed.
     *
     * @return false if the member does not hold it, or is to give it back
     */
    public boolean seek(TopicPartition partition, long offset) {
        lane.assertOwner();
        return reads.seek(partition, offset);
    }

    /** True if the member has that very hold, and may keep it. */
    boolean holds(TopicPartition partition, long since) {
        return reads.holds(partition, since);
    }

    boolean isSettled() {
        return reads.isSettled();
    }

    List<TopicPartition> revoking() {
        return reads.revoking();
    }

    boolean wasDelivered(TopicPartition partition) {
        return reads.wasDelivered(partition);
    }

    void rest() {
        reads.rest();
    }

    void wake() {
        reads.wake();
    }

    /** Ends the session, and its member with it. */
    public void leave(Leave.Reason reason) {
        lane.assertOwner();
        Member leaving = member;
        boolean wasOver = isEnded;
        drop();
        if (leaving != null && !wasOver) {
            leave(leaving.id(), leaving.connection(), reason, lane.nowNs(), leaving.config());
        }
    }

    /** Repeated while it may matter: after a session timeout the member ends by itself. */
    private void leave(
            UUID id,
            Optional<UUID> connection,
            Leave.Reason reason,
            long sinceNs,
            StreamConfig config) {
        groups.call(group, new Leave(id, connection, reason))
                .whenComplete((_, failure) -> {
                    Duration gone = Duration.ofNanos(lane.nowNs() - sinceNs);
                    if (failure != null
                            && Failures.mayPass(Failures.of(failure))
                            && gone.compareTo(config.sessionTimeout()) < 0) {
                        lane.schedule(
                                limits.retryPause(),
                                () -> leave(id, connection, reason, sinceNs, config));
                    }
                });
    }

    /** Ends the session here; its member goes on, and may come back elsewhere. */
    public void drop() {
        lane.assertOwner();
        isEnded = true;
        heartbeats.end();
        reads.end();
    }

    private void over(SluiceException failure) {
        if (isEnded) {
            return;
        }
        List<TopicPartition> held = reads.held();
        drop();
        if (!held.isEmpty()) {
            Lost.Reason reason =
                    switch (failure.code()) {
                        case "member-fenced" -> Lost.Reason.FENCED;
                        case "unknown-member" -> Lost.Reason.TIMEOUT;
                        default -> Lost.Reason.REMOVED;
                    };
            events.accept(new Lost(reads.epoch(), reason, held));
        }
        events.accept(new SessionEvent.Ended(failure));
    }
}
