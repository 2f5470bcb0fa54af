package sluice.consumer.queue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Whose turn it is among tenants. Each has a clock that advances by the time its messages are in
 * flight, divided by its weight, and a little for each delivery; the least goes next. Whoever
 * wanted nothing for a while starts at the least of those that did. In memory only: a new owner
 * begins with all the same. Owned by one lane.
 */
final class FairShares {

    /** Of a delivery, so that those that take no time take turns. */
    private static final double DELIVERY_MS = 1;

    private static final int TENANTS_MAX = 10_000;

    private final QueueState state;

    /** Without what is in flight now. */
    private final Map<String, Double> used = new HashMap<>();

    private Set<String> wanting = new HashSet<>();
    private double least;

    FairShares(QueueState state) {
        this.state = state;
    }

    private int weight(String tenant) {
        return state.policy().choice().tenants().map(each -> each.weight(tenant)).orElse(1);
    }

    private double inFlight(String tenant, long nowMs) {
        return (double) state.held().loads().inFlightMs(tenant, nowMs) / weight(tenant);
    }

    double clock(String tenant, long nowMs) {
        return used.getOrDefault(tenant, 0.0) + inFlight(tenant, nowMs);
    }

    /**
     * @param tenants that have messages which are ready
     */
    void want(Set<String> tenants, long nowMs) {
        double lowest = Double.MAX_VALUE;
        for (String each : tenants) {
            if (wanting.contains(each)) {
                lowest = Math.min(lowest, clock(each, nowMs));
            }
        }
        least = lowest == Double.MAX_VALUE ? least : Math.max(least, lowest);
        for (String each : tenants) {
            if (!wanting.contains(each)) {
                used.merge(each, least - inFlight(each, nowMs), Double::max);
            }
        }
        wanting = tenants;
        if (used.size() > TENANTS_MAX + tenants.size()) {
            used.keySet().retainAll(tenants);
        }
    }

    /** What a tenant's clock advances by with a delivery. */
    double cost(String tenant) {
        return DELIVERY_MS / weight(tenant);
    }

    void leased(Message message) {
        if (isOn()) {
            String tenant = message.mark().line().tenant();
            used.merge(tenant, cost(tenant), Double::sum);
        }
    }

    /** A message is leased no longer; to be called before the state knows. */
    void ended(Message message, long nowMs) {
        if (isOn()) {
            String tenant = message.mark().line().tenant();
            double ms = Math.max(0, nowMs - message.sinceMs());
            used.merge(tenant, ms / weight(tenant), Double::sum);
        }
    }

    private boolean isOn() {
        return state.policy().choice().tenants().isPresent();
    }
}
