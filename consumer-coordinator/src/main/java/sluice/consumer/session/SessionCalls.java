package sluice.consumer.session;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.metadata.QueueConfig;

/** What a pushed session asks of its group's coordinator; answers come on its lane. */
final class SessionCalls {

    private static final int LOOKS_A_TIMEOUT = 4;
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);
    private static final Duration CLOSE_AGAIN = Duration.ofMillis(250);

    private final Lane lane;
    private final GroupCoordinator groups;
    private final GroupName group;
    private long spokeNs;

    /** A session that the coordinator made. */
    record Opened(UUID id, Optional<UUID> connection, QueueConfig config) {

        /** How often it is to be heard of. */
        Duration every() {
            return config.sessionTimeout().dividedBy(LOOKS_A_TIMEOUT);
        }

        /**
         * How long a call may wait. It keeps the session for so long and the session's time, though
         * its gateway be gone; that is not to be longer than the grace.
         */
        Duration waitMax() {
            Duration least = config.sessionTimeout().dividedBy(2);
            Duration within = config.reconnectGrace().minus(config.sessionTimeout());
            Duration longest = within.compareTo(WAIT_MAX) < 0 ? within : WAIT_MAX;
            return longest.compareTo(least) < 0 ? least : longest;
        }

        QueueRequest.Receive receive(long received, int messages, int bytesMax) {
            return new QueueRequest.Receive(
                    Optional.of(id),
                    connection,
                    received,
                    messages,
                    bytesMax,
                    waitMax(),
                    Optional.empty());
        }

        QueueRequest.Settle settle(List<QueueRequest.Item> items) {
            return new QueueRequest.Settle(Optional.of(id), connection, items);
        }
    }

    SessionCalls(Lane lane, GroupCoordinator groups, GroupName group) {
        this.lane = lane;
        this.groups = groups;
        this.group = group;
    }

    <T extends GroupReply> void call(
            QueueRequest request,
            Class<T> kind,
            Consumer<T> then,
            Consumer<SluiceException> otherwise) {
        spokeNs = lane.nowNs();
        groups.call(group, request)
                .whenComplete((reply, failure) ->
                        lane.execute(() -> {
                            if (reply != null && kind.isInstance(reply)) {
                                then.accept(kind.cast(reply));
                            } else {
                                otherwise.accept(Failures.of(failure));
                            }
                        }));
    }

    /** True if nothing was asked for so long. */
    boolean wasSilentFor(Duration time) {
        return lane.nowNs() - spokeNs >= time.toNanos();
    }

    /** "It lives"; told only if it does not. */
    void beat(Opened of, Consumer<SluiceException> ended) {
        // Without a number: a coordinator that is new does not know what was told.
        call(
                new QueueRequest.Beat(List.of(new QueueRequest.Sign(of.id(), of.connection(), -1))),
                QueueReply.Beaten.class,
                beaten -> {
                    if (!beaten.unknown().isEmpty()) {
                        ended.accept(
                                new SluiceException(
                                        SluiceException.Kind.NOT_FOUND,
                                        "unknown-session",
                                        "there is no such session, or it ended: session="
                                                + of.id()));
                    }
                },
                failure -> {
                    if (!Failures.mayPass(failure)) {
                        ended.accept(failure);
                    }
                });
    }

    /** Ends it; repeated while it may matter: after a session timeout it is over by itself. */
    void close(Opened of) {
        close(of, lane.nowNs());
    }

    private void close(Opened of, long sinceNs) {
        call(
                new QueueRequest.Close(of.id(), of.connection()),
                GroupReply.Done.class,
                _ -> {},
                failure -> {
                    Duration gone = Duration.ofNanos(lane.nowNs() - sinceNs);
                    if (Failures.mayPass(failure)
                            && gone.compareTo(of.config().sessionTimeout()) < 0) {
                        lane.schedule(CLOSE_AGAIN, () -> close(of, sinceNs));
                    }
                });
    }
}
