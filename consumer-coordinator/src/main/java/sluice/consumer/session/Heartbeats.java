package sluice.consumer.session;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;

/**
 * Asks the coordinator what the member holds, one long question behind the other, and short ones in
 * between when there is something to tell.
 *
 * <p>The member counts as heard for its lease from the sending of a question that was answered: the
 * time after which the coordinator may give its partitions to others, which is the session timeout
 * or, if that is shorter, the revocation timeout. The coordinator counts from the arrival, so a
 * session that falls silent at the lease's end never delivers what already belongs to another.
 */
final class Heartbeats {

    /** What an answer says. Called on the lane. */
    interface Listener {
        void told(GroupReply.Holds holds);

        /** The coordinator does not know this member any more; nothing is asked from now on. */
        void ended(SluiceException failure);
    }

    private final Lane lane;
    private final GroupCoordinator groups;
    private final GroupName group;
    private final Supplier<List<TopicPartition>> released;
    private final RetryPauses pauses;
    private final Listener listener;

    private @Nullable Member member;
    private long epoch;
    private long heardUntilNs;
    private boolean isRunning;
    private boolean isAsking;
    private boolean isAskingShortly;
    private boolean isAskedAgain;
    private boolean isEnded;

    /** Who asks. */
    private record Member(UUID id, Optional<UUID> connection, boolean signOfLife, Duration lease) {}

    /**
     * @param released what the member has given back
     */
    Heartbeats(
            Lane lane,
            GroupCoordinator groups,
            GroupName group,
            Duration retryPause,
            Supplier<List<TopicPartition>> released,
            Listener listener) {
        this.lane = lane;
        this.groups = groups;
        this.group = group;
        this.released = released;
        this.pauses = new RetryPauses(retryPause);
        this.listener = listener;
    }

    /**
     * Knows the member from now on, and asks nothing yet.
     *
     * @param lease how long it counts as heard
     * @param knownEpoch −1 if its holds are not known
     * @param sentNs when the request was sent that made it known
     */
    void begin(
            UUID id,
            Optional<UUID> connection,
            boolean signOfLife,
            Duration lease,
            long knownEpoch,
            long sentNs) {
        member = new Member(id, connection, signOfLife, lease);
        epoch = knownEpoch;
        heardUntilNs = sentNs + lease.toNanos();
    }

    /** Goes on asking until {@link #rest}. */
    void run() {
        isRunning = true;
        if (!isAsking) {
            askLong();
        }
    }

    /** Asks no more than what is told at once. */
    void rest() {
        isRunning = false;
    }

    /** Asks at once, and tells what was given back. */
    void askNow() {
        if (isAskingShortly) {
            isAskedAgain = true;
            return;
        }
        isAskingShortly = true;
        ask(Duration.ZERO, true);
    }

    void end() {
        isEnded = true;
    }

    boolean isHeard() {
        return lane.nowNs() - heardUntilNs < 0;
    }

    long epoch() {
        return epoch;
    }

    private void askLong() {
        if (isRunning && !isEnded && member != null) {
            isAsking = true;
            ask(member.lease().dividedBy(3), false);
        } else {
            isAsking = false;
        }
    }

    private void ask(Duration waitMax, boolean isShort) {
        Member asking = member;
        if (isEnded || asking == null) {
            return;
        }
        long sentNs = lane.nowNs();
        groups.call(
                        group,
                        new GroupRequest.Heartbeat(
                                asking.id(),
                                asking.connection(),
                                epoch,
                                released.get(),
                                waitMax,
                                asking.signOfLife()))
                .whenComplete((reply, failure) ->
                        lane.execute(() -> answered(asking, isShort, sentNs, reply, failure)));
    }

    private void answered(
            Member asking,
            boolean isShort,
            long sentNs,
            @Nullable GroupReply reply,
            @Nullable Throwable failure) {
        if (isEnded) {
            return;
        }
        if (reply instanceof GroupReply.Holds holds) {
            pauses.reset();
            long untilNs = sentNs + asking.lease().toNanos();
            if (untilNs - heardUntilNs > 0) {
                heardUntilNs = untilNs;
            }
            // An answer that was overtaken by a later one tells of what was.
            if (holds.epoch() >= epoch) {
                epoch = holds.epoch();
                listener.told(holds);
            }
            askOn(isShort);
            return;
        }
        SluiceException known = Failures.of(failure);
        if (Failures.mayPass(known)) {
            lane.schedule(pauses.next(), () -> askOn(isShort));
        } else {
            isEnded = true;
            listener.ended(known);
        }
    }

    private void askOn(boolean wasShort) {
        if (!wasShort) {
            askLong();
            return;
        }
        isAskingShortly = false;
        if (isAskedAgain) {
            isAskedAgain = false;
            askNow();
        }
    }
}
