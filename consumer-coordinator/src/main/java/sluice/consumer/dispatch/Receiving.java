package sluice.consumer.dispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;

/** A call that waits for messages. */
final class Receiving implements Comparable<Receiving> {

    final Taker taker;
    final @Nullable QueueSession session;
    final Receiver receiver;
    final int messagesMax;
    final int bytesMax;
    final Optional<Duration> visibility;
    final boolean isCounting;
    final List<QueueReply.Message> got = new ArrayList<>();

    /** When it is answered at the latest. */
    final long deadlineNs;

    /** When it is to be looked at; changed only while it is in no queue. */
    long dueNs;

    private final long order;

    Receiving(
            Taker taker,
            @Nullable QueueSession session,
            Receiver receiver,
            QueueRequest.Receive request,
            long deadlineNs,
            long order) {
        this.taker = taker;
        this.session = session;
        this.receiver = receiver;
        this.messagesMax = request.messagesMax();
        this.bytesMax = request.bytesMax();
        this.visibility = request.visibility();
        this.isCounting = request.received() >= 0;
        this.deadlineNs = deadlineNs;
        this.dueNs = deadlineNs;
        this.order = order;
    }

    /** Messages that it would take beside those that it has and that were asked for. */
    int room() {
        int room = messagesMax - got.size() - taker.asked;
        if (session != null && session.prefetch > 0) {
            room = Math.min(room, session.prefetch - taker.load() - session.untold.size());
        }
        return Math.max(0, room);
    }

    /** Its part of the bytes for so many of its messages. */
    int bytesFor(int messages) {
        return (int) Math.max(1, (long) bytesMax * messages / Math.max(1, messagesMax));
    }

    @Override
    public int compareTo(Receiving other) {
        int byTime = Long.compare(dueNs - other.dueNs, 0);
        return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
}
