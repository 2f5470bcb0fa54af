package sluice.consumer.dispatch;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.consumer.dispatch.QueueSession.Unconfirmed;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.PartitionRequest;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;

/**
 * Calls that wait for messages, and their numbered answers.
 *
 * <pre>
 *   waits ── a message ──▶ gathers ── all that was asked for is there, or 50 ms passed ─▶ answered
 *     └───── its time passed, or it is for nothing; nothing is asked for ─────────────────▲
 * </pre>
 */
final class Receives {

    private static final int WAITING_MAX = 20_000;
    private static final int BYTES_MAX = 16 << 20;
    private static final Duration WAIT_MAX = Duration.ofMinutes(5);

    /** Even who does not want to wait waits until the owners could be asked. */
    private static final long WAIT_NS_MIN = Duration.ofMillis(200).toNanos();

    /** So long, who has something waits for what else was asked for. */
    private static final long GATHER_NS = Duration.ofMillis(50).toNanos();

    private final LeaseBook leases;
    private final Supplier<UUID> ids;
    private final TreeSet<Receiving> waiting = new TreeSet<>();
    private long lastOrder;

    Receives(LeaseBook leases, Supplier<UUID> ids) {
        this.leases = leases;
        this.ids = ids;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * @throws SluiceException INVALID {@code bad-queue-request}
     */
    static void check(QueueRequest.Receive request) {
        int messages = request.messagesMax();
        if (messages < 0 || messages > PartitionRequest.MESSAGES_MAX) {
            throw QueueRefusals.badNumber("max", messages, "0.." + PartitionRequest.MESSAGES_MAX);
        }
        if (request.bytesMax() < 1 || request.bytesMax() > BYTES_MAX) {
            throw QueueRefusals.badNumber("maxBytes", request.bytesMax(), "1.." + BYTES_MAX);
        }
        Duration wait = request.waitMax();
        if (wait.isNegative() || wait.compareTo(WAIT_MAX) > 0) {
            throw QueueRefusals.badNumber("waitMs", wait.toMillis(), "0.." + WAIT_MAX.toMillis());
        }
        if (request.session().isEmpty() && request.visibility().isEmpty()) {
            throw new SluiceException(
                    SluiceException.Kind.INVALID,
                    "bad-queue-request",
                    "whoever has no session says how long messages are his: a session or a visibility expected");
        }
    }

    /** A call without a session. */
    Taker beginWithout(QueueRequest.Receive request, Receiver receiver, long nowNs) {
        if (waiting.size() >= WAITING_MAX) {
            throw QueueRefusals.tooManyCalls(WAITING_MAX);
        }
        var taker = new Taker(ids.get(), false);
        if (request.messagesMax() == 0) {
            taker.isOver = true;
            receiver.received(0, List.of());
        } else {
            begin(taker, null, request, receiver, List.of(), nowNs);
        }
        return taker;
    }

    /**
     * A call of a session; one of the session's that waits is answered. A call for nothing ends
     * that, and gets what is on its way to the session still.
     *
     * @param back gets the leases that nobody has any more
     * @throws SluiceException INVALID {@code unknown-answer}
     */
    void begin(
            QueueSession session,
            QueueRequest.Receive request,
            Receiver receiver,
            List<Lease> back,
            long nowNs) {
        boolean isLast = isLast(session, request);
        List<QueueReply.Message> moved = List.of();
        Receiving earlier = session.taker.receiving;
        if (earlier != null && earlier.isCounting && !earlier.got.isEmpty() && !isLast) {
            answer(earlier, nowNs);
        } else if (earlier != null) {
            moved = List.copyOf(earlier.got);
            cancel(earlier);
        }
        if (isAgain(session, request.received())) {
            Unconfirmed last = requireNonNull(session.unconfirmed);
            receiver.again(
                    last.number(),
                    last.deliveries().stream().map(leases::get).filter(Objects::nonNull).toList());
            return;
        }
        confirm(session, request.received());
        if (request.messagesMax() > 0 || isLast) {
            begin(session.taker, session, request, receiver, moved, nowNs);
        } else {
            receiver.received(session.answers, List.of());
            for (QueueReply.Message each : moved) {
                Lease lease = leases.get(each.delivery());
                if (lease != null) {
                    back.add(lease);
                }
            }
        }
    }

    private void begin(
            Taker taker,
            @Nullable QueueSession session,
            QueueRequest.Receive request,
            Receiver receiver,
            List<QueueReply.Message> moved,
            long nowNs) {
        long deadlineNs = nowNs + Math.max(WAIT_NS_MIN, request.waitMax().toNanos());
        var receiving = new Receiving(taker, session, receiver, request, deadlineNs, ++lastOrder);
        receiving.got.addAll(moved);
        taker.receiving = receiving;
        waiting.add(receiving);
    }

    /** It asks for nothing, and waits for what was asked for on its behalf before. */
    private static boolean isLast(QueueSession session, QueueRequest.Receive request) {
        return request.messagesMax() == 0
                && request.received() >= 0
                && session.taker.asked > 0
                && !isAgain(session, request.received());
    }

    private static boolean isAgain(QueueSession session, long received) {
        Unconfirmed last = session.unconfirmed;
        return received >= 0 && last != null && received == last.number() - 1;
    }

    /**
     * @throws SluiceException INVALID {@code unknown-answer}
     */
    static void confirm(QueueSession session, long received) {
        if (received >= 0 && received != session.answers && !isAgain(session, received)) {
            throw QueueRefusals.unknownAnswer(session.id, received, session.answers);
        }
        if (received < 0 || received == session.answers) {
            session.unconfirmed = null;
        }
    }

    /** A message arrived for a call that waits. */
    void got(Receiving receiving, Lease lease, LogRecord record, long nowNs) {
        OptionalLong untilNs =
                receiving.visibility.isPresent()
                        ? OptionalLong.of(nowNs + receiving.visibility.get().toNanos())
                        : OptionalLong.empty();
        leases.add(receiving.taker, receiving.session, lease, untilNs);
        receiving.got.add(
                new QueueReply.Message(
                        lease.delivery(),
                        lease.partition(),
                        lease.count(),
                        lease.firstAtMs(),
                        lease.deadlineMs(),
                        record));
        long gatherNs = nowNs + GATHER_NS;
        if (gatherNs - receiving.dueNs < 0) {
            look(receiving, gatherNs);
        }
    }

    private void look(Receiving receiving, long dueNs) {
        waiting.remove(receiving);
        receiving.dueNs = dueNs;
        waiting.add(receiving);
    }

    /** True if the call is to be answered now. */
    static boolean isReady(Receiving receiving, long nowNs) {
        if (receiving.taker.asked == 0) {
            return receiving.messagesMax == 0
                    || !receiving.got.isEmpty()
                    || receiving.deadlineNs - nowNs <= 0;
        }
        boolean isDue = receiving.dueNs - nowNs <= 0;
        return isDue && (!receiving.got.isEmpty() || receiving.deadlineNs + GATHER_NS - nowNs <= 0);
    }

    /** Gives the call what it has. */
    void answer(Receiving receiving, long nowNs) {
        remove(receiving);
        QueueSession session = receiving.session;
        if (session == null) {
            receiving.receiver.received(1, receiving.got);
            return;
        }
        session.answeredNs = nowNs;
        session.answers++;
        if (receiving.isCounting) {
            List<DeliveryId> given =
                    receiving.got.stream().map(QueueReply.Message::delivery).toList();
            session.unconfirmed = new Unconfirmed(session.answers, given);
        }
        receiving.receiver.received(session.answers, receiving.got);
    }

    private void remove(Receiving receiving) {
        waiting.remove(receiving);
        receiving.taker.receiving = null;
    }

    /** Answers a call that another one replaces; what it has is the other's. */
    void cancel(Receiving receiving) {
        remove(receiving);
        QueueSession session = receiving.session;
        receiving.receiver.received(session == null ? 0 : session.answers, List.of());
    }

    void fail(Receiving receiving, SluiceException why) {
        remove(receiving);
        receiving.receiver.failed(why);
    }

    void failAll(SluiceException why) {
        List.copyOf(waiting).forEach(each -> fail(each, why));
    }

    /** Those that are to be looked at now. */
    List<Taker> due(long nowNs) {
        var due = new ArrayList<Taker>();
        while (!waiting.isEmpty() && waiting.first().dueNs - nowNs <= 0) {
            Receiving first = waiting.first();
            due.add(first.taker);
            waiting.remove(first);
        }
        for (Taker each : due) {
            Receiving receiving = requireNonNull(each.receiving);
            if (!isReady(receiving, nowNs)) {
                receiving.dueNs = nowNs + GATHER_NS;
            }
            waiting.add(receiving);
        }
        return due;
    }

    OptionalLong nextNs() {
        return waiting.isEmpty() ? OptionalLong.empty() : OptionalLong.of(waiting.first().dueNs);
    }
}
