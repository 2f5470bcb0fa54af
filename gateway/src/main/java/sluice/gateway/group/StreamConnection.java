package sluice.gateway.group;

import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupRequest.Leave.Reason;
import sluice.consumer.session.CreditedDelivery;
import sluice.consumer.session.MemberSession;
import sluice.consumer.session.ReadRoom;
import sluice.consumer.session.SessionEvent;
import sluice.consumer.session.SessionLimits;
import sluice.engine.Engine;
import sluice.engine.TopicSource;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.problem.Problems;
import sluice.log.lane.Lane;

/**
 * One stream: the connection of a member, and its session. Owned by the connection's event loop.
 *
 * <p>A connection that closes ends the session, and one that is silent for three heartbeats is
 * closed. Neither happens to a connection that is told to go elsewhere: there its member goes on.
 */
final class StreamConnection {

    /** How long a client may take for its first frame. */
    private static final Duration JOIN_WITHIN = Duration.ofSeconds(5);

    private static final int HEARTBEATS_A_TIMEOUT = 4;
    private static final int SILENT_HEARTBEATS = 3;
    private static final int COMMITS_MAX = 1_000;

    /** Close codes of RFC 6455. */
    private static final short NORMAL = 1000;

    private static final short POLICY = 1008;
    private static final short INTERNAL = 1011;
    private static final short RESTART = 1012;
    private static final short TRY_LATER = 1013;

    private final ServerWebSocket socket;
    private final Lane lane;
    private final Engine engine;
    private final String gateway;
    private final GroupName group;
    private final UUID id;
    private final ReadRoom room;
    private final Problems problems;
    private final GroupMetrics metrics;
    private final Consumer<StreamConnection> onClosed;
    private final StreamWriter writer;

    private @Nullable MemberSession session;
    private @Nullable CreditedDelivery delivery;
    private @Nullable Duration heartbeat;
    private long heardNs;
    private long lookedNs;
    private int commits;
    private boolean isMember;
    private boolean isOver;

    /**
     * @param gateway how people find this gateway
     * @param id of this connection, never used before
     */
    StreamConnection(
            ServerWebSocket socket,
            Lane lane,
            Engine engine,
            String gateway,
            GroupName group,
            UUID id,
            ReadRoom room,
            Vertx vertx,
            Problems problems,
            GroupMetrics metrics,
            Consumer<StreamConnection> onClosed) {
        this.socket = socket;
        this.lane = lane;
        this.engine = engine;
        this.gateway = gateway;
        this.group = group;
        this.id = id;
        this.room = room;
        this.problems = problems;
        this.metrics = metrics;
        this.onClosed = onClosed;
        writer = new StreamWriter(socket, vertx, metrics, this::writable, this::broken);
    }

    void start() {
        heardNs = lane.nowNs();
        socket.frameHandler(this::heard);
        socket.textMessageHandler(this::received);
        socket.binaryMessageHandler(_ -> refuse(malformed("Frames of a client are text")));
        socket.exceptionHandler(_ -> {
            // Told too of a connection that closed; then there is nobody to be told.
            if (!socket.isClosed()) {
                refuse(malformed("Not a frame, or larger than any is"));
            }
        });
        socket.closeHandler(_ -> closed());
        lane.schedule(
                JOIN_WITHIN,
                () -> {
                    if (session == null) {
                        refuse(malformed("No join came within " + JOIN_WITHIN.toMillis() + " ms"));
                    }
                });
    }

    private static Problem malformed(String detail) {
        return Problem.of(ProblemType.MALFORMED_REQUEST, detail);
    }

    private void heard(WebSocketFrame frame) {
        heardNs = lane.nowNs();
    }

    private void received(String text) {
        if (isOver) {
            return;
        }
        try {
            take(ClientFrame.parse(text));
        } catch (ProblemException refused) {
            refuse(refused.problem());
        }
    }

    private void take(ClientFrame frame) {
        MemberSession joined = session;
        if (frame instanceof ClientFrame.Join join) {
            if (joined != null) {
                throw new ProblemException(malformed("This stream has joined already"));
            }
            join(join);
            return;
        }
        if (joined == null || delivery == null) {
            throw new ProblemException(malformed("The first frame must be join"));
        }
        switch (frame) {
            case ClientFrame.Credit(var bytes) -> delivery.grant(bytes);
            case ClientFrame.Commit commit -> commit(joined, commit);
            case ClientFrame.Release(var partitions) -> joined.release(partitions);
            case ClientFrame.Pause(var partitions) -> joined.pause(partitions);
            case ClientFrame.Resume(var partitions) -> joined.resume(partitions);
            case ClientFrame.Seek(var partition, var offset) -> {
                if (!joined.seek(partition, offset)) {
                    tell(
                            Problem.of(
                                            ProblemType.NOT_ASSIGNED,
                                            "%s is not to be read by this member"
                                                    .formatted(partition))
                                    .with("topic", partition.topic())
                                    .with("partition", partition.partition()));
                }
            }
            case ClientFrame.Heartbeat _ -> {}
            case ClientFrame.Leave _ -> {
                joined.leave(Reason.LEFT);
                over(NORMAL, "left");
            }
            case ClientFrame.Join _ -> throw new AssertionError("taken above");
        }
    }

    private void join(ClientFrame.Join join) {
        writer.format(join.format());
        var made =
                new MemberSession(
                        lane,
                        engine.groups(),
                        new TopicSource(engine, group.namespace()),
                        group,
                        SessionLimits.DEFAULT,
                        room,
                        this::told,
                        this::readable);
        session = made;
        delivery = new CreditedDelivery(made, StreamWriter.TURN_BYTES, writer::records);
        var request =
                new GroupRequest.Join(
                        join.instance(), join.resume(), Optional.of(id), join.client(), gateway);
        made.join(new MemberSession.Joining(request, join.positions()));
    }

    private void commit(MemberSession joined, ClientFrame.Commit commit) {
        if (commits >= COMMITS_MAX) {
            tell(
                    OptionalLong.of(commit.id()),
                    Problem.of(
                            ProblemType.OVERLOADED,
                            "%d commits of this stream are under way".formatted(commits)));
            return;
        }
        commits++;
        joined.commit(commit.epoch(), commit.offsets())
                .whenComplete((epoch, failure) -> {
                    commits--;
                    if (failure == null) {
                        metrics.committed();
                        writer.text(ServerFrames.committed(commit.id(), epoch));
                    } else {
                        tell(OptionalLong.of(commit.id()), problems.of(failure));
                    }
                });
    }

    private void readable() {
        if (delivery != null) {
            delivery.deliver();
        }
    }

    private void writable(boolean isWritable) {
        if (delivery != null) {
            if (isWritable) {
                delivery.open();
            } else {
                delivery.close();
            }
        }
    }

    private void told(SessionEvent event) {
        switch (event) {
            case SessionEvent.Joined joined -> joined(joined);
            case SessionEvent.Assigned assigned -> writer.text(ServerFrames.assigned(assigned));
            case SessionEvent.Revoking revoking -> writer.text(ServerFrames.revoking(revoking));
            case SessionEvent.Lost lost -> writer.text(ServerFrames.lost(lost));
            case SessionEvent.Skipped skipped -> writer.text(ServerFrames.skipped(skipped));
            case SessionEvent.Stopped stopped ->
                    tell(
                            problems.of(stopped.failure())
                                    .with("topic", stopped.partition().topic())
                                    .with("partition", stopped.partition().partition())
                                    .with("offset", stopped.offset()));
            case SessionEvent.Ended(var failure) -> refuse(problems.of(failure));
            case SessionEvent.Records _ -> throw new AssertionError("records are taken");
        }
    }

    private void joined(SessionEvent.Joined joined) {
        isMember = true;
        metrics.joined();
        Duration every = joined.config().sessionTimeout().dividedBy(HEARTBEATS_A_TIMEOUT);
        heartbeat = every;
        writer.text(ServerFrames.joined(joined, every));
        heardNs = lane.nowNs();
        lookedNs = heardNs;
        lane.schedule(every, this::beat);
    }

    private void beat() {
        Duration every = heartbeat;
        if (isOver || every == null) {
            return;
        }
        long now = lane.nowNs();
        if (now - lookedNs > 2 * every.toNanos()) {
            // Who did not look himself cannot tell that the other was silent.
            heardNs = now;
        }
        lookedNs = now;
        if (now - heardNs > SILENT_HEARTBEATS * every.toNanos()) {
            if (session != null) {
                session.leave(Reason.SILENT);
            }
            over(POLICY, "silent");
            return;
        }
        writer.text(ServerFrames.heartbeat());
        lane.schedule(every, this::beat);
    }

    /** A mistake that concerns one frame, or one partition. */
    private void tell(Problem problem) {
        tell(OptionalLong.empty(), problem);
    }

    private void tell(OptionalLong frame, Problem problem) {
        problems.count(problem);
        writer.text(ServerFrames.error(frame, problem));
    }

    /** After this there is no going on. */
    private void refuse(Problem problem) {
        if (isOver) {
            return;
        }
        tell(problem);
        if (session != null) {
            session.leave(Reason.CLOSED);
        }
        over(
                switch (problem.status()) {
                    case 429, 503, 504 -> TRY_LATER;
                    case 500 -> INTERNAL;
                    default -> POLICY;
                },
                problem.code());
    }

    /** What was stored cannot be told. */
    private void broken(Throwable failure) {
        refuse(problems.of(failure));
    }

    private void over(short code, String why) {
        isOver = true;
        var _ = writer.close(code, why);
    }

    private void closed() {
        isOver = true;
        writer.end();
        onClosed.accept(this);
        if (isMember) {
            metrics.gone();
        }
        if (session != null) {
            session.leave(Reason.CLOSED);
        }
    }

    /**
     * Ends the stream here; its member keeps what it holds, and comes back elsewhere.
     *
     * @return completes when the client was told, or cannot be
     */
    CompletableFuture<Void> moveElsewhere() {
        var told = new CompletableFuture<Void>();
        lane.execute(() -> {
            if (isOver) {
                told.complete(null);
                return;
            }
            isOver = true;
            if (session != null) {
                session.drop();
            }
            writer.close(RESTART, "this gateway stops").whenComplete((_, _) -> told.complete(null));
        });
        return told;
    }
}
