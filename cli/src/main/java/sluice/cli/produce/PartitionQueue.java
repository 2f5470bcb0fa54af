package sluice.cli.produce;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.BatchBuilder.Header;

/**
 * The batches of one partition that are not on their way yet: closed ones in order, and the one
 * that still takes records. Guarded by the producer's lock.
 */
final class PartitionQueue {

    /** A batch with its place in the producer's sequence; the same bytes at every repetition. */
    record Batch(ByteBuffer bytes, int records, long payloadBytes) {}

    private static final int FIRST_BYTES = 4 * 1024;

    /** Signalled when there may be something to send. */
    final Condition ready;

    private final long producerId;
    private final short producerEpoch;
    private final ArrayDeque<Batch> closed = new ArrayDeque<>();
    private @Nullable BatchBuilder open;
    private long openPayloadBytes;
    private long openSinceNs;
    private int nextSequence;

    /**
     * @param producerId {@link sluice.log.batch.RecordBatch#NO_PRODUCER_ID} for batches without a
     *     sequence
     */
    PartitionQueue(Condition ready, long producerId, short producerEpoch) {
        this.ready = ready;
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
    }

    /**
     * @return by how many bytes the queue grew
     */
    int append(
            long timestampMs,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<Header> headers,
            int batchBytesMax,
            long nowNs) {
        int payload = payload(key, value);
        closeUnlessFits(payload, batchBytesMax);
        BatchBuilder builder = open;
        int before = 0;
        if (builder == null) {
            builder = new BatchBuilder(FIRST_BYTES);
            open = builder;
            openSinceNs = nowNs;
        } else {
            before = builder.sizeBytes();
        }
        builder.append(timestampMs, key, value, headers);
        openPayloadBytes += payload;
        int grown = builder.sizeBytes() - before;
        if (builder.sizeBytes() >= batchBytesMax) {
            close();
        }
        return grown;
    }

    /** Closes the batch that takes records if one of this size would make it too large. */
    void closeUnlessFits(int payload, int batchBytesMax) {
        if (open != null && open.sizeBytes() + payload > batchBytesMax) {
            close();
        }
    }

    /** Bytes of key and value. */
    static int payload(byte @Nullable [] key, byte @Nullable [] value) {
        return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }

    /** Closes the batch that takes records, if there is one, and gives it its sequence. */
    void close() {
        BatchBuilder builder = open;
        if (builder == null) {
            return;
        }
        int records = builder.recordCount();
        if (producerId >= 0) {
            builder.producer(producerId, producerEpoch, nextSequence);
            // As Kafka's: after 2^31 − 1 comes 0.
            nextSequence = (nextSequence + records) & Integer.MAX_VALUE;
        }
        closed.add(new Batch(builder.build(), records, openPayloadBytes));
        open = null;
        openPayloadBytes = 0;
    }

    boolean hasClosed() {
        return !closed.isEmpty();
    }

    boolean hasOpen() {
        return open != null;
    }

    /** When the first record came into the batch that takes records. */
    long openSinceNs() {
        return openSinceNs;
    }

    /** Takes closed batches from the front: at least one, then more up to a limit. */
    List<Batch> takeClosed(int batchesMax, int bytesMax) {
        List<Batch> taken = new ArrayList<>();
        int bytes = 0;
        while (taken.size() < batchesMax && !closed.isEmpty()) {
            int size = closed.getFirst().bytes().remaining();
            if (!taken.isEmpty() && bytes + size > bytesMax) {
                break;
            }
            bytes += size;
            taken.add(closed.removeFirst());
        }
        return taken;
    }
}
