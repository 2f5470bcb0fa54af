package sluice.metadata;

import java.util.UUID;

/**
 * A gateway's heartbeat.
 *
 * @param node the gateway's disk
 * @param wal the process's wal
 * @param counter one more at each beat; its owner is alive if it moves
 * @param diskAge how old its disk was then, durably; the disk never comes back younger, unless it
 *     is an older state of itself
 * @param httpAddress {@code host:port} for clients
 * @param peerAddress {@code host:port} for other gateways
 * @param zone failure domain, empty if unknown
 * @param draining true once the gateway hands its slots over and takes no more
 */
public record GatewayRecord(
        UUID node,
        UUID wal,
        long counter,
        long diskAge,
        String httpAddress,
        String peerAddress,
        String zone,
        boolean draining) {

    /** The next beat. */
    public GatewayRecord next(long nextDiskAge) {
        return with(counter + 1, nextDiskAge, draining);
    }

    /** The same gateway, which takes no more slots. */
    public GatewayRecord asDraining() {
        return with(counter, diskAge, true);
    }

    private GatewayRecord with(long nextCounter, long nextDiskAge, boolean nextDraining) {
        return new GatewayRecord(
                node, wal, nextCounter, nextDiskAge, httpAddress, peerAddress, zone, nextDraining);
    }
}
