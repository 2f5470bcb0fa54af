package sluice.consumer.queue;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What each tenant has in flight, as the leases say. Owned by one lane. */
final class TenantLoads {

    /** Messages in flight, and the sum of the times at which they were leased. */
    private static final class Load {
        int inFlight;
        long sinceMs;
    }

    private final Map<String, Load> byTenant = new HashMap<>();

    void leased(Message message) {
        Load load = byTenant.computeIfAbsent(message.mark().line().tenant(), _ -> new Load());
        load.inFlight++;
        load.sinceMs += message.sinceMs();
    }

    void ended(Message message) {
        String tenant = message.mark().line().tenant();
        Load load = byTenant.get(tenant);
        if (load != null) {
            load.sinceMs -= message.sinceMs();
            if (--load.inFlight == 0) {
                byTenant.remove(tenant);
            }
        }
    }

    Set<String> tenants() {
        return byTenant.keySet();
    }

    int inFlight(String tenant) {
        Load load = byTenant.get(tenant);
        return load == null ? 0 : load.inFlight;
    }

    /** For how long its messages that are in flight have been so, all together. */
    long inFlightMs(String tenant, long nowMs) {
        Load load = byTenant.get(tenant);
        return load == null ? 0 : Math.max(0, load.inFlight * nowMs - load.sinceMs);
    }

    void clear() {
        byTenant.clear();
    }
}
