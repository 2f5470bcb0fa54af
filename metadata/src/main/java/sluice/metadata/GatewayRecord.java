package sluice.metadata;

import java.util.UUID;

/**
 * A gateway's heartbeat.
 *
 * @param node the gateway's disk
 * @param wal the process's wal
 * @param counter one more at each beat; its owner is alive if it moves
 * @param httpAddress {@code host:port} for clients
 * @param peerAddress {@code host:port} for other gateways
 * @param zone failure domain, empty if unknown
 * @param draining true once the gateway hands its slots over and takes no more
 */
public record GatewayRecord(
        UUID node,
        UUID wal,
        long counter,
        String httpAddress,
        String peerAddress,
        String zone,
        boolean draining) {}
