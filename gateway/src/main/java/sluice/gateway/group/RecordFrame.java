package sluice.gateway.group;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import sluice.consumer.session.Chunk;
import sluice.gateway.consume.RecordJson;
import sluice.gateway.consume.ValueFormat;
import sluice.log.SluiceException;
import sluice.log.batch.BatchReader;
import sluice.log.batch.LogRecord;
import sluice.log.batch.RecordBatch;

/**
 * One frame of records as JSON: {@code {"type":"records","topic","partition","records":[…],
 * "nextOffset","highWatermark"}}. A compressed batch may hold far more than it weighs, so one chunk
 * may become several frames.
 *
 * @param nextOffset of this frame
 */
record RecordFrame(String text, long nextOffset) {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int BYTES_MAX = 1 << 20;

    /**
     * The chunk's records from that offset on, as many as a frame holds, but at least one.
     *
     * @throws sluice.gateway.problem.ProblemException {@code corrupt-batch} if the first batch of
     *     them cannot be read
     */
    static RecordFrame of(Chunk chunk, long from, ValueFormat format) {
        try {
            return new Writer(chunk, from, format).write();
        } catch (IOException e) {
            throw new UncheckedIOException("records could not be written to memory", e);
        }
    }

    private static final class Writer {
        private final Chunk chunk;
        private final long from;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        private final JsonGenerator json;
        private final RecordJson records;
        private long next;
        private int count;

        Writer(Chunk chunk, long from, ValueFormat format) throws IOException {
            this.chunk = chunk;
            this.from = from;
            this.next = from;
            json = JSON.createGenerator(out);
            records = new RecordJson(json, format);
        }

        RecordFrame write() throws IOException {
            json.writeStartObject();
            json.writeStringField("type", "records");
            GroupJson.writeId(json, chunk.partition());
            json.writeArrayFieldStart("records");
            boolean isWhole = writeBatches();
            json.writeEndArray();
            if (isWhole) {
                // Offsets at the end may have no record any more; they are passed over too.
                next = chunk.nextOffset();
            }
            json.writeNumberField("nextOffset", next);
            json.writeNumberField("highWatermark", chunk.watermarks().highWatermark());
            json.writeEndObject();
            json.close();
            return new RecordFrame(out.toString(StandardCharsets.UTF_8), next);
        }

        /**
         * @return false if some were left for the next frame
         */
        private boolean writeBatches() {
            for (ByteBuffer batch : chunk.batches()) {
                if (RecordBatch.nextOffset(batch, 0) <= from) {
                    continue;
                }
                try {
                    if (!BatchReader.forEach(batch, 0, this::write)) {
                        return next >= chunk.nextOffset();
                    }
                } catch (SluiceException corrupt) {
                    if (count > 0) {
                        return false;
                    }
                    throw PolledJson.corrupt(chunk.partition(), batch, 0, corrupt);
                }
            }
            return true;
        }

        private boolean write(LogRecord record) {
            if (record.offset() < from) {
                return true;
            }
            boolean isFull = count > 0 && out.size() + json.getOutputBuffered() >= BYTES_MAX;
            if (isFull || record.offset() >= chunk.nextOffset()) {
                return false;
            }
            try {
                json.writeStartObject();
                records.writeFields(record);
                json.writeEndObject();
            } catch (IOException e) {
                throw new UncheckedIOException("a record could not be written to memory", e);
            }
            count++;
            next = record.offset() + 1;
            return true;
        }
    }
}
