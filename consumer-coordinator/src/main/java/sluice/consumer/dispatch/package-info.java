/**
 * How a queue group's messages get to its sessions: who is there, who is free, and which partitions
 * have something for them.
 *
 * <p>Owns: sessions, credit, the choice of who gets the next message and from where, numbered
 * answers, what becomes of a session's messages when it ends. Must not own: leases (they are the
 * partitions' owners'), records, threads, clocks, stores, connections. May depend on: the words of
 * groups and of partitions' queues, log, metadata. Never folded.
 */
@NullMarked
package sluice.consumer.dispatch;

import org.jspecify.annotations.NullMarked;
