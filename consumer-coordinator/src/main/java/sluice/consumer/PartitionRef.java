package sluice.consumer;

import sluice.log.PartitionId;

/**
 * A partition as a reader needs to know it.
 *
 * @param slot that its owner owns
 * @param retentionMs how long its records may be read, 0 for ever
 */
public record PartitionRef(PartitionId id, int slot, long retentionMs) {}
