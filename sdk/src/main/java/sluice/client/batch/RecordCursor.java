package sluice.client.batch;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import sluice.client.error.CorruptBatchException;
import sluice.client.error.MissingLibraryException;
import sluice.client.record.Compression;

/** Goes through the records of one batch. Whatever is wrong with it comes out as corrupt. */
final class RecordCursor implements AutoCloseable {

    private final ByteBuffer source;
    private final int at;
    private final RecordBodies bodies;
    private int readCount;
    private int offsetDelta = -1;

    /**
     * @throws CorruptBatchException if the bytes are no batch
     */
    RecordCursor(ByteBuffer source, int at) {
        this.source = source;
        this.at = at;
        try {
            int size = checkFrame();
            checkHeader();
            bodies = open(size);
        } catch (MissingLibraryException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw corrupt(source, at, readCount, e);
        }
    }

    /** Checks what must hold before the length of a batch means anything. */
    static void checkHead(ByteBuffer source, int at) {
        int magic = source.get(at + BatchLayout.MAGIC_AT);
        int length = source.getInt(at + BatchLayout.LENGTH_AT);
        if (magic != BatchLayout.MAGIC
                || length < BatchLayout.HEADER_BYTES - BatchLayout.LOG_OVERHEAD_BYTES
                || length > Integer.MAX_VALUE - BatchLayout.LOG_OVERHEAD_BYTES) {
            throw new CorruptBatchException(
                    "not a record batch: magic=%d expectedMagic=%d batchLength=%d"
                            .formatted(magic, BatchLayout.MAGIC, length),
                    -1,
                    null);
        }
    }

    /**
     * @return null after the last record
     * @throws CorruptBatchException if what comes next is no record
     */
    @Nullable BatchRecord next() {
        try {
            return readNext();
        } catch (MissingLibraryException e) {
            throw e;
            // Decompressors throw whatever comes, and call themselves for each member of a stream.
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw corrupt(source, at, readCount, e);
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

    private int checkFrame() throws IOException {
        int available = source.limit() - at;
        if (available < BatchLayout.HEADER_BYTES) {
            throw new IOException("cut off: availableBytes=" + available);
        }
        checkHead(source, at);
        int size = BatchLayout.sizeBytes(source, at);
        if (size > available) {
            throw new IOException(
                    "cut off: sizeBytes=%d availableBytes=%d".formatted(size, available));
        }
        int expected = source.getInt(at + BatchLayout.CRC_AT);
        int actual = BatchLayout.crc(source, at, size);
        if (actual != expected) {
            throw new IOException("crc=0x%08x bytesCrc=0x%08x".formatted(expected, actual));
        }
        return size;
    }

    private void checkHeader() throws IOException {
        int count = BatchLayout.recordCount(source, at);
        int lastOffsetDelta = BatchLayout.lastOffsetDelta(source, at);
        if (count < 1 || count - 1 > lastOffsetDelta) {
            throw new IOException(
                    "counts contradict each other: recordCount=%d lastOffsetDelta=%d"
                            .formatted(count, lastOffsetDelta));
        }
        long baseOffset = BatchLayout.baseOffset(source, at);
        if (baseOffset < 0 || baseOffset > Long.MAX_VALUE - 1 - lastOffsetDelta) {
            throw new IOException(
                    "offsets are negative or overflow: lastOffsetDelta=" + lastOffsetDelta);
        }
        if ((BatchLayout.attributes(source, at) & BatchLayout.CONTROL_BIT) != 0) {
            throw new IOException("control batches have no records for readers");
        }
    }

    private RecordBodies open(int size) throws IOException {
        ByteBuffer records =
                source.slice(at + BatchLayout.HEADER_BYTES, size - BatchLayout.HEADER_BYTES);
        var compression =
                Compression.ofId(BatchLayout.attributes(source, at) & BatchLayout.COMPRESSION_MASK);
        return compression == Compression.NONE
                ? new PlainBodies(records)
                : new InflatedBodies(compression, records);
    }

    private @Nullable BatchRecord readNext() throws IOException {
        if (readCount == BatchLayout.recordCount(source, at)) {
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
                            ? "record has more headers than " + BatchReader.HEADER_COUNT_MAX
                            : "a field does not fit in its record");
        }
        int delta = RecordFrame.offsetDelta(body, 0, body.limit());
        if (delta <= offsetDelta || delta > BatchLayout.lastOffsetDelta(source, at)) {
            throw new IOException(
                    "offsets do not rise to the batch's last: previousDelta=%d offsetDelta=%d"
                            .formatted(offsetDelta, delta));
        }
        long timestampMs = timestampMs(RecordFrame.timestampDelta(body, 0));
        offsetDelta = delta;
        readCount++;
        return RecordFrame.read(body, BatchLayout.baseOffset(source, at) + delta, timestampMs);
    }

    private long timestampMs(long timestampDelta) throws IOException {
        if ((BatchLayout.attributes(source, at) & BatchLayout.LOG_APPEND_TIME_BIT) != 0) {
            return source.getLong(at + BatchLayout.MAX_TIMESTAMP_AT);
        }
        long baseTimestampMs = source.getLong(at + BatchLayout.BASE_TIMESTAMP_AT);
        long sum = baseTimestampMs + timestampDelta;
        if (((baseTimestampMs ^ sum) & (timestampDelta ^ sum)) < 0) {
            throw new IOException("timestamp overflows 64 bits");
        }
        return sum;
    }

    private static CorruptBatchException corrupt(
            ByteBuffer source, int at, int readCount, Throwable cause) {
        boolean hasHeader = (long) source.limit() - at >= BatchLayout.HEADER_BYTES && at >= 0;
        long nextOffset = hasHeader ? BatchReader.nextOffset(source, at) : -1;
        return new CorruptBatchException(
                "batch cannot be read: baseOffset=%s record=%d cause=%s; it was stored or sent like this: read on after it"
                        .formatted(
                                hasHeader ? BatchLayout.baseOffset(source, at) : "?",
                                readCount,
                                cause.getMessage()),
                nextOffset,
                cause);
    }
}
