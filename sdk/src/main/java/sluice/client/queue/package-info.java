/**
 * Taking messages of a queue group: {@link sluice.client.queue.QueueConsumer}.
 *
 * <p>Owns: the consumer's session, which outlives connections and gateways; which messages it has,
 * how many handlers run, settlements under way. Must not own: who gets which message (the group's
 * coordinator says it), how gateways are reached, threads of the application. May depend on: the
 * parts of the SDK; {@code stream} for its word for a record. Never folded.
 */
@NullMarked
package sluice.client.queue;

import org.jspecify.annotations.NullMarked;
