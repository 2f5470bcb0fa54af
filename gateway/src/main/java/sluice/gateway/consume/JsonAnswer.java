package sluice.gateway.consume;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import sluice.engine.Engine.Fetched;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.log.SluiceException;
import sluice.log.batch.BatchReader;
import sluice.log.batch.LogRecord;
import sluice.log.batch.RecordBatch;

/**
 * Fetched batches in the JSON of the API:
 *
 * <pre>
 *   {"records": [{…}, …],                       each as {@link RecordJson} writes it
 *    "nextOffset", "highWatermark", "logStart"}
 * </pre>
 *
 * <p>Used once, by one thread.
 */
final class JsonAnswer {

    private static final JsonFactory JSON = new JsonFactory();

    private final FetchQuery query;
    private final long from;
    private final ByteArrayOutputStream out;
    private final JsonGenerator json;
    private final RecordJson records;
    private long nextOffset;
    private int recordCount;

    /**
     * @param from records below this offset are left out
     */
    private JsonAnswer(FetchQuery query, long from, int sizeHint) throws IOException {
        this.query = query;
        this.from = from;
        this.nextOffset = from;
        this.out = new ByteArrayOutputStream(sizeHint);
        this.json = JSON.createGenerator(out);
        this.records = new RecordJson(json, query.format());
    }

    /**
     * @throws ProblemException {@code corrupt-batch} with {@code nextOffset} if the first batch
     *     cannot be read; a later one only ends the answer, and is met again by the next fetch
     */
    static byte[] of(FetchQuery query, long from, Fetched fetched) {
        int bytes = fetched.batches().stream().mapToInt(ByteBuffer::remaining).sum();
        try {
            return new JsonAnswer(query, from, bytes + bytes / 2 + 256).write(fetched);
        } catch (IOException e) {
            throw new UncheckedIOException("records could not be written to memory", e);
        }
    }

    private byte[] write(Fetched fetched) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("records");
        writeRecords(fetched.batches());
        json.writeEndArray();
        json.writeNumberField("nextOffset", nextOffset);
        json.writeNumberField("highWatermark", fetched.highWatermark());
        json.writeNumberField("logStart", fetched.logStart());
        json.writeEndObject();
        json.close();
        return out.toByteArray();
    }

    private void writeRecords(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            int at = buffer.position();
            while (at < buffer.limit()) {
                if (!writeBatch(buffer, at)) {
                    return;
                }
                at += RecordBatch.sizeBytes(buffer, at);
            }
        }
    }

    /**
     * @return false if the answer is full
     */
    private boolean writeBatch(ByteBuffer buffer, int at) {
        long afterBatch = RecordBatch.nextOffset(buffer, at);
        try {
            if (!BatchReader.forEach(buffer, at, this::writeRecord)) {
                return false;
            }
        } catch (SluiceException corrupt) {
            if (recordCount > 0) {
                return false;
            }
            throw new ProblemException(
                    Problem.of(
                                    ProblemType.CORRUPT_BATCH,
                                    "batch at offset %d: %s"
                                            .formatted(
                                                    RecordBatch.baseOffset(buffer, at),
                                                    corrupt.getMessage()))
                            .with("nextOffset", afterBatch));
        }
        // Offsets at the end of a batch may have no record any more; they are passed over too.
        nextOffset = Math.max(nextOffset, afterBatch);
        return true;
    }

    /**
     * @return false if the record was left for the next answer
     */
    private boolean writeRecord(LogRecord record) {
        if (record.offset() < from) {
            return true;
        }
        if (recordCount > 0 && (recordCount >= query.recordsMax() || isFull())) {
            return false;
        }
        try {
            records.write(record);
        } catch (IOException e) {
            throw new UncheckedIOException("a record could not be written to memory", e);
        }
        recordCount++;
        nextOffset = record.offset() + 1;
        return true;
    }

    /** A compressed batch may hold far more than it weighs: what is written counts. */
    private boolean isFull() {
        return out.size() + json.getOutputBuffered() >= query.maxBytes();
    }
}
