/**
 * What the cluster agrees on: gateways, wals, slots, topics, exchanges, groups, offsets, as small
 * items changed by conditional writes.
 *
 * <p>Owns: the tables, their items and how an ambiguous write is resolved. Must not own: records,
 * objects, threads, any cache that outlives a call. May depend on: log, Jackson; the AWS SDK in
 * {@code dynamodb} alone. Fold into {@code engine} if only the engine still uses it.
 */
@NullMarked
package sluice.metadata;

import org.jspecify.annotations.NullMarked;
