package sluice.consumer.queue;

import java.util.OptionalLong;
import sluice.log.batch.LogRecord;

/**
 * A message that was leased, with its record.
 *
 * @param lease number of this delivery; with the queue, the partition and the record's offset it is
 *     a {@link DeliveryId}
 * @param count how many times the message was leased, this time included; it never falls
 * @param firstAtMs wall clock of the owner when it was leased first
 * @param deadlineMs wall clock of the owner when the lease ends by itself, if it does
 * @param record views into what was read; they stay valid
 */
public record Delivery(
        long lease, int count, long firstAtMs, OptionalLong deadlineMs, LogRecord record) {

    public DeliveryId id(QueueRef queue) {
        return new DeliveryId(
                queue.queue(), queue.partition().id().index(), record.offset(), lease);
    }
}
