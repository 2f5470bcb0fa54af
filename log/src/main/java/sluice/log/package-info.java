/**
 * The words every module shares: what a partition is, and how a failure is told.
 *
 * <p>Owns: identities, error kinds, record batches ({@code batch}), the write-ahead log and its
 * members ({@code wal}), the layout of segment objects ({@code object}), lanes and timers ({@code
 * lane}), the port between gateways ({@code peer}). Must not own: DynamoDB, S3, HTTP, topic
 * configuration. May depend on: java.base, SLF4J, and Kafka's record classes for decompression.
 * Never folded away: everything else stands on it.
 */
@NullMarked
package sluice.log;

import org.jspecify.annotations.NullMarked;
