/**
 * A stream group as a state machine: members, holds, epochs, the assignment, committed offsets.
 *
 * <p>Owns: every decision about who holds what and which commit counts. Must not own: clocks,
 * threads, stores, replies that wait. May depend on: the group's words, log, metadata. Never
 * folded.
 */
@NullMarked
package sluice.consumer.stream;

import org.jspecify.annotations.NullMarked;
