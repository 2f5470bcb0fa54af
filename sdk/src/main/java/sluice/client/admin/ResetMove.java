package sluice.client.admin;

import java.util.OptionalLong;
import sluice.client.record.TopicPartition;

/**
 * What a reset does, or would do, to one partition.
 *
 * @param from the offset that was committed
 * @param skipped records that are passed over
 * @param repeated records that are read again
 * @param isClamped whether the wanted offset was outside of the log
 */
public record ResetMove(
        TopicPartition partition,
        OptionalLong from,
        long to,
        long skipped,
        long repeated,
        boolean isClamped) {}
