package sluice.consumer.queue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import sluice.log.batch.BatchReader;
import sluice.log.batch.LogRecord;
import sluice.log.batch.RecordBatch;

/** Goes through buffers of whole batches. */
final class Batches {

    interface OfBatch {
        void batch(ByteBuffer buffer, int at);
    }

    private Batches() {}

    static void forEachBatch(List<ByteBuffer> buffers, OfBatch to) {
        for (ByteBuffer buffer : buffers) {
            int at = buffer.position();
            while (at < buffer.limit()) {
                to.batch(buffer, at);
                at += RecordBatch.sizeBytes(buffer, at);
            }
        }
    }

    /**
     * @throws sluice.log.SluiceException DATA {@code corrupt-batch}
     */
    static void forEach(List<ByteBuffer> buffers, Consumer<LogRecord> to) {
        forEachBatch(
                buffers,
                (buffer, at) ->
                        BatchReader.forEach(
                                buffer,
                                at,
                                record -> {
                                    to.accept(record);
                                    return true;
                                }));
    }

    /** The offset after the last batch; −1 if there is none. */
    static long nextOffset(List<ByteBuffer> buffers) {
        long[] next = {-1};
        forEachBatch(buffers, (buffer, at) -> next[0] = RecordBatch.nextOffset(buffer, at));
        return next[0];
    }
}
