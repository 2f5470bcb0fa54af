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
        Duration dialTimeout) {

    public GatewayAccess {
        gateways = List.copyOf(gateways);
    }

    public LinkSettings settings(String group) {
        return LinkSettings.of(gateways, firstGateway, group, dialTimeout);
    }

    public StreamDialer dialer() {
        return new JdkStreamDialer(http, label, dialTimeout);
    }

    /** A lane of its own; the caller ends it. */
    public LaneThread lane(String name) {
        return LaneThread.start(name, clock, timer);
    }
}
