package sluice.client.link;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import sluice.client.time.Clock;
import sluice.client.time.Timer;

/**
 * What consumers of one client share.
 *
 * @param label what gateways show of the client
 */
public record GatewayAccess(
        List<URI> gateways,
        int firstGateway,
        String label,
        HttpClient http,
        Clock clock,
        Timer timer,
        Duration dialTimeout,
        SharedLinks shared) {

    public GatewayAccess {
        gateways = List.copyOf(gateways);
    }

    public LinkSettings settings(String group) {
        return LinkSettings.of(gateways, firstGateway, group, dialTimeout);
    }

    /** Streams that have a connection of their own. */
    public StreamDialer dialer() {
        return new OwnDialer(new JdkSocketDialer(http, label, dialTimeout));
    }

    /** A lane with a thread of its own; the caller ends it. */
    public LaneThread lane(String name) {
        return LaneThread.own(name, clock, timer);
    }

    /** Streams that share a connection to each gateway with others of this client. */
    public StreamDialer sharedDialer() {
        return shared.dialer();
    }

    /**
     * A lane on a thread of the client; nothing on it may wait, since others wait for it. The
     * caller ends it.
     */
    public LaneThread sharedLane() {
        return LaneThread.shared(shared.thread(), clock, timer);
    }
}
