package sluice.cli.consume;

import java.time.Duration;
import java.util.List;

/**
 * What to read and how.
 *
 * @param partitions empty for all
 * @param follow true to go on with what comes; false to stop where the log ended at the start
 * @param recordsMax over all partitions; 0 for no limit
 * @param timeout how long a call is repeated before the reading ends
 */
public record ConsumerSettings(
        List<Integer> partitions,
        StartPoint start,
        boolean follow,
        long recordsMax,
        RecordFormat format,
        Duration timeout) {
    public ConsumerSettings {
        partitions = List.copyOf(partitions);
    }
}
