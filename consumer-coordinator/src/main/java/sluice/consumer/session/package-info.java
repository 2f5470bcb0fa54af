/**
 * What a member of a stream group experiences: which partitions it holds now, and their records, in
 * order and within bounds.
 *
 * <p>Owns: the session of one member, its heartbeats, its places in the partitions it holds,
 * reading ahead, credits, the offset that is committed before a record leaves, and the sessions of
 * members that poll. Must not own: who holds what (that is the coordinator's), connections and
 * their frames, HTTP, threads. May depend on: {@code group}, log, metadata. Never folded.
 */
@NullMarked
package sluice.consumer.session;

import org.jspecify.annotations.NullMarked;
