/**
 * A queue group's state of one partition, as the owner of the partition's slot keeps it: which
 * messages are leased to whom, which came back, which are done.
 *
 * <p>Owns: leases, delivery counts, outcomes, the order in which messages are given out, the state
 * log with its bytes, and the requests and replies by which a group's coordinator uses it. Must not
 * own: sessions, credit, which consumer gets what; connections, threads, clocks, who owns a slot.
 * May depend on: log, how records are read. Never folded.
 */
@NullMarked
package sluice.consumer.queue;

import org.jspecify.annotations.NullMarked;
