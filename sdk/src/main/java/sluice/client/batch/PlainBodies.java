package sluice.client.batch;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The records of an uncompressed batch: views, nothing is copied. */
final class PlainBodies implements RecordBodies {

    private final ByteBuffer records;
    private int index;

    /**
     * @param records from its index 0 to its limit
     */
    PlainBodies(ByteBuffer records) {
        this.records = records.asReadOnlyBuffer();
    }

    @Override
    public ByteBuffer next() throws IOException {
        long length = Varint.readInt(records, index, records.limit());
        int bodyAt = Varint.next(length);
        int bodyBytes = Varint.value(length);
        if (length == Varint.MALFORMED || bodyBytes < 0 || bodyBytes > records.limit() - bodyAt) {
            throw new IOException("record does not fit in the batch");
        }
        index = bodyAt + bodyBytes;
        return records.slice(bodyAt, bodyBytes);
    }

    @Override
    public boolean isAtEnd() {
        return index == records.limit();
    }

    @Override
    public void close() {}
}
