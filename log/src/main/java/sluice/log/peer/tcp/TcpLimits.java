package sluice.log.peer.tcp;

import java.time.Duration;
import sluice.log.peer.PeerTransport.Link;

/**
 * Bounds of a gateway's links.
 *
 * @param frameBytesMax the largest frame; a peer that announces a larger one is cut off
 * @param walQueueBytesMax bytes waiting to be sent to one peer on its wal link
 * @param callQueueBytesMax the same on its call link
 * @param writeBytesMax bytes handed to the kernel at once; each connection holds a buffer of it
 * @param handshakeMax how long a connection may take to tell who it is
 * @param handshakesMax connections that have not yet told it; more are refused
 * @param connectionsMax connections accepted; more are refused
 * @param pingEvery how long a link is silent at most while its sender lives
 * @param silenceMax a link from which nothing came for that long is closed
 * @param redialMin the wait after the first failure to connect; it doubles
 * @param redialMax the longest such wait
 */
public record TcpLimits(
        int frameBytesMax,
        long walQueueBytesMax,
        long callQueueBytesMax,
        int writeBytesMax,
        Duration handshakeMax,
        int handshakesMax,
        int connectionsMax,
        Duration pingEvery,
        Duration silenceMax,
        Duration redialMin,
        Duration redialMax) {

    public static final TcpLimits DEFAULT =
            new TcpLimits(
                    20 << 20,
                    64L << 20,
                    64L << 20,
                    256 << 10,
                    Duration.ofSeconds(5),
                    64,
                    1024,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(4),
                    Duration.ofMillis(50),
                    Duration.ofSeconds(1));

    public TcpLimits {
        if (frameBytesMax < 1
                || frameBytesMax > 1 << 30
                || walQueueBytesMax < frameBytesMax
                || callQueueBytesMax < frameBytesMax) {
            throw new IllegalArgumentException(
                    "each queue must hold the largest frame, of at most 1 GiB: frameBytesMax="
                            + frameBytesMax
                            + " walQueueBytesMax="
                            + walQueueBytesMax
                            + " callQueueBytesMax="
                            + callQueueBytesMax);
        }
        if (writeBytesMax < 4096 || handshakesMax < 1 || connectionsMax < 1) {
            throw new IllegalArgumentException(
                    "too little to work with: writeBytesMax="
                            + writeBytesMax
                            + " handshakesMax="
                            + handshakesMax
                            + " connectionsMax="
                            + connectionsMax);
        }
        if (silenceMax.compareTo(pingEvery.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException(
                    "a link must be silent for two pings at least before it is given up: pingEvery="
                            + pingEvery
                            + " silenceMax="
                            + silenceMax);
        }
        if (redialMin.compareTo(redialMax) > 0 || redialMin.isNegative() || redialMin.isZero()) {
            throw new IllegalArgumentException(
                    "waits grow from redialMin to redialMax: redialMin="
                            + redialMin
                            + " redialMax="
                            + redialMax);
        }
    }

    long queueBytesMax(Link link) {
        return switch (link) {
            case WAL -> walQueueBytesMax;
            case CALL -> callQueueBytesMax;
        };
    }
}
