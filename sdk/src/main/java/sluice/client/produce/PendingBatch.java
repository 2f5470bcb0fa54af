package sluice.client.produce;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import sluice.client.batch.BatchBuilder;
import sluice.client.record.Compression;
import sluice.client.record.RecordHeader;

/**
 * A batch on its way, with the futures of its records. Owned by the machine; its bytes are made and
 * read by whoever carries out the request that it is in, of which there is one at a time.
 */
final class PendingBatch {

    private static final int FIRST_BYTES = 2 * 1024;

    final PartitionQueue queue;
    final long createdNs;

    /** Completes, never with a failure, when the futures of its records were told. */
    final CompletableFuture<Void> told = new CompletableFuture<>();

    private final BatchBuilder builder;
    private final List<CompletableFuture<RecordMetadata>> futures = new ArrayList<>();
    private long[] timestampsMs = new long[8];
    private @Nullable ByteBuffer bytes;

    // The machine's.

    /** What its records count in the bytes that are held. */
    long heldBytes;

    /** Under which it was sent, and is sent again; null before that. */
    @Nullable Identity identity;

    int baseSequence;
    int attempts;

    /** Times it got another place in the sequence. */
    int renewals;

    /** Set by an attempt whose outcome is not known, for as long as that may count. */
    boolean mayBeAppended;

    /** Sent alone, since a request with others was refused as a whole. */
    boolean isAlone;

    /** Its futures were told; what comes later of it counts no more. */
    boolean isEnded;

    /** What the last attempt met; empty before. */
    String lastFailure = "";

    PendingBatch(PartitionQueue queue, int firstRecordBytes, long nowNs) {
        this.queue = queue;
        this.createdNs = nowNs;
        builder = new BatchBuilder(Math.max(FIRST_BYTES, firstRecordBytes + 128));
    }

    CompletableFuture<RecordMetadata> append(ProducerRecord record, long timestampMs) {
        builder.append(timestampMs, record.key(), record.value(), headers(record));
        var future = new CompletableFuture<RecordMetadata>();
        if (futures.size() == timestampsMs.length) {
            timestampsMs = Arrays.copyOf(timestampsMs, 2 * timestampsMs.length);
        }
        timestampsMs[futures.size()] = timestampMs;
        futures.add(future);
        return future;
    }

    /** As the codec takes them. */
    static List<BatchBuilder.Header> headers(ProducerRecord record) {
        List<RecordHeader> headers = record.headers();
        return headers.isEmpty()
                ? List.of()
                : headers.stream()
                        .map(header -> BatchBuilder.Header.of(header.name(), header.value()))
                        .toList();
    }

    int recordCount() {
        return futures.size();
    }

    /** Before compression. */
    int sizeBytes() {
        return builder.sizeBytes();
    }

    /** The batch to send, from its index 0 to its limit; made at the first call. */
    ByteBuffer sealed(Compression compression, int compressedBytesMax) {
        ByteBuffer sealed = bytes;
        if (sealed == null) {
            sealed = builder.build(compression, compressedBytesMax);
            bytes = sealed;
        }
        Identity named = identity;
        if (named != null && named != Identity.NONE) {
            BatchBuilder.stamp(sealed, named.producerId(), (short) named.epoch(), baseSequence);
        }
        return sealed;
    }

    /** Tells the futures; called outside the machine. */
    void complete(long baseOffset) {
        for (int i = 0; i < futures.size(); i++) {
            long offset =
                    baseOffset == RecordMetadata.NO_OFFSET
                            ? RecordMetadata.NO_OFFSET
                            : baseOffset + i;
            futures.get(i)
                    .complete(
                            new RecordMetadata(
                                    queue.topic, queue.partition, offset, timestampsMs[i]));
        }
        told.complete(null);
    }

    /** Tells the futures; called outside the machine. */
    void fail(RuntimeException failure) {
        for (CompletableFuture<RecordMetadata> future : futures) {
            future.completeExceptionally(failure);
        }
        told.complete(null);
    }

    @Override
    public String toString() {
        return "%s/%d records=%d attempts=%d"
                .formatted(queue.topic, queue.partition, recordCount(), attempts);
    }
}
