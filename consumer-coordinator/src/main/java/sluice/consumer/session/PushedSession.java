package sluice.consumer.session;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.session.SessionCalls.Opened;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;

/**
 * A session of a queue group that has a connection: messages come as long as it has credit, by one
 * call that waits behind the other.
 *
 * <pre>
 *         open              answered              session-moved
 *   NEW ─────────▶ OPENING ──────────▶ OPEN ◀───────────────────▶ RESUMING
 *                                  │              answered
 *                    goes elsewhere └──▶ MOVING ── all calls answered, or 500 ms ──▶ OVER
 *   any ── ended here, or refused by the coordinator ──▶ OVER
 * </pre>
 *
 * <p>A message counts toward the credit until its consumer said what is to become of it, and not
 * until that is durable: the next one comes meanwhile. When the group has a new coordinator, which
 * cannot know what arrived, the session is resumed with what it has. All methods are called on the
 * lane, and the listener is told on it.
 */
public final class PushedSession {

    private static final int MESSAGES_MAX = 1_000;
    private static final int BYTES_MAX = 1 << 20;
    private static final Duration RETRY_FIRST = Duration.ofMillis(100);

    /** So long, what is under way delays that a session ends here. */
    private static final Duration END_MAX = Duration.ofMillis(500);

    /** Told in this order. */
    public interface Listener {
        /** It is open; told once, before anything else. */
        void opened(QueueReply.Opened opened);

        void delivered(List<QueueReply.Message> messages);

        /** These are its own no more. */
        void lost(List<DeliveryId> deliveries);

        /** It could not be opened, or the coordinator ended it. Nothing is told after it. */
        void ended(SluiceException failure);
    }

    private enum State {
        NEW,
        OPENING,
        OPEN,
        RESUMING,
        MOVING,
        OVER
    }

    private final Lane lane;
    private final SessionCalls calls;
    private final Listener listener;
    private final SessionSettlements settlements;
    private final HeldMessages held = new HeldMessages();
    private final RetryPauses pauses = new RetryPauses(RETRY_FIRST);

    private State state = State.NEW;
    private QueueRequest.@Nullable Open opening;
    private @Nullable Opened opened;
    private OptionalInt credit = OptionalInt.empty();
    private boolean isReady = true;
    private boolean isElsewhere;
    private Runnable onMoved = () -> {};

    /** Answers to calls that were sent before the session was resumed do not count. */
    private int generation;

    /** Calls for messages that are not answered. */
    private int receives;

    /** Messages that the latest of them asks for. */
    private int asked;

    /** Number of the last answer that arrived. */
    private long received;

    private boolean isPausing;
    private boolean isNextPlanned;

    public PushedSession(Lane lane, GroupCoordinator groups, GroupName group, Listener listener) {
        this.lane = lane;
        this.listener = listener;
        calls = new SessionCalls(lane, groups, group);
        settlements = new SessionSettlements(lane, this::send);
    }

    /**
     * Opens the session, or brings it back.
     *
     * @param request with a connection of its own, and prefetch 0: who has credit is known here
     * @param creditMax messages that it has at one time; empty for as many as the group's settings
     *     say
     */
    public void open(QueueRequest.Open request, OptionalInt creditMax) {
        lane.assertOwner();
        state = State.OPENING;
        opening = request;
        credit = creditMax;
        request.resume().ifPresent(resume -> resume.held().forEach(held::add));
        calls.call(request, QueueReply.Opened.class, this::opened, this::over);
    }

    private void opened(QueueReply.Opened reply) {
        var now = new Opened(reply.session(), requireNonNull(opening).connection(), reply.config());
        opened = now;
        if (state == State.OVER) {
            // It ended while it was opened.
            if (!isElsewhere) {
                calls.close(now);
            }
            return;
        }
        state = State.OPEN;
        var _ = held.lose(reply.lost());
        if (credit.isEmpty()) {
            credit = OptionalInt.of(reply.config().prefetch());
        }
        listener.opened(reply);
        lane.schedule(now.every(), this::look);
        next();
    }

    /** Messages that it has at one time. */
    public int credit() {
        return credit.orElse(0);
    }

    /** It has at most so many messages at one time from now on; what it has more, it keeps. */
    public void credit(int messages) {
        lane.assertOwner();
        credit = OptionalInt.of(messages);
        next();
    }

    /** Whether messages can be taken to the consumer now. */
    public void ready(boolean isReadyNow) {
        lane.assertOwner();
        isReady = isReadyNow;
        next();
    }

    private void next() {
        if (state != State.OPEN) {
            return;
        }
        int room = Math.max(0, Math.min(MESSAGES_MAX, credit() - held.open()));
        if (receives == 0) {
            if (room > 0 && isReady && !isPausing) {
                receive(room);
            }
        } else if (receives == 1 && room < asked) {
            // The one that waits asks for more than there is credit for by now.
            receive(room);
        }
    }

    /** After this turn, so that what is settled in it makes room for one call together. */
    private void nextLater() {
        if (!isNextPlanned) {
            isNextPlanned = true;
            lane.execute(() -> {
                isNextPlanned = false;
                next();
            });
        }
    }

    private void receive(int messages) {
        int of = generation;
        receives++;
        asked = messages;
        calls.call(
                requireNonNull(opened).receive(received, messages, BYTES_MAX),
                QueueReply.Received.class,
                reply -> {
                    if (of == generation) {
                        received(reply);
                    }
                },
                failure -> {
                    if (of == generation) {
                        receiveFailed(failure);
                    }
                });
    }

    private void received(QueueReply.Received reply) {
        receives--;
        pauses.reset();
        // One that was asked for twice comes twice.
        if ((state == State.OPEN || state == State.MOVING) && reply.number() > received) {
            received = reply.number();
            reply.messages().forEach(each -> held.add(each.delivery()));
            if (!reply.messages().isEmpty()) {
                listener.delivered(reply.messages());
            }
        }
        next();
        lookWhetherMoved();
    }

    private void receiveFailed(SluiceException failure) {
        receives--;
        if (state != State.OPEN) {
            lookWhetherMoved();
            return;
        }
        if (failure.code().equals("session-moved")) {
            resume();
        } else if (Failures.mayPass(failure)) {
            isPausing = true;
            lane.schedule(
                    pauses.next(),
                    () -> {
                        isPausing = false;
                        next();
                    });
        } else {
            over(failure);
        }
    }

    /** Tells a new coordinator what arrived; the rest of what was given out goes back. */
    private void resume() {
        QueueRequest.Open first = requireNonNull(opening);
        var resume = new QueueRequest.Resume(requireNonNull(opened).id(), held.all());
        state = State.RESUMING;
        generation++;
        receives = 0;
        calls.call(
                new QueueRequest.Open(
                        Optional.of(resume),
                        first.connection(),
                        first.prefetch(),
                        first.client(),
                        first.node(),
                        first.gateway()),
                QueueReply.Opened.class,
                this::resumed,
                this::resumeFailed);
    }

    private void resumeFailed(SluiceException failure) {
        if (!Failures.mayPass(failure)) {
            over(failure);
        } else if (state == State.RESUMING) {
            lane.schedule(
                    pauses.next(),
                    () -> {
                        if (state == State.RESUMING) {
                            resume();
                        }
                    });
        }
    }

    private void resumed(QueueReply.Opened reply) {
        if (state != State.RESUMING) {
            return;
        }
        state = State.OPEN;
        received = 0;
        pauses.reset();
        List<DeliveryId> lost = held.lose(reply.lost());
        if (!lost.isEmpty()) {
            listener.lost(lost);
        }
        next();
    }

    /** A call that waits is a sign of life; who has no credit gives one now and then. */
    private void look() {
        Opened now = requireNonNull(opened);
        if (state == State.OVER) {
            return;
        }
        if (state == State.OPEN && receives == 0 && calls.wasSilentFor(now.every())) {
            calls.beat(now, this::over);
        }
        lane.schedule(now.every(), this::look);
    }

    /**
     * Settles deliveries, each on its own.
     *
     * @return completes on the lane with what came of each, once all that is done is durable. Fails
     *     OVERLOADED {@code too-many-settlements}, or with what the coordinator said; repeating it
     *     is safe
     */
    public CompletionStage<List<QueueReply.Result>> settle(List<QueueRequest.Item> items) {
        lane.assertOwner();
        held.settling(items);
        CompletionStage<List<QueueReply.Result>> done =
                settlements
                        .add(items)
                        .whenComplete((results, _) -> {
                            held.settled(items, results);
                            next();
                        });
        nextLater();
        return done;
    }

    private void send(
            List<QueueRequest.Item> items, Consumer<Outcome<List<QueueReply.Result>>> then) {
        calls.call(
                requireNonNull(opened, "nothing is settled before it is open").settle(items),
                QueueReply.Settled.class,
                reply -> then.accept(new Outcome.Success<>(reply.results())),
                failure -> {
                    then.accept(new Outcome.Failure<>(failure));
                    if (!Failures.mayPass(failure)) {
                        over(failure);
                    }
                });
    }

    /**
     * Ends the session: what it has goes to others, once what is being settled is.
     *
     * @param then called when the session's settlements are answered, or soon
     */
    public void end(Runnable then) {
        lane.assertOwner();
        Opened now = opened;
        boolean isOpen = state == State.OPEN || state == State.RESUMING || state == State.MOVING;
        state = State.OVER;
        if (!isOpen || now == null) {
            then.run();
            return;
        }
        settlements.whenDone(
                END_MAX,
                () -> {
                    calls.close(now);
                    then.run();
                });
    }

    /**
     * Ends the session here; it may come back elsewhere. What is on its way to it still comes, or
     * it would wait until then, and be another delivery.
     *
     * @param then called once, when nothing more comes, or soon
     */
    public void goElsewhere(Runnable then) {
        lane.assertOwner();
        isElsewhere = true;
        onMoved = then;
        if (state == State.OPEN && receives > 0) {
            state = State.MOVING;
            receive(0);
            lane.schedule(END_MAX, this::moved);
        } else {
            moved();
        }
    }

    private void lookWhetherMoved() {
        if (state == State.MOVING && receives == 0) {
            moved();
        }
    }

    private void moved() {
        state = State.OVER;
        Runnable then = onMoved;
        onMoved = () -> {};
        then.run();
    }

    private void over(SluiceException failure) {
        if (state != State.OVER) {
            state = State.OVER;
            listener.ended(failure);
        }
    }
}
