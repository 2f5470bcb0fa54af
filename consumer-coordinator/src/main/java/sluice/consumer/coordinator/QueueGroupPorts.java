package sluice.consumer.coordinator;

import java.util.UUID;
import java.util.function.Predicate;
import sluice.consumer.queue.PartitionQueues;

/**
 * What the coordinator of queue groups needs of the world beside {@link GroupPorts}.
 *
 * @param isLost true of a node of which the gateway is gone, as far as is known here; called on the
 *     groups' lane
 */
public record QueueGroupPorts(
        PartitionQueues partitions, DeadLetterTopics deadLetters, Predicate<UUID> isLost) {}
