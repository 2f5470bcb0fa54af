/**
 * What a member of a stream group experiences: which partitions it holds now, and their records, in
 * order and within bounds. And a session of a queue group whose messages are pushed.
 *
 * <p>Owns: the session of one member, its heartbeats, its places in the partitions it holds,
 * reading ahead, credits, the offset that is committed before a record leaves, and the sessions of
 * members that poll; the calls of a pushed session, and what it has. Must not own: who holds or
 * gets what (that is the coordinator's), connections and their frames, HTTP, threads. May depend
 * on: {@code group}, {@code queue}, log, metadata. Never folded.
 */
@NullMarked
package sluice.consumer.session;

import org.jspecify.annotations.NullMarked;
