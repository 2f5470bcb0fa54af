package sluice.client.stream;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.client.error.Problem;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.SluiceClientException;
import sluice.client.json.Json;
import sluice.client.json.JsonException;
import sluice.client.record.TopicPartition;

/**
 * One member of a group: a session that outlives connections and gateways.
 *
 * <pre>
 *              begin           opened: send join       joined
 *   Resting ─────────▶ Dialing ─────────────▶ Joining ────────▶ Confirming ──▶ Joined
 *      ▲                  ▲ │                    │                   │  first frame that is
 *      │ leave            │ │ refused, too slow  │ closed,           │  not of holds
 *      │                  │ ▼                    ▼ silent            ▼
 *   Closing           Waiting ◀──────────────────────────────────────┘
 *                      next gateway, after a pause
 *   any ──▶ Failed: fenced, refused for good
 * </pre>
 *
 * <p>In Confirming the gateway says of what was held before what is held still; all frames of it
 * come before any other. What is not said is lost. A member that the coordinator does not know any
 * more joins as a new one. Whatever is buffered goes with the connection: the session resumes where
 * the application stands. Owned by its lane; nothing here waits.
 */
final class StreamSession implements StreamAttempt.Owner {

    private static final Logger LOGGER = LoggerFactory.getLogger(StreamSession.class);

    private static final int NORMAL = 1000;

    /** Said by a gateway that stops in good order: the next one is there at once. */
    private static final int SERVICE_RESTART = 1012;

    /** Intervals of heartbeats without a frame after which a connection is taken for dead. */
    private static final int SILENT_INTERVALS = 3;

    enum State {
        RESTING,
        WAITING,
        DIALING,
        JOINING,
        CONFIRMING,
        JOINED,
        CLOSING,
        FAILED
    }

    private final SessionLane lane;
    private final StreamDialer dialer;
    private final StreamSettings settings;
    private final Runnable changed;
    private final HeldPartitions partitions;
    private final CommitQueue commits;

    private State state = State.RESTING;
    private StreamAttempt attempt;
    private Optional<String> member = Optional.empty();
    private int gateway;
    private int failures;
    private Duration heartbeat = Duration.ofSeconds(2);
    private Duration sessionTimeout = Duration.ofSeconds(8);
    private long heardNs;
    private long sentNs;
    private @Nullable SluiceClientException failure;

    /**
     * @param changed called on the lane when there may be something new for the application
     */
    StreamSession(
            SessionLane lane, StreamDialer dialer, StreamSettings settings, Runnable changed) {
        this.lane = lane;
        this.dialer = dialer;
        this.settings = settings;
        this.changed = changed;
        this.gateway = settings.firstGateway();
        this.attempt = new StreamAttempt(lane, this);
        partitions = new HeldPartitions(settings.windowBytes(), this::send);
        commits =
                new CommitQueue(
                        partitions,
                        (id, offsets) -> {
                            if (state != State.JOINED) {
                                return false;
                            }
                            send(StreamFrames.commit(id, partitions.epoch(), offsets));
                            return true;
                        });
    }

    State state() {
        return state;
    }

    HeldPartitions partitions() {
        return partitions;
    }

    CommitQueue commits() {
        return commits;
    }

    /** Why there will be no more; empty as long as it goes on. */
    Optional<SluiceClientException> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * True if records may be handed out: who was not heard for a session timeout may have lost what
     * it holds. A process that slept looks here before its timers.
     */
    boolean isHeard() {
        return (state == State.JOINED || state == State.CONFIRMING)
                && lane.nowNs() - heardNs < sessionTimeout.toNanos();
    }

    void begin() {
        if (state == State.RESTING) {
            dial();
        }
    }

    /**
     * Leaves the group.
     *
     * @param closed called when the gateway knows, or cannot be told
     */
    void leave(Runnable closed) {
        StreamAttempt leaving = attempt;
        if (state == State.JOINED || state == State.CONFIRMING) {
            send(StreamFrames.leave());
        }
        state = State.CLOSING;
        partitions.lostAll();
        commits.failAll(new RetriableException("the consumer was closed before the commit"));
        leaving.close(closed);
    }

    /** Ends what {@link #leave} could not end in good order. */
    void abort() {
        attempt.abort();
    }

    private void dial() {
        state = State.DIALING;
        var dialing = new StreamAttempt(lane, this);
        attempt = dialing;
        URI to = settings.gateways().get(gateway);
        expect(dialing, settings.dialTimeout(), "no connection in time");
        dialer.dial(to, settings.group(), dialing);
    }

    private void expect(StreamAttempt of, Duration within, String otherwise) {
        of.expect(within, () -> disconnected(otherwise, false));
    }

    @Override
    public void opened() {
        state = State.JOINING;
        expect(attempt, settings.joinTimeout(), "no answer to join in time");
        Optional<StreamFrames.Resume> resume =
                member.map(id -> new StreamFrames.Resume(id, partitions.epoch()));
        sentNs = lane.nowNs();
        attempt.send(
                StreamFrames.join(
                        settings.client(), settings.instance(), resume, partitions.resumeAt()));
    }

    @Override
    public void text(String frame) {
        heardNs = lane.nowNs();
        Json json;
        try {
            json = Json.parse(frame);
            text(json.text("type"), json);
        } catch (JsonException | IllegalArgumentException e) {
            disconnected("a frame that cannot be read: " + e.getMessage(), false);
            return;
        }
        changed.run();
    }

    private void text(String type, Json frame) {
        boolean isOfHolds = true;
        switch (type) {
            case "joined" -> joined(frame);
            case "assigned" -> {
                epoch(frame);
                partitions.assigned(StreamFrames.positions(frame));
                confirmed(partitions.areAllConfirmed());
            }
            case "revoking" -> {
                epoch(frame);
                partitions.revoking(StreamFrames.partitions(frame));
                confirmed(partitions.areAllConfirmed());
            }
            case "lost" -> {
                epoch(frame);
                partitions.lost(StreamFrames.partitions(frame));
            }
            default -> isOfHolds = false;
        }
        if (isOfHolds) {
            return;
        }
        confirmed(true);
        switch (type) {
            case "committed" -> {
                epoch(frame);
                commits.committed(frame.number("id"));
            }
            case "skipped" ->
                    partitions.skipped(
                            StreamFrames.partition(frame),
                            frame.number("from"),
                            frame.number("to"));
            case "error" -> error(frame);
            default -> {} // Heartbeats, and what a newer gateway may say.
        }
    }

    private void joined(Json frame) {
        member = Optional.of(frame.text("member"));
        partitions.epoch(frame.number("epoch"));
        heartbeat = Duration.ofMillis(Math.max(1, frame.number("heartbeatMs")));
        sessionTimeout = Duration.ofMillis(Math.max(1, frame.number("sessionTimeoutMs")));
        failures = 0;
        state = State.CONFIRMING;
        attempt.unexpect();
        partitions.joined();
        confirmed(partitions.areAllConfirmed());
        tick(attempt);
    }

    /** An older epoch is of a frame that a commit's answer overtook. */
    private void epoch(Json frame) {
        partitions.epoch(Math.max(partitions.epoch(), frame.number("epoch", -1)));
    }

    /**
     * @param isAll true if nothing is left to be confirmed, or will be
     */
    private void confirmed(boolean isAll) {
        if (isAll && state == State.CONFIRMING) {
            state = State.JOINED;
            partitions.allConfirmed();
            commits.sendNext();
        }
    }

    @Override
    public void binary(ByteBuffer frame) {
        heardNs = lane.nowNs();
        confirmed(true);
        try {
            partitions.records(StreamFrames.records(frame));
        } catch (JsonException | SluiceClientException | IllegalArgumentException e) {
            disconnected("a frame that cannot be read: " + e.getMessage(), false);
            return;
        }
        changed.run();
    }

    private void error(Json frame) {
        Problem problem = StreamFrames.problem(frame);
        if (frame.field("id").isPresent()) {
            if (commits.refused(frame.number("id"), problem)) {
                StreamAttempt of = attempt;
                lane.after(settings.retryFirst(), () -> ifCurrent(of, commits::sendNext));
            }
        } else if (frame.field("topic").isPresent() && frame.field("partition").isPresent()) {
            TopicPartition partition = StreamFrames.partition(frame);
            if (problem.code().equals("not-assigned")) {
                return; // It was sought while it was taken, and that was told before.
            }
            partitions.failed(partition, new SluiceApiException("read " + partition, problem));
        } else {
            ended(problem);
        }
    }

    /** A problem of the session as a whole; the gateway closes the connection after it. */
    private void ended(Problem problem) {
        if (problem.code().equals("unknown-member")) {
            // It was away for too long; its partitions are others' by now.
            member = Optional.empty();
            partitions.lostAll();
            disconnected(problem.toString(), true);
        } else if (CommitQueue.mayPass(problem)) {
            disconnected(problem.toString(), false);
        } else {
            fail(new SluiceApiException("group " + settings.group(), problem));
        }
    }

    private void fail(SluiceClientException cause) {
        attempt.abort();
        state = State.FAILED;
        failure = cause;
        partitions.lostAll();
        commits.failAll(cause);
        changed.run();
    }

    @Override
    public void closed(int code, String reason) {
        disconnected("closed: code=" + code + " reason=" + reason, code == SERVICE_RESTART);
    }

    @Override
    public void refused(int status, String reason) {
        if (status == 404 || status == 400 || status == 401 || status == 403) {
            fail(
                    new SluiceApiException(
                            "group " + settings.group(),
                            new Problem(
                                    status == 404 ? "unknown-group" : "",
                                    status,
                                    "The gateway opens no stream",
                                    reason,
                                    "",
                                    Map.of())));
        } else {
            disconnected("refused: status=" + status + " reason=" + reason, false);
        }
    }

    /**
     * @param isNextThere true: the next gateway can be asked at once
     */
    private void disconnected(String why, boolean isNextThere) {
        LOGGER.atInfo()
                .addKeyValue("group", settings.group())
                .addKeyValue("gateway", settings.gateways().get(gateway))
                .addKeyValue("reason", why)
                .log("stream: a connection is over; the session goes on with the next gateway");
        attempt.abort();
        var waiting = new StreamAttempt(lane, this);
        attempt = waiting;
        state = State.WAITING;
        partitions.disconnected();
        commits.disconnected();
        gateway = (gateway + 1) % settings.gateways().size();
        Duration pause = isNextThere && failures == 0 ? Duration.ZERO : pause();
        failures++;
        lane.after(pause, () -> ifCurrent(waiting, this::dial));
        changed.run();
    }

    /** Each gateway is asked once before the first pause grows. */
    private Duration pause() {
        int rounds = failures / settings.gateways().size();
        Duration pause = settings.retryFirst().multipliedBy(1L << Math.min(rounds, 10));
        return pause.compareTo(settings.retryMax()) < 0 ? pause : settings.retryMax();
    }

    private void tick(StreamAttempt of) {
        if (lane.nowNs() - heardNs >= heartbeat.multipliedBy(SILENT_INTERVALS).toNanos()) {
            disconnected("nothing was heard for three heartbeats", false);
            return;
        }
        Duration third = heartbeat.dividedBy(3);
        if (lane.nowNs() - sentNs >= third.toNanos()) {
            send(StreamFrames.heartbeat());
        }
        lane.after(third, () -> ifCurrent(of, () -> tick(of)));
    }

    /** Sends a frame if the gateway knows the member; after a reconnection it is told all anew. */
    private void send(String frame) {
        if (state == State.JOINED || state == State.CONFIRMING) {
            sentNs = lane.nowNs();
            attempt.send(frame);
        }
    }

    private void ifCurrent(StreamAttempt of, Runnable task) {
        if (isCurrent(of)) {
            task.run();
        }
    }

    @Override
    public boolean isCurrent(StreamAttempt of) {
        return of == attempt && state != State.CLOSING && state != State.FAILED;
    }
}
