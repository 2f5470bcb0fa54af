/**
 * One gateway without its HTTP: ties wal, slots, peers, metadata and uploads together.
 *
 * <p>Owns: membership, slots and their state machines, the way of a record from batch to
 * acknowledgement, recovery of dead wals, reading from tail and history, forwarding. Must not own:
 * HTTP, JSON for users, process start. May depend on: log, metadata, uploader, consumer; no
 * framework. Never folded away.
 */
@NullMarked
package sluice.engine;

import org.jspecify.annotations.NullMarked;
