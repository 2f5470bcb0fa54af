/**
 * Reading topics as a member of a stream group: {@link sluice.client.stream.StreamConsumer}.
 *
 * <p>Owns: the member's session over a WebSocket, which outlives connections and gateways; what is
 * buffered, positions, commits under way. Must not own: who holds which partition (the group's
 * coordinator says it), the batch format, threads of the application. May depend on: the parts of
 * the SDK, java.net.http. Never folded.
 */
@NullMarked
package sluice.client.stream;

import org.jspecify.annotations.NullMarked;
