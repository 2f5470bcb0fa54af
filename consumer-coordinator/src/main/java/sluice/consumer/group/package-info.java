/**
 * Consumer groups as their coordinator sees them: who is a member, who holds which partition, and
 * how far each partition was committed.
 *
 * <p>Owns: membership, holds, epochs, the assignment, committed offsets, and the requests and
 * replies by which all of it is asked for, with their bytes. Must not own: records, connections,
 * threads, clocks, stores, who owns a slot. May depend on: the words of partitions' queues, log,
 * metadata. Never folded.
 */
@NullMarked
package sluice.consumer.group;

import org.jspecify.annotations.NullMarked;
