package sluice.gateway.produce;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.Partitioner;
import sluice.metadata.TopicRecord;

/**
 * The records of one request, each placed in the one batch of its partition. Remembers for each
 * record where it went, so that offsets can be told in the order of the request. Owned by one
 * thread.
 */
final class Placement implements RecordSink {

    private static final int BATCH_BYTES_FIRST = 512;

    private final TopicRecord topic;
    private final StickyPartitions sticky;
    private final Optional<IdempotencyKey> idempotencyKey;
    private final long nowMs;
    private final long nowNs;

    private final List<PartitionBatch> batches = new ArrayList<>(1);
    private final Map<Integer, Integer> batchByPartition = new HashMap<>(2);
    private int recordCount;
    private int[] batchOfRecord = new int[1];
    private int[] indexInBatch = new int[1];

    /** The one batch for a partition while it grows. */
    private record PartitionBatch(int partition, BatchBuilder builder) {}

    /**
     * @param nowMs timestamp of records that bring none, in milliseconds since 1970 UTC
     * @param nowNs monotonic, for the turns of partitions
     */
    Placement(
            TopicRecord topic,
            StickyPartitions sticky,
            Optional<IdempotencyKey> idempotencyKey,
            long nowMs,
            long nowNs) {
        this.topic = topic;
        this.sticky = sticky;
        this.idempotencyKey = idempotencyKey;
        this.nowMs = nowMs;
        this.nowNs = nowNs;
    }

    /**
     * @throws ProblemException {@code record-too-large}, or if the topic forgets it before it is
     *     due
     */
    @Override
    public RecordFields add(RecordFields record) {
        add(record, recordCount);
        return record;
    }

    /**
     * @param number of the record in its request, for who is told of it
     * @throws ProblemException {@code record-too-large}, or if the topic forgets it before it is
     *     due
     */
    void add(RecordFields record, int number) {
        checkDelay(record, number);
        int sizeBytes = record.sizeBytes();
        checkSize(sizeBytes, number);
        int batch = batchOf(partitionOf(record, sizeBytes));
        BatchBuilder builder = batches.get(batch).builder();
        remember(batch, builder.recordCount());
        builder.append(
                record.timestampMs() == RecordFields.NO_TIMESTAMP ? nowMs : record.timestampMs(),
                record.key(),
                record.value(),
                record.headers());
    }

    private void checkSize(int sizeBytes, int number) {
        int sizeMax = topic.config().recordBytesMax();
        if (sizeBytes > sizeMax) {
            throw new ProblemException(
                    Problem.of(
                                    ProblemType.RECORD_TOO_LARGE,
                                    "record %d: topic=%s bytes=%,d recordBytesMax=%,d"
                                            .formatted(number, topic.name(), sizeBytes, sizeMax))
                            .with("record", number)
                            .with("recordBytesMax", sizeMax));
        }
    }

    /** One that is due when the topic has it no more would never be given out. */
    private void checkDelay(RecordFields record, int number) {
        long keptMs = topic.config().retention().map(Duration::toMillis).orElse(Long.MAX_VALUE);
        long delayMs = record.deliverAtMs() - nowMs;
        if (delayMs >= keptMs) {
            throw new ProblemException(
                    Problem.of(
                                    ProblemType.MALFORMED_REQUEST,
                                    "record %d: it would be delivered in %d s, and topic %s keeps records for %d s"
                                            .formatted(
                                                    number,
                                                    delayMs / 1_000,
                                                    topic.name(),
                                                    keptMs / 1_000))
                            .with("record", number));
        }
    }

    private int partitionOf(RecordFields record, int sizeBytes) {
        if (record.partition() != RecordFields.NO_PARTITION) {
            return record.partition();
        }
        byte @Nullable [] key = record.key();
        if (key != null) {
            return Partitioner.forKey(key, partitions());
        }
        return idempotencyKey
                .map(known -> known.partitionHash() % partitions())
                .orElseGet(() -> sticky.next(topic.id(), partitions(), sizeBytes, nowNs));
    }

    private int batchOf(int partition) {
        int last = batches.size() - 1;
        if (last >= 0 && batches.get(last).partition() == partition) {
            return last;
        }
        return batchByPartition.computeIfAbsent(partition, this::newBatch);
    }

    private int newBatch(int partition) {
        var builder = new BatchBuilder(BATCH_BYTES_FIRST);
        idempotencyKey.ifPresent(
                key -> builder.producer(key.producerId(), (short) 0, key.baseSequence()));
        batches.add(new PartitionBatch(partition, builder));
        return batches.size() - 1;
    }

    private void remember(int batch, int index) {
        if (recordCount == batchOfRecord.length) {
            batchOfRecord = Arrays.copyOf(batchOfRecord, 2 * recordCount);
            indexInBatch = Arrays.copyOf(indexInBatch, 2 * recordCount);
        }
        batchOfRecord[recordCount] = batch;
        indexInBatch[recordCount] = index;
        recordCount++;
    }

    @Override
    public long nowMs() {
        return nowMs;
    }

    TopicRecord topic() {
        return topic;
    }

    private int partitions() {
        return topic.partitions();
    }

    @Override
    public OptionalInt partitionsToName() {
        return OptionalInt.of(partitions());
    }

    @Override
    public int recordCount() {
        return recordCount;
    }

    int batchCount() {
        return batches.size();
    }

    int partitionOfBatch(int batch) {
        return batches.get(batch).partition();
    }

    BatchBuilder batch(int batch) {
        return batches.get(batch).builder();
    }

    int batchOfRecord(int record) {
        return batchOfRecord[record];
    }

    int indexInBatch(int record) {
        return indexInBatch[record];
    }
}
