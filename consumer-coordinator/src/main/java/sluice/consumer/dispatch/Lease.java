package sluice.consumer.dispatch;

import java.util.OptionalLong;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.DeliveryId;

/**
 * A message that somebody has.
 *
 * @param count how often it was given out
 * @param deadlineMs wall clock of the partition's owner when it goes back by itself
 */
public record Lease(
        DeliveryId delivery,
        TopicPartition partition,
        int count,
        long firstAtMs,
        OptionalLong deadlineMs) {}
