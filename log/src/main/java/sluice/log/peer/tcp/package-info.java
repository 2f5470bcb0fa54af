/**
 * Links between gateways as TCP connections.
 *
 * <p>Owns: the handshake, framing, queues, threads and liveness of connections. Must not own: what
 * is in a frame. The front door is {@link sluice.log.peer.tcp.TcpPeerTransport}; {@code
 * docs/formats/peer-frames.md} tells the bytes.
 */
@NullMarked
package sluice.log.peer.tcp;

import org.jspecify.annotations.NullMarked;
