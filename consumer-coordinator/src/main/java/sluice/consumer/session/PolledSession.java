package sluice.consumer.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupConfig;
import sluice.metadata.StreamConfig;

/**
 * The session of one member that polls.
 *
 * <p>Answers are counted. A poll that says that it has not received the last one gets its records
 * again, unless they were committed before they left. What is to be given back is told in an
 * answer, and released by the poll after it: by then the member is done with what it had. Of what
 * nothing was handed out, there is nothing to be done with.
 */
final class PolledSession {

    /** Over the wait that was asked for, to find out whether there is anything at all. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Lane lane;
    private final MemberSession session;
    private final GroupName group;
    private final Runnable onOver;

    private GroupConfig.Delivery delivery = GroupConfig.Delivery.AT_LEAST_ONCE;
    private long number = -1;
    private List<Chunk> lastGiven = List.of();
    private final Set<TopicPartition> toldRevoking = new HashSet<>();
    private final List<GroupReply.Skip> skips = new ArrayList<>();
    private final List<SessionEvent.Stopped> stopped = new ArrayList<>();
    private @Nullable Poll waiting;
    private boolean isTaking;
    private long polledAtNs;

    /** A poll without answer. */
    private static final class Poll {
        private final GroupRequest.Poll request;
        private final Consumer<Outcome<GroupReply.Polled>> answer;
        private Lane.@Nullable Timer timer;
        private boolean isDue;
        private boolean isOverdue;

        /** The holds were asked for since it came, so that nothing of before is handed out. */
        private boolean isFresh;

        Poll(GroupRequest.Poll request, Consumer<Outcome<GroupReply.Polled>> answer) {
            this.request = request;
            this.answer = answer;
        }
    }

    /**
     * @param onOver told when the member is none any more
     */
    PolledSession(
            Lane lane,
            GroupCoordinator groups,
            PartitionSource source,
            GroupName group,
            SessionLimits limits,
            ReadRoom room,
            Runnable onOver) {
        this.lane = lane;
        this.group = group;
        this.onOver = onOver;
        session =
                new MemberSession(
                        lane, groups, source, group, limits, room, this::told, this::look);
        polledAtNs = lane.nowNs();
    }

    void begin(UUID member, StreamConfig config) {
        delivery = config.delivery();
        session.adopt(member, config, this::holdsTold, this::look);
    }

    /** Time since the last poll was answered or came. */
    Duration quietFor() {
        return waiting != null ? Duration.ZERO : Duration.ofNanos(lane.nowNs() - polledAtNs);
    }

    void poll(GroupRequest.Poll request, Consumer<Outcome<GroupReply.Polled>> answer) {
        polledAtNs = lane.nowNs();
        Poll before = waiting;
        if (before != null) {
            end(before, new Outcome.Failure<>(overtaken()));
        }
        var poll = new Poll(request, answer);
        waiting = poll;
        if (number < 0) {
            // A session before this one, perhaps elsewhere, counted so far.
            number = Math.max(0, request.received());
        }
        if (request.received() >= 0 && request.received() == number - 1) {
            giveAgain();
        } else {
            session.release(toldRevoking);
        }
        poll.timer =
                lane.schedule(
                        request.waitMax(),
                        () -> {
                            poll.isDue = true;
                            poll.timer = lane.schedule(GRACE, () -> overdue(poll));
                            look();
                        });
        session.wake();
        session.heartbeats().run();
        session.heartbeats().askNow();
    }

    private void overdue(Poll poll) {
        poll.isOverdue = true;
        look();
    }

    private void giveAgain() {
        toldRevoking.clear(); // That was in the answer that was lost.
        if (delivery == GroupConfig.Delivery.AT_MOST_ONCE) {
            return;
        }
        for (Chunk chunk : lastGiven) {
            if (session.holds(chunk.partition(), chunk.since())) {
                session.seek(chunk.partition(), chunk.from());
            }
        }
        number--;
    }

    private void holdsTold() {
        if (waiting != null) {
            waiting.isFresh = true;
            look();
        }
    }

    private void told(SessionEvent event) {
        switch (event) {
            case SessionEvent.Revoking(_, _, var partitions) ->
                    session.release(
                            partitions.stream()
                                    .filter(partition -> !session.wasDelivered(partition))
                                    .toList());
            case SessionEvent.Lost(_, _, var partitions) -> toldRevoking.removeAll(partitions);
            case SessionEvent.Skipped(var partition, var from, var to) -> {
                skips.add(new GroupReply.Skip(partition, from, to));
                lane.execute(this::look); // With the records that follow, if they came with it.
            }
            case SessionEvent.Stopped failure -> {
                stopped.add(failure);
                look();
            }
            case SessionEvent.Ended(var failure) -> {
                onOver.run();
                if (waiting != null) {
                    end(waiting, new Outcome.Failure<>(failure));
                }
            }
            case SessionEvent.Joined _, SessionEvent.Assigned _, SessionEvent.Records _ -> {}
        }
    }

    /** Answers if there is something to say, or if the wait is over. */
    private void look() {
        Poll poll = waiting;
        if (poll == null || isTaking) {
            return;
        }
        if (!poll.isFresh) {
            if (poll.isOverdue) {
                end(poll, new Outcome.Failure<>(PolledSessions.endedElsewhere(group)));
            }
            return;
        }
        if (!stopped.isEmpty()) {
            SessionEvent.Stopped failure = stopped.removeFirst();
            session.resume(List.of(failure.partition()));
            end(poll, new Outcome.Failure<>(describe(failure)));
            return;
        }
        isTaking = true;
        boolean isTaken =
                session.take(
                        poll.request.recordsMax(),
                        poll.request.bytesMax(),
                        chunks -> {
                            isTaking = false;
                            give(chunks);
                        });
        if (!isTaken) {
            isTaking = false;
            if (isToBeAnswered(poll)) {
                give(List.of());
            }
        }
    }

    /** What was not asked yet may have something: that is found out even if nobody would wait. */
    private boolean isToBeAnswered(Poll poll) {
        return poll.isOverdue
                || (poll.isDue && session.isSettled())
                || !skips.isEmpty()
                || hasRevokingToTell();
    }

    private boolean hasRevokingToTell() {
        return session.revoking().stream()
                .anyMatch(partition ->
                        session.wasDelivered(partition) && !toldRevoking.contains(partition));
    }

    private void give(List<Chunk> chunks) {
        Poll poll = waiting;
        if (poll == null) {
            return;
        }
        if (chunks.isEmpty() && !isToBeAnswered(poll)) {
            // What was taken may not leave any more.
            look();
            return;
        }
        number++;
        lastGiven = List.copyOf(chunks);
        toldRevoking.addAll(session.revoking());
        GroupReply.Holds holds = Objects.requireNonNull(session.lastTold());
        var reply =
                new GroupReply.Polled(
                        number,
                        session.epoch(),
                        holds.holds(),
                        PolledSessions.slices(chunks),
                        List.copyOf(skips));
        skips.clear();
        end(poll, new Outcome.Success<>(reply));
    }

    private void end(Poll poll, Outcome<GroupReply.Polled> outcome) {
        waiting = null;
        polledAtNs = lane.nowNs();
        if (poll.timer != null) {
            poll.timer.cancel();
        }
        session.heartbeats().rest();
        poll.answer.accept(outcome);
    }

    private SluiceException overtaken() {
        return new SluiceException(
                SluiceException.Kind.CONFLICT,
                "poll-overtaken",
                "the member polled again before this poll was answered: group=" + group);
    }

    private static SluiceException describe(SessionEvent.Stopped stopped) {
        return new SluiceException(
                stopped.failure().kind(),
                stopped.failure().code(),
                "%s: %s".formatted(stopped.partition(), stopped.failure().getMessage()),
                stopped.failure());
    }

    /** Lets go of what was read ahead. */
    void rest() {
        session.rest();
    }

    /** Ends the session here; the member may go on elsewhere. */
    void end() {
        session.drop();
        if (waiting != null) {
            end(waiting, new Outcome.Failure<>(PolledSessions.endedElsewhere(group)));
        }
    }
}
