package sluice.client.link;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/**
 * Opens streams as channels of a connection that all streams to one gateway share: a process with
 * many consumers is woken once for all that comes for them together, and so is the gateway. A
 * connection of which a channel had to be given up takes no more of them.
 */
final class ChannelDialer implements StreamDialer {

    private final SocketDialer sockets;

    /** To each gateway, the one that takes more. Guarded by this. */
    private final Map<URI, ChannelConnection> connections = new HashMap<>();

    ChannelDialer(SocketDialer sockets) {
        this.sockets = sockets;
    }

    @Override
    public void dial(URI gateway, String group, Listener listener) {
        ChannelConnection made;
        synchronized (this) {
            ChannelConnection shared = connections.get(gateway);
            if (shared != null && shared.open(group, listener)) {
                return;
            }
            made = new ChannelConnection();
            connections.put(gateway, made);
            made.open(group, listener);
        }
        sockets.dial(OwnDialer.at(gateway, "/v1/streams"), made);
    }
}
