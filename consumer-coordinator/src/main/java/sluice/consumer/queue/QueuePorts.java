package sluice.consumer.queue;

import java.util.random.RandomGenerator;
import sluice.log.lane.Lane;

/**
 * What the queues of a gateway need of the world.
 *
 * @param lane owns all queues' state
 * @param random of delays; used on the lane
 */
public record QueuePorts(Lane lane, QueueLogs logs, RandomGenerator random, QueueLimits limits) {}
