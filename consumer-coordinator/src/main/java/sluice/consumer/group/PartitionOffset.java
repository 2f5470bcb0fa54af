package sluice.consumer.group;

/**
 * How far a partition was committed.
 *
 * @param offset of the next record to read
 */
public record PartitionOffset(TopicPartition partition, long offset) {}
