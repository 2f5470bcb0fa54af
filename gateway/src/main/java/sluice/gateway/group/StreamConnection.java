package sluice.gateway.group;

import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupRequest.Leave.Reason;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.problem.Problems;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;

/**
 * One stream: a connection, and what its first frame made of it. Owned by the connection's event
 * loop.
 *
 * <p>A connection that closes ends what it is for, and one that is silent for three heartbeats is
 * closed. Neither happens to a connection that is told to go elsewhere: there it goes on.
 */
final class StreamConnection implements StreamSocket.Listener {

    /** How long a client may take for its first frame. */
    private static final Duration FIRST_WITHIN = Duration.ofSeconds(5);

    private static final int HEARTBEATS_A_TIMEOUT = 4;
    private static final int SILENT_HEARTBEATS = 3;

    /** Close codes of RFC 6455. */
    static final short NORMAL = 1000;

    static final short POLICY = 1008;
    private static final short INTERNAL = 1011;
    private static final short RESTART = 1012;
    private static final short TRY_LATER = 1013;

    private final StreamSocket socket;
    private final Lane lane;
    private final GroupName group;
    private final UUID id;
    private final StreamUses uses;
    private final Problems problems;
    private final Consumer<StreamConnection> onClosed;
    private final StreamWriter writer;

    private @Nullable StreamUse use;
    private Lane.@Nullable Timer firstDue;
    private @Nullable Duration heartbeat;
    private long heardNs;
    private long lookedNs;
    private boolean isOver;

    /**
     * @param id of this connection, never used before
     */
    StreamConnection(
            StreamSocket socket,
            Lane lane,
            GroupName group,
            UUID id,
            StreamUses uses,
            Vertx vertx,
            Consumer<StreamConnection> onClosed) {
        this.socket = socket;
        this.lane = lane;
        this.group = group;
        this.id = id;
        this.uses = uses;
        this.problems = uses.problems();
        this.onClosed = onClosed;
        writer = new StreamWriter(socket, vertx, this::writable, this::broken);
    }

    /** How often a client is to be heard of. */
    static Duration heartbeatOf(Duration sessionTimeout) {
        return sessionTimeout.dividedBy(HEARTBEATS_A_TIMEOUT);
    }

    Lane lane() {
        return lane;
    }

    UUID id() {
        return id;
    }

    StreamWriter writer() {
        return writer;
    }

    void start() {
        heardNs = lane.nowNs();
        socket.begin(this);
        firstDue =
                lane.schedule(
                        FIRST_WITHIN,
                        () -> {
                            if (use == null) {
                                malformed(
                                        "No first frame came within %d ms"
                                                .formatted(FIRST_WITHIN.toMillis()));
                            }
                        });
    }

    @Override
    public void malformed(String detail) {
        refuse(Problem.of(ProblemType.MALFORMED_REQUEST, detail));
    }

    @Override
    public void heard() {
        heardNs = lane.nowNs();
    }

    @Override
    public void drained() {
        writer.drained();
    }

    @Override
    public void received(String text) {
        if (isOver) {
            return;
        }
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            JsonFields frame = JsonFields.of(bytes, 0, bytes.length);
            StreamUse now = use;
            if (now == null) {
                use = uses.begin(this, group, frame);
                firstIsThere();
            } else {
                now.take(frame);
            }
        } catch (ProblemException | SluiceException refused) {
            refuse(problems.of(refused));
        }
    }

    private void firstIsThere() {
        if (firstDue != null) {
            firstDue.cancel();
        }
    }

    private void writable(boolean isWritable) {
        if (use != null) {
            use.writable(isWritable);
        }
    }

    /**
     * What the stream is for has begun; from now on both sides are heard of.
     *
     * @param every interval of heartbeats
     */
    void begun(Duration every) {
        heartbeat = every;
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
            if (use != null) {
                use.end(Reason.SILENT);
            }
            over(POLICY, "silent");
            return;
        }
        writer.text(ServerFrames.heartbeat());
        lane.schedule(every, this::beat);
    }

    /** A mistake that concerns one frame, or one partition. */
    void tell(Problem problem) {
        tell(OptionalLong.empty(), problem);
    }

    /**
     * As {@link #tell(Problem)}.
     *
     * @param frame id of the client's frame that it is about
     */
    void tell(OptionalLong frame, Problem problem) {
        problems.count(problem);
        writer.text(ServerFrames.error(frame, problem));
    }

    /** After this there is no going on. */
    void refuse(Problem problem) {
        if (isOver) {
            return;
        }
        tell(problem);
        if (use != null) {
            use.end(Reason.CLOSED);
        }
        over(codeOf(problem), problem.code());
    }

    /** With which a stream is closed that ends for it. */
    static short codeOf(Problem problem) {
        return switch (problem.status()) {
            case 429, 503, 504 -> TRY_LATER;
            case 500 -> INTERNAL;
            default -> POLICY;
        };
    }

    /** What was stored cannot be told. */
    private void broken(Throwable failure) {
        refuse(problems.of(failure));
    }

    /** The client left, and that is done. */
    void left() {
        over(NORMAL, "left");
    }

    private void over(short code, String why) {
        isOver = true;
        var _ = writer.close(code, why);
    }

    @Override
    public void closed() {
        isOver = true;
        firstIsThere(); // Or never will be.
        writer.end();
        onClosed.accept(this);
        if (use != null) {
            use.end(Reason.CLOSED);
            use.gone();
        }
    }

    /**
     * Ends the stream here; its member or session keeps what it has, and comes back elsewhere.
     *
     * @return completes when the client was told, or cannot be
     */
    CompletableFuture<Void> moveElsewhere() {
        var told = new CompletableFuture<Void>();
        Runnable close =
                () -> {
                    if (isOver) {
                        told.complete(null);
                        return;
                    }
                    isOver = true;
                    writer.close(RESTART, "this gateway stops")
                            .whenComplete((_, _) -> told.complete(null));
                };
        lane.execute(() -> {
            if (use == null || isOver) {
                close.run();
            } else {
                use.goElsewhere(close);
            }
        });
        return told;
    }
}
