package sluice.bench.wire;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.log.batch.BatchBuilder;

/** What is to be sent of one partition, in order. Guarded by its sender's lock. */
final class PartitionBatches {

    /**
     * A batch with its place in the producer's sequence.
     *
     * @param intendedNs of its records
     */
    record Batch(int partition, ByteBuffer bytes, long[] intendedNs, long valueBytes) {}

    final int partition;

    /** True while it stands in its sender's queue. */
    boolean isQueued;

    /** When the oldest record came that is not on its way. */
    long sinceNs;

    private final long producerId;
    private final int batchBytes;
    private final ArrayDeque<Batch> closed = new ArrayDeque<>();
    private @Nullable BatchBuilder open;
    private long[] intendedNs = new long[16];
    private long valueBytes;
    private int sequence;

    PartitionBatches(int partition, long producerId, int batchBytes) {
        this.partition = partition;
        this.producerId = producerId;
        this.batchBytes = batchBytes;
    }

    void append(byte[] value, long recordIntendedNs, long wallMs) {
        if (open != null && open.sizeBytes() + value.length > batchBytes) {
            close();
        }
        BatchBuilder builder = open;
        if (builder == null) {
            builder = new BatchBuilder(Math.min(batchBytes, 4 * value.length + 256));
            open = builder;
        }
        int count = builder.recordCount();
        builder.append(wallMs, null, value, List.of());
        if (count == intendedNs.length) {
            intendedNs = Arrays.copyOf(intendedNs, 2 * count);
        }
        intendedNs[count] = recordIntendedNs;
        valueBytes += value.length;
        if (builder.sizeBytes() >= batchBytes) {
            close();
        }
    }

    boolean hasFullBatch() {
        return !closed.isEmpty();
    }

    boolean isEmpty() {
        return closed.isEmpty() && open == null;
    }

    /** Takes the next batch, a full one if there is one. */
    Batch take() {
        if (closed.isEmpty()) {
            close();
        }
        return closed.removeFirst();
    }

    private void close() {
        BatchBuilder builder = open;
        if (builder == null) {
            throw new IllegalStateException("nothing to send: partition=" + partition);
        }
        int records = builder.recordCount();
        builder.producer(producerId, (short) 0, sequence);
        sequence = (sequence + records) & Integer.MAX_VALUE;
        closed.add(
                new Batch(
                        partition,
                        builder.build(),
                        Arrays.copyOf(intendedNs, records),
                        valueBytes));
        open = null;
        valueBytes = 0;
    }
}
