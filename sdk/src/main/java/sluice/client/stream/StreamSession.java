package sluice.client.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.client.error.Problem;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.SluiceClientException;
import sluice.client.json.Json;
import sluice.client.link.Frames;
import sluice.client.link.GatewayLink;
import sluice.client.link.SessionLane;
import sluice.client.link.StreamDialer;
import sluice.client.record.TopicPartition;

/**
 * One member of a group: a session that outlives connections and gateways.
 *
 * <pre>
 *   established by the link                                    first frame that is
 *        joined ──────────────▶ Confirming ──────────────────▶ Joined
 *                                                not of holds
 * </pre>
 *
 * <p>In Confirming the gateway says of what was held before what is held still; all frames of it
 * come before any other. What is not said is lost. A member that the coordinator does not know any
 * more joins as a new one. Whatever is buffered goes with the connection: the session resumes where
 * the application stands. Owned by its lane; nothing here waits.
 */
final class StreamSession implements GatewayLink.Owner {

    private final StreamSettings settings;
    private final Runnable changed;
    private final GatewayLink link;
    private final HeldPartitions partitions;
    private final CommitQueue commits;

    private Optional<String> member = Optional.empty();
    private Duration sessionTimeout = Duration.ofSeconds(8);

    /** True once the gateway said of all that was held before what is held still. */
    private boolean isConfirmed;

    private @Nullable SluiceClientException failure;

    /**
     * @param changed called on the lane when there may be something new for the application
     */
    StreamSession(
            SessionLane lane, StreamDialer dialer, StreamSettings settings, Runnable changed) {
        this.settings = settings;
        this.changed = changed;
        link = new GatewayLink(lane, dialer, settings.link(), this);
        partitions = new HeldPartitions(settings.windowBytes(), link::send);
        commits =
                new CommitQueue(
                        partitions,
                        (id, offsets) -> {
                            if (!isJoined()) {
                                return false;
                            }
                            link.send(StreamFrames.commit(id, partitions.epoch(), offsets));
                            return true;
                        });
    }

    /** True if the gateway knows the member, and said of all that was held what is held still. */
    boolean isJoined() {
        return link.isEstablished() && isConfirmed;
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
        return link.isHeardWithin(sessionTimeout);
    }

    void begin() {
        link.begin();
    }

    /**
     * Leaves the group.
     *
     * @param closed called when the gateway knows, or cannot be told
     */
    void leave(Runnable closed) {
        link.send(StreamFrames.leave());
        link.close(closed);
        partitions.lostAll();
        commits.failAll(new RetriableException("the consumer was closed before the commit"));
    }

    /** Ends what {@link #leave} could not end in good order. */
    void abort() {
        link.abort();
    }

    @Override
    public void opened() {
        Optional<StreamFrames.Resume> resume =
                member.map(id -> new StreamFrames.Resume(id, partitions.epoch()));
        link.greet(
                StreamFrames.join(
                        settings.client(), settings.instance(), resume, partitions.resumeAt()));
    }

    @Override
    public void text(Json frame) {
        text(frame.text("type"), frame);
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
        sessionTimeout = Duration.ofMillis(Math.max(1, frame.number("sessionTimeoutMs")));
        isConfirmed = false;
        link.established(Duration.ofMillis(Math.max(1, frame.number("heartbeatMs"))));
        partitions.joined();
        confirmed(partitions.areAllConfirmed());
    }

    /** An older epoch is of a frame that a commit's answer overtook. */
    private void epoch(Json frame) {
        partitions.epoch(Math.max(partitions.epoch(), frame.number("epoch", -1)));
    }

    /**
     * @param isAll true if nothing is left to be confirmed, or will be
     */
    private void confirmed(boolean isAll) {
        if (isAll && link.isEstablished() && !isConfirmed) {
            isConfirmed = true;
            partitions.allConfirmed();
            commits.sendNext();
        }
    }

    @Override
    public void binary(ByteBuffer frame) {
        confirmed(true);
        partitions.records(StreamFrames.records(frame));
        changed.run();
    }

    private void error(Json frame) {
        Problem problem = Frames.problem(frame);
        if (frame.field("id").isPresent()) {
            if (commits.refused(frame.number("id"), problem)) {
                link.later(settings.retryFirst(), commits::sendNext);
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
            link.disconnect(problem.toString(), true);
        } else if (Frames.mayPass(problem)) {
            link.disconnect(problem.toString(), false);
        } else {
            refused(new SluiceApiException("group " + settings.group(), problem));
        }
    }

    @Override
    public void refused(SluiceClientException cause) {
        link.fail();
        failure = cause;
        partitions.lostAll();
        commits.failAll(cause);
        changed.run();
    }

    @Override
    public void disconnected() {
        isConfirmed = false;
        partitions.disconnected();
        commits.disconnected();
        changed.run();
    }
}
