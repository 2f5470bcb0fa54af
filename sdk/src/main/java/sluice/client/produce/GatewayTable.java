package sluice.client.produce;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.client.http.Backoff;

/**
 * What the machine knows of gateways: how many requests each has, and which cannot be reached. A
 * gateway that did not answer is passed over for a while; any other brings its partitions' batches
 * to their owner, whoever that is by then.
 */
final class GatewayTable {

    private static final class Gateway {
        int requests;
        int failures;
        long downUntilNs;
    }

    private final List<URI> named;
    private final int requestsMax;
    private final Backoff backoff;
    private final RandomGenerator random;
    private final Map<URI, Gateway> gateways = new HashMap<>();
    private int requests;
    private int turn;

    /**
     * @param named by the application: the ones to turn to when an owner cannot be reached
     */
    GatewayTable(List<URI> named, int requestsMax, Backoff backoff, RandomGenerator random) {
        this.named = List.copyOf(named);
        this.requestsMax = requestsMax;
        this.backoff = backoff;
        this.random = random;
        turn = random.nextInt(named.size());
    }

    /** The owner, or somebody else while it is unknown or cannot be reached. */
    URI target(@Nullable URI owner, long nowNs) {
        if (owner != null && !isDown(owner, nowNs)) {
            return owner;
        }
        for (int i = 0; i < named.size(); i++) {
            URI candidate = named.get((turn + i) % named.size());
            if (!isDown(candidate, nowNs)) {
                return candidate;
            }
        }
        return named.get(turn % named.size());
    }

    boolean hasRoom(URI gateway) {
        Gateway known = gateways.get(gateway);
        return known == null || known.requests < requestsMax;
    }

    void sent(URI gateway) {
        gateways.computeIfAbsent(gateway, each -> new Gateway()).requests++;
        requests++;
    }

    void answered(URI gateway, boolean isGone, long nowNs) {
        Gateway known = gateways.computeIfAbsent(gateway, each -> new Gateway());
        known.requests--;
        requests--;
        if (isGone) {
            known.downUntilNs = nowNs + backoff.delayAfter(known.failures, random).toNanos();
            known.failures++;
            turn = (turn + 1) % named.size();
        } else {
            known.failures = 0;
            if (known.requests == 0) {
                gateways.remove(gateway); // Nothing is left to remember.
            }
        }
    }

    /** Under way to all gateways. */
    int requests() {
        return requests;
    }

    private boolean isDown(URI gateway, long nowNs) {
        Gateway known = gateways.get(gateway);
        return known != null && known.failures > 0 && nowNs - known.downUntilNs < 0;
    }
}
