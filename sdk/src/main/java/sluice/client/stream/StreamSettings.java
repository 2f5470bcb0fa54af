package sluice.client.stream;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import sluice.client.link.LinkSettings;

/**
 * What a session is made with.
 *
 * @param firstGateway index of the one that is asked first
 */
record StreamSettings(
        List<URI> gateways,
        int firstGateway,
        String group,
        Optional<String> instance,
        String client,
        long windowBytes,
        Duration dialTimeout,
        Duration joinTimeout,
        Duration retryFirst,
        Duration retryMax) {

    StreamSettings {
        gateways = List.copyOf(gateways);
    }

    LinkSettings link() {
        return new LinkSettings(
                gateways, firstGateway, group, dialTimeout, joinTimeout, retryFirst, retryMax);
    }

    static StreamSettings of(List<URI> gateways, int firstGateway, String group, String client) {
        return new StreamSettings(
                gateways,
                firstGateway,
                group,
                Optional.empty(),
                client,
                4 << 20,
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                Duration.ofMillis(100),
                Duration.ofSeconds(3));
    }
}
