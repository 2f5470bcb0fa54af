package sluice.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
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

    /** Answers for slots that this gateway owns. */
    interface Local {
        void handle(CallRequest request, Consumer<CallReply> answer);
    }

    private final Lane lane;
    private final PeerCalls calls;
    private final SlotTable table;
    private final Membership membership;
    private final EngineLimits limits;
    private final EngineMetrics metrics;
    private final Local local;

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
            CallRequest request,
            boolean isRepeatable,
            Duration answerWithin,
            Consumer<Outcome<CallReply>> then) {
        lane.assertOwner();
        new Attempt(
                        slot,
                        request,
                        isRepeatable,
                        answerWithin,
                        lane.nowNs() + limits.routeTimeout().toNanos(),
                        then)
                .run();
    }

    private final class Attempt implements Runnable {
        private final int slot;
        private final CallRequest request;
        private final boolean isRepeatable;
        private final Duration answerWithin;
        private final long deadlineNs;
        private final Consumer<Outcome<CallReply>> then;

        Attempt(
                int slot,
                CallRequest request,
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

        @Override
        public void run() {
            Optional<Owner> owner = table.owner(slot);
            if (owner.isEmpty()) {
                again(noOwner());
            } else if (owner.get().node().equals(membership.self())) {
                local.handle(request, reply -> ended(asOutcome(reply)));
            } else {
                metrics.forwarded();
                UUID node = owner.get().node();
                calls.call(node, request, answerWithin, this::ended);
            }
        }

        private void ended(Outcome<CallReply> outcome) {
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
            table.refresh(slot);
            lane.schedule(RETRY, this);
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
}
