package sluice.engine;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.consumer.group.GroupRequest;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.engine.peer.PeerCalls;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.SlotRecord.Owner;

/**
 * Brings a request to the slot's owner, here or on another gateway, and waits for an owner while
 * there is none. Owned by the engine's lane.
 *
 * <p>A request is tried again only if it is known that nothing was done, or if doing it twice is
 * the same as once.
 */
final class Router {

    private static final Duration RETRY = Duration.ofMillis(50);

    /** Requests that may wait for owners, over all slots. */
    private static final int STALLED_MAX = 50_000;

    /** Answers for slots that this gateway owns. */
    interface Local {
        void handle(CallRequest.OfOwner request, Consumer<CallReply> answer);
    }

    private final Lane lane;
    private final PeerCalls calls;
    private final SlotTable table;
    private final Membership membership;
    private final EngineLimits limits;
    private final EngineMetrics metrics;
    private final Local local;

    /** Requests that wait for their slot's owner, by slot, in the order in which they came. */
    private final Map<Integer, PriorityQueue<Attempt>> stalled = new HashMap<>();

    private int stalledCount;
    private long lastNumber;

    /** Appends and commits on their way to a slot's owner. */
    private final Map<Integer, Flight> flights = new HashMap<>();

    private static final class Flight {
        final UUID wal;
        int requests;

        Flight(UUID wal) {
            this.wal = wal;
        }
    }

    Router(
            Lane lane,
            PeerCalls calls,
            SlotTable table,
            Membership membership,
            EngineLimits limits,
            EngineMetrics metrics,
            Local local) {
        this.lane = lane;
        this.calls = calls;
        this.table = table;
        this.membership = membership;
        this.limits = limits;
        this.metrics = metrics;
        this.local = local;
    }

    /**
     * @param isRepeatable true if doing it twice is the same as once
     * @param answerWithin how long the owner may take
     * @param then called on the lane, once; never with {@link CallReply.Failed}
     */
    void route(
            int slot,
            CallRequest.OfOwner request,
            boolean isRepeatable,
            Duration answerWithin,
            Consumer<Outcome<CallReply>> then) {
        lane.assertOwner();
        long deadlineNs = lane.nowNs() + limits.routeTimeout().toNanos();
        var attempt = new Attempt(slot, request, isRepeatable, answerWithin, deadlineNs, then);
        if (stalled.containsKey(slot)) {
            stall(attempt); // Behind those that came before it: a producer's batches keep their
            // order.
        } else {
            attempt.run();
        }
    }

    private void stall(Attempt attempt) {
        if (stalledCount >= STALLED_MAX) {
            attempt.then.accept(new Outcome.Failure<>(busy()));
            return;
        }
        PriorityQueue<Attempt> queue = stalled.get(attempt.slot);
        if (queue == null) {
            queue = new PriorityQueue<>(Comparator.comparingLong((Attempt each) -> each.number));
            stalled.put(attempt.slot, queue);
            table.refresh(attempt.slot);
            lane.schedule(RETRY, () -> release(attempt.slot));
        }
        queue.add(attempt);
        stalledCount++;
    }

    private void release(int slot) {
        PriorityQueue<Attempt> queue = stalled.remove(slot);
        if (queue != null) {
            stalledCount -= queue.size();
            for (Attempt next = queue.poll(); next != null; next = queue.poll()) {
                next.run();
            }
        }
    }

    private final class Attempt {
        private final long number = ++lastNumber;
        private final int slot;
        private final CallRequest.OfOwner request;
        private final boolean isRepeatable;
        private final Duration answerWithin;
        private final long deadlineNs;
        private final Consumer<Outcome<CallReply>> then;

        Attempt(
                int slot,
                CallRequest.OfOwner request,
                boolean isRepeatable,
                Duration answerWithin,
                long deadlineNs,
                Consumer<Outcome<CallReply>> then) {
            this.slot = slot;
            this.request = request;
            this.isRepeatable = isRepeatable;
            this.answerWithin = answerWithin;
            this.deadlineNs = deadlineNs;
            this.then = then;
        }

        void run() {
            Optional<Owner> owner = table.owner(slot);
            if (owner.isEmpty() || wouldOvertake(owner.get())) {
                again(noOwner());
                return;
            }
            leaves(owner.get());
            if (owner.get().node().equals(membership.self())) {
                local.handle(request, reply -> ended(asOutcome(reply)));
            } else {
                metrics.forwarded();
                UUID node = owner.get().node();
                calls.call(node, request, answerWithin, this::ended);
            }
        }

        /**
         * While an append, or a commit, is under way to one owner, the next one does not go to
         * another.
         */
        private boolean wouldOvertake(Owner owner) {
            Flight flight = flights.get(slot);
            return isOrdered() && flight != null && !flight.wal.equals(owner.wal());
        }

        private void leaves(Owner owner) {
            if (isOrdered()) {
                flights.computeIfAbsent(slot, _ -> new Flight(owner.wal())).requests++;
            }
        }

        private void arrives() {
            if (isOrdered()) {
                flights.computeIfPresent(
                        slot, (_, flight) -> --flight.requests == 0 ? null : flight);
            }
        }

        private boolean isOrdered() {
            return request instanceof CallRequest.Append
                    || request instanceof CallRequest.Group(_, _, GroupRequest.Commit _);
        }

        private void ended(Outcome<CallReply> outcome) {
            arrives();
            if (outcome instanceof Outcome.Failure<CallReply>(var error) && mayTryAgain(error)) {
                again(error);
            } else {
                then.accept(outcome);
            }
        }

        private boolean mayTryAgain(SluiceException error) {
            return switch (error.kind()) {
                case FENCED -> error.code().equals("not-owner");
                case UNAVAILABLE -> true;
                case UNKNOWN_OUTCOME -> isRepeatable && error.code().equals("gateway-lost");
                case INVALID, NOT_FOUND, CONFLICT, OVERLOADED, DATA -> false;
            };
        }

        private void again(SluiceException error) {
            if (lane.nowNs() - deadlineNs >= 0) {
                then.accept(
                        new Outcome.Failure<>(
                                error.kind() == SluiceException.Kind.FENCED ? noOwner() : error));
                return;
            }
            stall(this);
        }

        private SluiceException noOwner() {
            return new SluiceException(
                    SluiceException.Kind.UNAVAILABLE,
                    "no-owner",
                    "no gateway owns slot "
                            + slot
                            + " now, as happens for some seconds after a gateway is lost; retry after a pause");
        }
    }

    private static Outcome<CallReply> asOutcome(CallReply reply) {
        return reply instanceof CallReply.Failed failed
                ? new Outcome.Failure<>(failed.toException())
                : new Outcome.Success<>(reply);
    }

    static SluiceException busy() {
        return new SluiceException(
                SluiceException.Kind.OVERLOADED,
                "engine-busy",
                "this gateway has more requests waiting than it can take; retry after a pause");
    }
}
