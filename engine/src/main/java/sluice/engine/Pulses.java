package sluice.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.engine.peer.PeerCalls;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;

/**
 * Asks gateways whose heartbeats stand still whether they are well. A store that takes no
 * heartbeats for a while, and all else, would otherwise make every gateway believe that all others
 * are dead. Owned by the engine's lane.
 */
final class Pulses {

    private static final class Asked {
        boolean isWaiting;

        /** The last question that ended was answered so, by the process with that wal. */
        boolean isWell;

        UUID wal;
        long endedNs;

        Asked(UUID wal) {
            this.wal = wal;
        }
    }

    private final Lane lane;
    private final PeerCalls calls;
    private final Duration answerMax;
    private final Duration validFor;
    private final Map<UUID, Asked> asked = new HashMap<>();

    /**
     * @param answerMax who takes longer is not well
     * @param validFor an answer counts no longer, even if no later question ended
     */
    Pulses(Lane lane, PeerCalls calls, Duration answerMax, Duration validFor) {
        this.lane = lane;
        this.calls = calls;
        this.answerMax = answerMax;
        this.validFor = validFor;
    }

    /** Asks, unless a question is under way. */
    void ask(UUID node, UUID wal) {
        lane.assertOwner();
        Asked state = asked.computeIfAbsent(node, _ -> new Asked(wal));
        if (!state.isWaiting) {
            state.isWaiting = true;
            calls.call(
                    node, new CallRequest.Pulse(), answerMax, outcome -> answered(state, outcome));
        }
    }

    private void answered(Asked state, Outcome<CallReply> outcome) {
        state.isWaiting = false;
        state.endedNs = lane.nowNs();
        state.isWell = false;
        if (outcome instanceof Outcome.Success<CallReply>(CallReply.Pulse(var wal, var isWell))) {
            state.isWell = isWell;
            state.wal = wal;
        }
    }

    /** True if this very process answered the last question that ended, and said so. */
    boolean isWell(UUID node, UUID wal) {
        Asked state = asked.get(node);
        return state != null
                && state.isWell
                && state.wal.equals(wal)
                && lane.nowNs() - state.endedNs < validFor.toNanos();
    }

    /** Its heartbeat moves, or it is gone. */
    void forget(UUID node) {
        asked.remove(node);
    }
}
