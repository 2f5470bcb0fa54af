package sluice.consumer.session;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.consumer.Watermarks;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.RecordBatch;

/** Partitions that answer what the test says, when the test says it. */
final class ScriptedSource implements PartitionSource {

    /** A request for records. */
    record Fetch(
            TopicPartition partition,
            long offset,
            Duration waitMax,
            CompletableFuture<Records> answer) {

        /** Answers with these batches, of a log that begins at 0. */
        void give(long highWatermark, ByteBuffer... batches) {
            answer.complete(new Records(List.of(batches), new Watermarks(0, highWatermark)));
        }

        void refuse(SluiceException.Kind kind) {
            answer.completeExceptionally(new SluiceException(kind, "scripted", "scripted"));
        }

        @Override
        public String toString() {
            return partition + "@" + offset + (waitMax.isZero() ? "" : " waits " + waitMax);
        }
    }

    record Range(TopicPartition partition, CompletableFuture<Watermarks> answer) {}

    final List<Fetch> fetches = new ArrayList<>();
    final List<Range> ranges = new ArrayList<>();

    /** A batch whose records are of that size. */
    static ByteBuffer batch(long baseOffset, int records, int valueBytes) {
        var builder = new BatchBuilder(256);
        for (int i = 0; i < records; i++) {
            builder.append(0, null, new byte[valueBytes], List.of());
        }
        ByteBuffer batch = builder.build();
        RecordBatch.setBaseOffset(batch, 0, baseOffset);
        return batch;
    }

    Fetch last() {
        return fetches.getLast();
    }

    @Override
    public CompletionStage<Records> fetch(
            TopicPartition partition, long offset, int maxBytes, Duration wait) {
        var fetch = new Fetch(partition, offset, wait, new CompletableFuture<>());
        fetches.add(fetch);
        return fetch.answer();
    }

    @Override
    public CompletionStage<Watermarks> range(TopicPartition partition) {
        var range = new Range(partition, new CompletableFuture<>());
        ranges.add(range);
        return range.answer();
    }
}
