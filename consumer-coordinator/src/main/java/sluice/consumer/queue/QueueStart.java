package sluice.consumer.queue;

/** Where a queue begins, or begins again. */
public sealed interface QueueStart {

    /** At the partition's log start. */
    record Earliest() implements QueueStart {}

    /** At the partition's high watermark: what is there now is passed over. */
    record Latest() implements QueueStart {}

    /**
     * At this offset, or at the log start if that is later, or at the high watermark if earlier.
     */
    record Offset(long offset) implements QueueStart {}

    /** At the first record with a timestamp of at least that, in milliseconds since 1970. */
    record Timestamp(long ms) implements QueueStart {}
}
