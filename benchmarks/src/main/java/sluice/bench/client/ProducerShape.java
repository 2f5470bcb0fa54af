package sluice.bench.client;

import java.time.Duration;

/**
 * How a producer gathers records, the same for all systems.
 *
 * @param partitions of the topic
 * @param batchBytes a batch is sent when it has so many
 * @param linger a batch is sent when its first record waited so long
 * @param heldBytesMax a producer that holds so many waits
 */
public record ProducerShape(int partitions, int batchBytes, Duration linger, long heldBytesMax) {}
