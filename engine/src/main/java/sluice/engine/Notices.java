package sluice.engine;

import sluice.engine.peer.CallRequest;
import sluice.engine.peer.PeerCalls;
import sluice.metadata.GatewayRecord;

/**
 * Tells the other gateways that the metadata is worth a look now. A notice that is lost costs
 * nothing but the time until their next look. Owned by the engine's lane.
 */
final class Notices {

    private final PeerCalls calls;
    private final Membership membership;

    Notices(PeerCalls calls, Membership membership) {
        this.calls = calls;
        this.membership = membership;
    }

    void send() {
        for (GatewayRecord gateway : membership.alive(true)) {
            if (!gateway.node().equals(membership.self())) {
                calls.tell(gateway.node(), new CallRequest.Notice());
            }
        }
    }
}
