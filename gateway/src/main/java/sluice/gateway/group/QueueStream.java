package sluice.gateway.group;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupRequest.Leave.Reason;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.session.PushedSession;
import sluice.gateway.consume.ValueFormat;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.log.SluiceException;

/** A stream that is a session of a queue group. */
final class QueueStream implements StreamUse, PushedSession.Listener {

    private final StreamUses uses;
    private final StreamConnection stream;
    private final ValueFormat format;
    private final PushedSession session;
    private boolean isOpen;

    private QueueStream(
            StreamUses uses, StreamConnection stream, GroupName group, ValueFormat format) {
        this.uses = uses;
        this.stream = stream;
        this.format = format;
        session = new PushedSession(stream.lane(), uses.engine().groups(), group, this);
    }

    static QueueStream open(
            StreamUses uses, StreamConnection stream, GroupName group, QueueFrame.Open open) {
        var made = new QueueStream(uses, stream, group, open.format());
        var request =
                new QueueRequest.Open(
                        open.resume(),
                        Optional.of(stream.id()),
                        0,
                        open.client(),
                        uses.calls().node(),
                        uses.calls().gateway());
        made.session.open(request, open.credit());
        return made;
    }

    @Override
    public void take(JsonFields fields) {
        switch (QueueFrame.parse(fields)) {
            case QueueFrame.Open _ -> throw new AssertionError("parsed as a first frame alone");
            case QueueFrame.Credit(int messages) -> session.credit(messages);
            case QueueFrame.Settle settle -> settle(settle);
            case QueueFrame.Heartbeat _ -> {}
            case QueueFrame.Leave _ -> session.end(stream::left);
        }
    }

    private void settle(QueueFrame.Settle settle) {
        if (!isOpen) {
            throw new ProblemException(
                    ProblemType.MALFORMED_REQUEST, "Nothing was delivered on this stream yet");
        }
        OptionalLong id = OptionalLong.of(settle.id());
        List<QueueRequest.Item> items;
        try {
            items = settle.items();
        } catch (ProblemException | SluiceException wrong) {
            stream.tell(id, uses.problems().of(wrong));
            return;
        }
        session.settle(items)
                .whenComplete((results, failure) -> {
                    if (failure != null) {
                        refused(id, uses.problems().of(failure));
                    } else {
                        uses.metrics().settled(results.size());
                        stream.writer().text(ServerFrames.settled(settle.id(), items, results));
                    }
                });
    }

    /** What will not pass ends the session, which is told on its own. */
    private void refused(OptionalLong id, Problem problem) {
        if (problem.status() == 429 || problem.status() >= 500) {
            stream.tell(id, problem);
        }
    }

    @Override
    public void opened(QueueReply.Opened opened) {
        isOpen = true;
        uses.metrics().sessionOpened();
        Duration every = StreamConnection.heartbeatOf(opened.config().sessionTimeout());
        stream.writer().text(ServerFrames.opened(opened, session.credit(), every));
        stream.begun(every);
    }

    @Override
    public void delivered(List<QueueReply.Message> messages) {
        StreamWriter writer = stream.writer();
        if (writer.isOver()) {
            return;
        }
        uses.metrics().delivered(messages.size(), DeliverFrame.sizeBytes(messages));
        if (format == ValueFormat.BINARY) {
            writer.binary(Buffer.buffer(DeliverFrame.bytes(messages)));
        } else {
            writer.render(new DeliverFrames(messages, 0, format));
        }
    }

    @Override
    public void lost(List<DeliveryId> deliveries) {
        stream.writer().text(ServerFrames.lost(deliveries));
    }

    @Override
    public void ended(SluiceException failure) {
        stream.refuse(uses.problems().of(failure));
    }

    @Override
    public void writable(boolean isWritable) {
        session.ready(isWritable);
    }

    @Override
    public void end(Reason reason) {
        session.end(() -> {});
    }

    @Override
    public void goElsewhere(Runnable then) {
        session.goElsewhere(then);
    }

    @Override
    public void gone() {
        if (isOpen) {
            uses.metrics().sessionGone();
        }
    }
}
