package sluice.engine;

import java.util.concurrent.CompletionStage;
import sluice.consumer.PartitionReader;
import sluice.consumer.PartitionRef;
import sluice.consumer.coordinator.PartitionEnds;
import sluice.metadata.TopicRecord;

/** Where partitions begin and end, asked of their owners. Safe from any thread. */
final class RoutedEnds implements PartitionEnds {

    private final RoutedTail tail;
    private final PartitionReader reader;

    RoutedEnds(RoutedTail tail, PartitionReader reader) {
        this.tail = tail;
        this.reader = reader;
    }

    @Override
    public CompletionStage<Ends> ends(TopicRecord topic, int partition) {
        PartitionRef asked = RoutedTail.ref(topic, partition);
        return tail.status(asked)
                .thenApply(status -> reader.tell(asked, status.logStart(), status.highWatermark()))
                .thenApply(told -> new Ends(told.logStart(), told.highWatermark()));
    }

    @Override
    public CompletionStage<Long> offsetAt(TopicRecord topic, int partition, long timestampMs) {
        return reader.offsetAt(RoutedTail.ref(topic, partition), timestampMs);
    }
}
