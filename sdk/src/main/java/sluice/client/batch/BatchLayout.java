package sluice.client.batch;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Where the fields of a batch are; the whole layout is in {@code docs/formats/record-batch.md}.
 *
 * <pre>
 *   offset  length  field
 *        0       8  baseOffset, of the first record; written by the partition's owner
 *        8       4  batchLength, bytes after this field
 *       12       4  partitionLeaderEpoch; written by the partition's owner
 *       16       1  magic, 2
 *       17       4  crc, CRC-32C of everything from attributes to the end
 *       21       2  attributes: bits 0-2 compression, 3 log append time, 4 transactional, 5 control,
 *                   6 delete horizon
 *       23       4  lastOffsetDelta, offset of the last record after baseOffset
 *       27       8  baseTimestamp, milliseconds since 1970 UTC
 *       35       8  maxTimestamp
 *       43       8  producerId, -1 if the batch is not idempotent
 *       51       2  producerEpoch, then -1
 *       53       4  baseSequence, then -1
 *       57       4  recordCount
 *       61       …  records (see {@link RecordFrame}), compressed together if at all
 * </pre>
 */
final class BatchLayout {

    static final int BASE_OFFSET_AT = 0;
    static final int LENGTH_AT = BASE_OFFSET_AT + Long.BYTES;

    /** Bytes of base offset and length field, which the length field does not count. */
    static final int LOG_OVERHEAD_BYTES = LENGTH_AT + Integer.BYTES;

    static final int LEADER_EPOCH_AT = LOG_OVERHEAD_BYTES;
    static final int MAGIC_AT = LEADER_EPOCH_AT + Integer.BYTES;
    static final int CRC_AT = MAGIC_AT + Byte.BYTES;
    static final int ATTRIBUTES_AT = CRC_AT + Integer.BYTES;
    static final int LAST_OFFSET_DELTA_AT = ATTRIBUTES_AT + Short.BYTES;
    static final int BASE_TIMESTAMP_AT = LAST_OFFSET_DELTA_AT + Integer.BYTES;
    static final int MAX_TIMESTAMP_AT = BASE_TIMESTAMP_AT + Long.BYTES;
    static final int PRODUCER_ID_AT = MAX_TIMESTAMP_AT + Long.BYTES;
    static final int PRODUCER_EPOCH_AT = PRODUCER_ID_AT + Long.BYTES;
    static final int BASE_SEQUENCE_AT = PRODUCER_EPOCH_AT + Short.BYTES;
    static final int RECORD_COUNT_AT = BASE_SEQUENCE_AT + Integer.BYTES;

    /** Bytes before the first record. */
    static final int HEADER_BYTES = RECORD_COUNT_AT + Integer.BYTES;

    static final byte MAGIC = 2;
    static final int NO_LEADER_EPOCH = -1;
    static final int COMPRESSION_MASK = 0x07;
    static final int LOG_APPEND_TIME_BIT = 0x08;
    static final int CONTROL_BIT = 0x20;

    private BatchLayout() {}

    static int sizeBytes(ByteBuffer source, int at) {
        return source.getInt(at + LENGTH_AT) + LOG_OVERHEAD_BYTES;
    }

    static long baseOffset(ByteBuffer source, int at) {
        return source.getLong(at + BASE_OFFSET_AT);
    }

    static int lastOffsetDelta(ByteBuffer source, int at) {
        return source.getInt(at + LAST_OFFSET_DELTA_AT);
    }

    static int recordCount(ByteBuffer source, int at) {
        return source.getInt(at + RECORD_COUNT_AT);
    }

    static int attributes(ByteBuffer source, int at) {
        return source.getShort(at + ATTRIBUTES_AT);
    }

    static int crc(ByteBuffer source, int at, int sizeBytes) {
        var crc = new CRC32C();
        crc.update(source.slice(at + ATTRIBUTES_AT, sizeBytes - ATTRIBUTES_AT));
        return (int) crc.getValue();
    }
}
