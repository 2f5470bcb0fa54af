package sluice.client.link;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * What a link is made with.
 *
 * @param firstGateway index of the one that is asked first
 * @param greetTimeout how long a gateway may take to know who is there
 * @param retryFirst pause before the next gateway is dialed, doubled with each round
 */
public record LinkSettings(
        List<URI> gateways,
        int firstGateway,
        String group,
        Duration dialTimeout,
        Duration greetTimeout,
        Duration retryFirst,
        Duration retryMax) {

    public LinkSettings {
        gateways = List.copyOf(gateways);
    }

    static LinkSettings of(
            List<URI> gateways, int firstGateway, String group, Duration dialTimeout) {
        return new LinkSettings(
                gateways,
                firstGateway,
                group,
                dialTimeout,
                Duration.ofSeconds(15),
                Duration.ofMillis(100),
                Duration.ofSeconds(3));
    }
}
