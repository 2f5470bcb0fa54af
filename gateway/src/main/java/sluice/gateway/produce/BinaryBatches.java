package sluice.gateway.produce;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.log.batch.RecordBatch;
import sluice.metadata.TopicRecord;

/**
 * A body of RecordBatch v2 batches, every one checked before any is used: one behind the other for
 * one partition, or in groups, each with its partition.
 *
 * <pre>
 *   group: partition int32 │ length of its batches in bytes int32 │ batches     (big-endian)
 * </pre>
 */
final class BinaryBatches {

    static final String MEDIA_TYPE = "application/vnd.sluice.record-batches";
    static final String GROUPED_MEDIA_TYPE = "application/vnd.sluice.partitioned-batches";

    private static final int GROUP_HEAD_BYTES = 2 * Integer.BYTES;

    private final ByteBuffer body;
    private final TopicRecord topic;
    private final List<ByteBuffer> batches = new ArrayList<>();
    private int[] partitions = new int[8];
    private int recordCount;

    private BinaryBatches(ByteBuffer body, TopicRecord topic) {
        this.body = body;
        this.topic = topic;
    }

    /**
     * The batches in order, each a view of its bytes.
     *
     * @throws ProblemException {@code partition-out-of-range}; {@code malformed-request} if there
     *     is no batch
     * @throws sluice.log.SluiceException INVALID as {@link RecordBatch#check}; {@code
     *     malformed-batch} for a producer id that no producer was given
     */
    static BinaryBatches ofPartition(ByteBuffer body, int partition, TopicRecord topic) {
        var read = new BinaryBatches(body, topic);
        read.checkPartition(partition);
        read.take(partition, body.position(), body.limit());
        return read.notEmpty();
    }

    /**
     * The same for a body in groups. A partition may have several.
     *
     * @throws ProblemException {@code malformed-request} too for a group that is cut short or empty
     */
    static BinaryBatches ofGroups(ByteBuffer body, TopicRecord topic) {
        var read = new BinaryBatches(body, topic);
        int at = body.position();
        while (at < body.limit()) {
            int left = body.limit() - at - GROUP_HEAD_BYTES;
            int lengthBytes = left < 0 ? -1 : body.getInt(at + Integer.BYTES);
            if (lengthBytes <= 0 || lengthBytes > left) {
                throw malformed(
                        "the group at byte %d is cut short or empty: lengthBytes=%d bytesLeft=%d"
                                .formatted(at - body.position(), lengthBytes, Math.max(left, 0)));
            }
            int partition = body.getInt(at);
            read.checkPartition(partition);
            at += GROUP_HEAD_BYTES;
            read.take(partition, at, at + lengthBytes);
            at += lengthBytes;
        }
        return read.notEmpty();
    }

    int count() {
        return batches.size();
    }

    ByteBuffer batch(int index) {
        return batches.get(index);
    }

    int partition(int index) {
        return partitions[index];
    }

    /** Of a batch; not to be called once the batch was given away. */
    int records(int index) {
        return RecordBatch.recordCount(batches.get(index), 0);
    }

    /** Of all batches. */
    int recordCount() {
        return recordCount;
    }

    private void take(int partition, int from, int to) {
        int at = from;
        while (at < to) {
            int sizeBytes = RecordBatch.check(body, at, to, topic.config().recordBytesMax());
            checkProducer(RecordBatch.producerId(body, at), batches.size());
            recordCount += RecordBatch.recordCount(body, at);
            if (batches.size() == partitions.length) {
                partitions = Arrays.copyOf(partitions, 2 * partitions.length);
            }
            partitions[batches.size()] = partition;
            batches.add(body.slice(at, sizeBytes));
            at += sizeBytes;
        }
    }

    private BinaryBatches notEmpty() {
        if (batches.isEmpty()) {
            throw malformed("The body is empty; expected record batches");
        }
        return this;
    }

    private void checkPartition(int partition) {
        if (partition < 0 || partition >= topic.partitions()) {
            throw new ProblemException(
                    Problem.of(
                            ProblemType.PARTITION_OUT_OF_RANGE,
                            "partition=%d partitions=%d".formatted(partition, topic.partitions())));
        }
    }

    private static void checkProducer(long producerId, int batch) {
        if (producerId < RecordBatch.NO_PRODUCER_ID
                || producerId >= IdempotencyKey.FIRST_PRODUCER_ID) {
            throw new ProblemException(
                    ProblemType.MALFORMED_BATCH,
                    "batch %d: producerId=%d was not given by PUT /v1/producers"
                            .formatted(batch, producerId));
        }
    }

    private static ProblemException malformed(String what) {
        return new ProblemException(ProblemType.MALFORMED_REQUEST, what);
    }
}
