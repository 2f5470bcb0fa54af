/**
 * Reading topics as a member of a stream group: {@link sluice.client.stream.StreamConsumer}.
 *
 * <p>Owns: the member's session, which outlives connections and gateways; what is buffered,
 * positions, commits under way. Must not own: who holds which partition (the group's coordinator
 * says it), how gateways are reached, the batch format, threads of the application. May depend on:
 * the parts of the SDK. Never folded.
 */
@NullMarked
package sluice.client.stream;

import org.jspecify.annotations.NullMarked;
