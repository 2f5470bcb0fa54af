package sluice.log.batch;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;

/** Goes through the records of one batch. Whatever is wrong with it comes out as corrupt-batch. */
final class RecordCursor implements AutoCloseable {

    private final ByteBuffer source;
    private final int at;
    private final RecordBodies bodies;
    private int readCount;
    private int offsetDelta = -1;

    /**
     * @throws SluiceException DATA {@code corrupt-batch}
     */
    RecordCursor(ByteBuffer source, int at) {
        this.source = source;
        this.at = at;
        try {
            int size = RecordBatch.checkFrame(source, at, source.limit());
            checkHeader();
            bodies = open(size);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw corrupt(e);
        }
    }

    /**
     * @return null after the last record
     * @throws SluiceException DATA {@code corrupt-batch}
     */
    @Nullable LogRecord next() {
        try {
            return readNext();
            // Decompressors throw whatever comes, and call themselves for each member of a stream.
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw corrupt(e);
        }
    }

    @Override
    public void close() {
        try {
            bodies.close();
        } catch (IOException e) {
            // Only memory was held, and what was read stays right.
        }
    }

    private void checkHeader() throws IOException {
        int count = RecordBatch.recordCount(source, at);
        int lastOffsetDelta = RecordBatch.lastOffsetDelta(source, at);
        if (count < 1 || count - 1 > lastOffsetDelta) {
            throw new IOException(
                    "counts contradict each other: recordCount=%d lastOffsetDelta=%d"
                            .formatted(count, lastOffsetDelta));
        }
        if (!RecordBatch.hasRoomFor(RecordBatch.baseOffset(source, at), lastOffsetDelta)) {
            throw new IOException(
                    "offsets are negative or overflow: lastOffsetDelta=" + lastOffsetDelta);
        }
        if (RecordBatch.isControl(source, at)) {
            throw new IOException("control batches have no records for readers");
        }
    }

    private RecordBodies open(int size) throws IOException {
        ByteBuffer records =
                source.slice(at + RecordBatch.HEADER_BYTES, size - RecordBatch.HEADER_BYTES);
        int codec = RecordBatch.codec(source, at);
        return codec == RecordBatch.CODEC_NONE
                ? new PlainBodies(records)
                : new InflatedBodies(codec, records);
    }

    private @Nullable LogRecord readNext() throws IOException {
        if (readCount == RecordBatch.recordCount(source, at)) {
            if (!bodies.isAtEnd()) {
                throw new IOException("bytes follow the last record");
            }
            return null;
        }
        ByteBuffer body = bodies.next();
        int payloadBytes = RecordFrame.check(body, 0, body.limit());
        if (payloadBytes < 0) {
            throw new IOException(
                    payloadBytes == RecordFrame.TOO_MANY_HEADERS
                            ? "record has more headers than " + RecordBatch.HEADER_COUNT_MAX
                            : "a field does not fit in its record");
        }
        int delta = RecordFrame.offsetDelta(body, 0, body.limit());
        if (delta <= offsetDelta || delta > RecordBatch.lastOffsetDelta(source, at)) {
            throw new IOException(
                    "offsets do not rise to the batch's last: previousDelta=%d offsetDelta=%d"
                            .formatted(offsetDelta, delta));
        }
        long timestampMs = timestampMs(RecordFrame.timestampDelta(body, 0));
        offsetDelta = delta;
        readCount++;
        return RecordFrame.read(body, RecordBatch.baseOffset(source, at) + delta, timestampMs);
    }

    private long timestampMs(long timestampDelta) throws IOException {
        if (RecordBatch.hasLogAppendTime(source, at)) {
            return RecordBatch.maxTimestampMs(source, at);
        }
        long baseTimestampMs = RecordBatch.baseTimestampMs(source, at);
        if (RecordBatch.overflows(baseTimestampMs, timestampDelta)) {
            throw new IOException("timestamp overflows 64 bits");
        }
        return baseTimestampMs + timestampDelta;
    }

    private SluiceException corrupt(Throwable cause) {
        boolean hasHeader = (long) source.limit() - at >= RecordBatch.HEADER_BYTES && at >= 0;
        return new SluiceException(
                SluiceException.Kind.DATA,
                "corrupt-batch",
                "batch cannot be read: baseOffset=%s lastOffsetDelta=%s record=%d cause=%s; it was stored or sent like this: read on after it, or restore it from another copy"
                        .formatted(
                                hasHeader ? RecordBatch.baseOffset(source, at) : "?",
                                hasHeader ? RecordBatch.lastOffsetDelta(source, at) : "?",
                                readCount,
                                cause.getMessage()),
                cause);
    }
}
