package sluice.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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

    private final Lane lane;
    private final PeerCalls calls;
    private final Duration every;
    private final Map<UUID, Long> wellAtNs = new HashMap<>();
    private final Set<UUID> asked = new HashSet<>();

    /**
     * @param every how often {@link #ask} is called for a gateway
     */
    Pulses(Lane lane, PeerCalls calls, Duration every) {
        this.lane = lane;
        this.calls = calls;
        this.every = every;
    }

    void ask(UUID node) {
        lane.assertOwner();
        if (asked.add(node)) {
            calls.call(
                    node,
                    new CallRequest.Pulse(),
                    every,
                    outcome -> {
                        asked.remove(node);
                        if (outcome
                                instanceof
                                Outcome.Success<CallReply>(CallReply.Pulse(boolean isWell))) {
                            if (isWell) {
                                wellAtNs.put(node, lane.nowNs());
                            } else {
                                wellAtNs.remove(node);
                            }
                        }
                    });
        }
    }

    /** True if it said so not longer ago than the last questions are. */
    boolean isWell(UUID node) {
        Long atNs = wellAtNs.get(node);
        return atNs != null && lane.nowNs() - atNs < 2 * every.toNanos();
    }

    /** Its heartbeat moves, or it is gone. */
    void forget(UUID node) {
        wellAtNs.remove(node);
    }
}
