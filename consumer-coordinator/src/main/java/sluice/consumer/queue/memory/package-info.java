/**
 * The queue of a partition without a log: the twin of what owners keep, for tests of coordinators
 * and gateways. It passes the same contract.
 *
 * <p>Owns: one queue's messages and leases, in memory. Must not own: threads, clocks, waiting. May
 * depend on: the words of partitions' queues, log. Never folded.
 */
@NullMarked
package sluice.consumer.queue.memory;

import org.jspecify.annotations.NullMarked;
