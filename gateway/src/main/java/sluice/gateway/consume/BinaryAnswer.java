package sluice.gateway.consume;

import java.nio.ByteBuffer;
import java.util.List;
import sluice.log.batch.RecordBatch;

/**
 * Fetched batches as they are, one behind the other.
 *
 * @param nextOffset offset after the last batch
 */
record BinaryAnswer(byte[] body, long nextOffset) {

    /** Takes whole batches until {@code recordsMax} is passed, but at least one. */
    static BinaryAnswer of(List<ByteBuffer> buffers, long from, int recordsMax) {
        int bytes = 0;
        long records = 0;
        long nextOffset = from;
        for (ByteBuffer buffer : buffers) {
            for (int at = buffer.position();
                    at < buffer.limit() && records < recordsMax;
                    at += RecordBatch.sizeBytes(buffer, at)) {
                bytes += RecordBatch.sizeBytes(buffer, at);
                records += RecordBatch.recordCount(buffer, at);
                nextOffset = Math.max(nextOffset, RecordBatch.nextOffset(buffer, at));
            }
        }
        return new BinaryAnswer(copy(buffers, bytes), nextOffset);
    }

    private static byte[] copy(List<ByteBuffer> buffers, int bytes) {
        var body = ByteBuffer.allocate(bytes);
        for (ByteBuffer buffer : buffers) {
            int length = Math.min(body.remaining(), buffer.remaining());
            body.put(buffer.slice(buffer.position(), length));
        }
        return body.array();
    }
}
