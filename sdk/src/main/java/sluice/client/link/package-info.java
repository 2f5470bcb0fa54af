/**
 * Connections to gateways that consumers keep: one WebSocket after the other, and the lane that
 * owns what they are for. A part of the SDK alone, which may change with every release.
 *
 * <p>Owns: dialing, which gateway is next and when, heartbeats, taking a silent connection for
 * dead, frames as they come and go. Must not own: what frames say, but that they are JSON or bytes;
 * what a consumer holds. May depend on: {@code error}, {@code json}, {@code time}, java.net.http.
 * Never folded: all readers use it.
 */
@NullMarked
package sluice.client.link;

import org.jspecify.annotations.NullMarked;
