package sluice.gateway.produce;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.log.batch.RecordBatch;

/** A body of RecordBatch v2 batches, one behind the other, every one checked before any is used. */
final class BinaryBatches {

    static final String MEDIA_TYPE = "application/vnd.sluice.record-batches";

    private BinaryBatches() {}

    /**
     * The batches in order, each a view of its bytes.
     *
     * @throws ProblemException {@code malformed-request} if there is none
     * @throws sluice.log.SluiceException INVALID as {@link RecordBatch#check}; {@code
     *     malformed-batch} for a producer id that no producer was given
     */
    static List<ByteBuffer> split(ByteBuffer body, int recordBytesMax) {
        if (!body.hasRemaining()) {
            throw new ProblemException(
                    ProblemType.MALFORMED_REQUEST, "The body is empty; expected record batches");
        }
        var batches = new ArrayList<ByteBuffer>();
        int at = body.position();
        while (at < body.limit()) {
            int sizeBytes = RecordBatch.check(body, at, body.limit(), recordBytesMax);
            checkProducer(RecordBatch.producerId(body, at), batches.size());
            batches.add(body.slice(at, sizeBytes));
            at += sizeBytes;
        }
        return batches;
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
}
