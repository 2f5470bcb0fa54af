package sluice.client.batch;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import sluice.client.record.Compression;

/**
 * The records of a compressed batch, decompressed as they are asked for. Only one record is in
 * memory at a time, in an array that grows with the bytes that come, not with the length they
 * claim.
 */
final class InflatedBodies implements RecordBodies {

    private static final int BUFFER_BYTES = 16 * 1024;

    private final InputStream records;
    private long inflatedBytes;

    /**
     * @param compressed from its index 0 to its limit
     */
    InflatedBodies(Compression compression, ByteBuffer compressed) throws IOException {
        records = new BufferedInputStream(Codecs.of(compression).inflate(compressed), BUFFER_BYTES);
    }

    @Override
    public ByteBuffer next() throws IOException {
        int bodyBytes = readLength();
        if (bodyBytes < 0 || bodyBytes > BatchReader.INFLATED_RECORD_BYTES_MAX) {
            throw new IOException(
                    "record has bytes=%d, allowed are inflatedRecordBytesMax=%d"
                            .formatted(bodyBytes, BatchReader.INFLATED_RECORD_BYTES_MAX));
        }
        inflatedBytes += Varint.sizeBytes(bodyBytes) + bodyBytes;
        if (inflatedBytes > BatchReader.INFLATED_BATCH_BYTES_MAX) {
            throw new IOException(
                    "batch has more than inflatedBatchBytesMax=%d"
                            .formatted(BatchReader.INFLATED_BATCH_BYTES_MAX));
        }
        byte[] body = records.readNBytes(bodyBytes);
        if (body.length < bodyBytes) {
            throw new EOFException(
                    "record is cut off: expected bytes=%d, found bytes=%d"
                            .formatted(bodyBytes, body.length));
        }
        return ByteBuffer.wrap(body).asReadOnlyBuffer();
    }

    @Override
    public boolean isAtEnd() throws IOException {
        return records.read() < 0;
    }

    @Override
    public void close() throws IOException {
        records.close();
    }

    private int readLength() throws IOException {
        int raw = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += 7) {
            int next = records.read();
            if (next < 0) {
                throw new EOFException("the records end before their count");
            }
            if (shift == 28 && (next & 0xF0) != 0) {
                break;
            }
            raw |= (next & 0x7F) << shift;
            if (next < 0x80) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new IOException("the length of a record is not a number");
    }
}
