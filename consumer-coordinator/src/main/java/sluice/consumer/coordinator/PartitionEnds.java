package sluice.consumer.coordinator;

import java.util.concurrent.CompletionStage;
import sluice.metadata.TopicRecord;

/**
 * Where partitions begin and end, as their owners say. Stages fail with SluiceException UNAVAILABLE
 * if a partition has no owner now.
 */
public interface PartitionEnds {

    record Ends(long logStart, long highWatermark) {}

    CompletionStage<Ends> ends(TopicRecord topic, int partition);

    /** The first offset with a timestamp of at least that; the high watermark if there is none. */
    CompletionStage<Long> offsetAt(TopicRecord topic, int partition, long timestampMs);
}
