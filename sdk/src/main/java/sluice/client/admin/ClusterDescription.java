package sluice.client.admin;

import java.util.List;

/**
 * The cluster as the gateway that was asked sees it; others may know more or less.
 *
 * @param self the gateway that was asked
 * @param slots how many there are
 * @param isReady whether the gateway that was asked can serve
 */
public record ClusterDescription(
        String clusterId,
        String self,
        int slots,
        boolean isReady,
        List<Gateway> gateways,
        List<Wal> wals) {

    public ClusterDescription {
        gateways = List.copyOf(gateways);
        wals = List.copyOf(wals);
    }

    /**
     * @param httpAddress as {@code host:port}
     * @param slots that it owns
     */
    public record Gateway(
            String node,
            String httpAddress,
            String zone,
            boolean isAlive,
            boolean isDraining,
            int slots) {}

    /** A write-ahead log. */
    public record Wal(String wal, String node, String state, long epoch) {}
}
