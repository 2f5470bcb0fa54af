package sluice.simulation;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.log.peer.PeerTransport;

/** The links of one process. */
final class ProcessTransport implements PeerTransport {

    private final PeerTransport transport;
    private final Steps steps;

    ProcessTransport(PeerTransport transport, Steps steps) {
        this.transport = transport;
        this.steps = steps;
    }

    @Override
    public void start(Listener listener) {
        transport.start(listener);
    }

    @Override
    public void peers(Map<UUID, String> addresses) {
        transport.peers(addresses);
    }

    @Override
    public boolean send(UUID peer, Link link, ByteBuffer... frame) {
        steps.before(Steps.Port.FRAMES);
        boolean isQueued = transport.send(peer, link, frame);
        steps.after(Steps.Port.FRAMES);
        return isQueued;
    }

    @Override
    public boolean isConnected(UUID peer, Link link) {
        return transport.isConnected(peer, link);
    }

    @Override
    public void knock(UUID peer, Consumer<Reach> told) {
        steps.before(Steps.Port.FRAMES);
        transport.knock(peer, told);
    }

    @Override
    public void close() {
        transport.close();
    }
}
