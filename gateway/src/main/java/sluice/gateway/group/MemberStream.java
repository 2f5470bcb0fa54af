package sluice.gateway.group;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupRequest.Leave.Reason;
import sluice.consumer.session.Chunk;
import sluice.consumer.session.CreditedDelivery;
import sluice.consumer.session.MemberSession;
import sluice.consumer.session.SessionEvent;
import sluice.consumer.session.SessionLimits;
import sluice.engine.TopicSource;
import sluice.gateway.consume.ValueFormat;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/** A stream that is a member of a stream group. */
final class MemberStream implements StreamUse {

    /** Records taken at a time. */
    private static final long TURN_BYTES = 64 << 10;

    private static final int COMMITS_MAX = 1_000;

    private final StreamUses uses;
    private final StreamConnection stream;
    private final ValueFormat format;
    private final MemberSession session;
    private final CreditedDelivery delivery;
    private int commits;
    private boolean isMember;

    private MemberStream(
            StreamUses uses, StreamConnection stream, GroupName group, ValueFormat format) {
        this.uses = uses;
        this.stream = stream;
        this.format = format;
        session =
                new MemberSession(
                        stream.lane(),
                        uses.engine().groups(),
                        new TopicSource(uses.engine(), group.namespace()),
                        group,
                        SessionLimits.DEFAULT,
                        uses.room(),
                        this::told,
                        this::readable);
        delivery = new CreditedDelivery(session, TURN_BYTES, this::records);
    }

    static MemberStream join(
            StreamUses uses, StreamConnection stream, GroupName group, ClientFrame.Join join) {
        var member = new MemberStream(uses, stream, group, join.format());
        var request =
                new GroupRequest.Join(
                        join.instance(),
                        join.resume(),
                        Optional.of(stream.id()),
                        join.client(),
                        uses.calls().gateway());
        member.session.join(new MemberSession.Joining(request, join.positions()));
        return member;
    }

    @Override
    public void take(JsonFields fields) {
        switch (ClientFrame.parse(fields)) {
            case ClientFrame.Join _ ->
                    throw new ProblemException(
                            ProblemType.MALFORMED_REQUEST, "This stream has joined already");
            case ClientFrame.Credit(var bytes) -> delivery.grant(bytes);
            case ClientFrame.Commit commit -> commit(commit);
            case ClientFrame.Release(var partitions) -> session.release(partitions);
            case ClientFrame.Pause(var partitions) -> session.pause(partitions);
            case ClientFrame.Resume(var partitions) -> session.resume(partitions);
            case ClientFrame.Seek(var partition, var offset) -> {
                if (!session.seek(partition, offset)) {
                    stream.tell(
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
                session.leave(Reason.LEFT);
                stream.left();
            }
        }
    }

    private void commit(ClientFrame.Commit commit) {
        if (commits >= COMMITS_MAX) {
            stream.tell(
                    OptionalLong.of(commit.id()),
                    Problem.of(
                            ProblemType.OVERLOADED,
                            "%d commits of this stream are under way".formatted(commits)));
            return;
        }
        commits++;
        session.commit(commit.epoch(), commit.offsets())
                .whenComplete((epoch, failure) -> {
                    commits--;
                    if (failure == null) {
                        uses.metrics().committed();
                        stream.writer().text(ServerFrames.committed(commit.id(), epoch));
                    } else {
                        stream.tell(OptionalLong.of(commit.id()), uses.problems().of(failure));
                    }
                });
    }

    private void readable() {
        delivery.deliver();
    }

    private void records(Chunk chunk) {
        StreamWriter writer = stream.writer();
        if (writer.isOver()) {
            return;
        }
        uses.metrics().delivered(chunk.nextOffset() - chunk.from(), chunk.bytes());
        if (format == ValueFormat.BINARY) {
            writer.binary(ServerFrames.binaryRecords(chunk));
        } else {
            writer.render(new ChunkFrames(chunk, chunk.from(), format));
        }
    }

    @Override
    public void writable(boolean isWritable) {
        if (isWritable) {
            delivery.open();
        } else {
            delivery.close();
        }
    }

    private void told(SessionEvent event) {
        StreamWriter writer = stream.writer();
        switch (event) {
            case SessionEvent.Joined joined -> joined(joined);
            case SessionEvent.Assigned assigned -> writer.text(ServerFrames.assigned(assigned));
            case SessionEvent.Revoking revoking -> writer.text(ServerFrames.revoking(revoking));
            case SessionEvent.Lost lost -> writer.text(ServerFrames.lost(lost));
            case SessionEvent.Skipped skipped -> writer.text(ServerFrames.skipped(skipped));
            case SessionEvent.Stopped stopped ->
                    stream.tell(
                            uses.problems()
                                    .of(stopped.failure())
                                    .with("topic", stopped.partition().topic())
                                    .with("partition", stopped.partition().partition())
                                    .with("offset", stopped.offset()));
            case SessionEvent.Ended(var failure) -> stream.refuse(uses.problems().of(failure));
            case SessionEvent.Records _ -> throw new AssertionError("records are taken");
        }
    }

    private void joined(SessionEvent.Joined joined) {
        isMember = true;
        uses.metrics().joined();
        Duration every = StreamConnection.heartbeatOf(joined.config().sessionTimeout());
        stream.writer().text(ServerFrames.joined(joined, every));
        stream.begun(every);
    }

    @Override
    public void end(Reason reason) {
        session.leave(reason);
    }

    @Override
    public void goElsewhere(Runnable then) {
        session.drop();
        then.run();
    }

    @Override
    public void gone() {
        if (isMember) {
            uses.metrics().gone();
        }
    }
}
