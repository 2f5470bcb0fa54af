package sluice.log.batch;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import sluice.log.SluiceException;

/**
 * Fields of one batch in Kafka's RecordBatch v2 layout, read in place.
 *
 * <p>Every method takes the buffer and the index {@code at} of the batch's first byte; none moves
 * the buffer's position. The buffer's byte order is big-endian, as the layout's:
 *
 * <pre>
 *   offset  length  field
 *        0       8  baseOffset, of the first record; written by the partition's owner
 *        8       4  batchLength, bytes after this field
 *       12       4  partitionLeaderEpoch, the slot epoch; written by the partition's owner
 *       16       1  magic, 2
 *       17       4  crc, CRC-32C of everything from attributes to the end
 *       21       2  attributes: bits 0-2 compression (0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd),
 *                   3 log append time, 4 transactional, 5 control, 6 delete horizon
 *       23       4  lastOffsetDelta, offset of the last record after baseOffset
 *       27       8  baseTimestamp, milliseconds since 1970 UTC
 *       35       8  maxTimestamp
 *       43       8  producerId, -1 if the batch is not idempotent
 *       51       2  producerEpoch, then -1
 *       53       4  baseSequence, then -1
 *       57       4  recordCount
 *       61       …  records (see {@link RecordFrame}), compressed together if at all
 * </pre>
 *
 * @see <a href="https://kafka.apache.org/documentation/#recordbatch">Kafka: record batch</a>
 */
public final class RecordBatch {

    private static final int BASE_OFFSET_AT = 0;
    private static final int LENGTH_AT = BASE_OFFSET_AT + Long.BYTES;

    /** Bytes of base offset and length field, which the length field does not count. */
    public static final int LOG_OVERHEAD_BYTES = LENGTH_AT + Integer.BYTES;

    private static final int LEADER_EPOCH_AT = LOG_OVERHEAD_BYTES;
    private static final int MAGIC_AT = LEADER_EPOCH_AT + Integer.BYTES;
    private static final int CRC_AT = MAGIC_AT + Byte.BYTES;
    private static final int ATTRIBUTES_AT = CRC_AT + Integer.BYTES;
    private static final int LAST_OFFSET_DELTA_AT = ATTRIBUTES_AT + Short.BYTES;
    private static final int BASE_TIMESTAMP_AT = LAST_OFFSET_DELTA_AT + Integer.BYTES;
    private static final int MAX_TIMESTAMP_AT = BASE_TIMESTAMP_AT + Long.BYTES;
    private static final int PRODUCER_ID_AT = MAX_TIMESTAMP_AT + Long.BYTES;
    private static final int PRODUCER_EPOCH_AT = PRODUCER_ID_AT + Long.BYTES;
    private static final int BASE_SEQUENCE_AT = PRODUCER_EPOCH_AT + Short.BYTES;
    private static final int RECORD_COUNT_AT = BASE_SEQUENCE_AT + Integer.BYTES;

    /** Bytes before the first record. */
    public static final int HEADER_BYTES = RECORD_COUNT_AT + Integer.BYTES;

    /** The producer id of a batch that is not idempotent. */
    public static final long NO_PRODUCER_ID = -1;

    /**
     * Most records in one batch. It bounds how many offsets a compressed batch, whose records are
     * not counted before it is stored, can take.
     */
    public static final int RECORD_COUNT_MAX = 1 << 20;

    /** Most headers of one record. Each costs a reader far more memory than its two bytes. */
    public static final int HEADER_COUNT_MAX = 1024;

    static final short NO_PRODUCER_EPOCH = -1;
    static final int NO_SEQUENCE = -1;
    static final int NO_LEADER_EPOCH = -1;

    static final int CODEC_NONE = 0;
    private static final int CODEC_LAST = 4;
    private static final byte MAGIC = 2;
    private static final int CODEC_MASK = 0x07;
    private static final int LOG_APPEND_TIME_BIT = 0x08;
    private static final int CONTROL_BIT = 0x20;

    private RecordBatch() {}

    /** Size of the whole batch in bytes, as its length field tells: checked batches only. */
    public static int sizeBytes(ByteBuffer source, int at) {
        return source.getInt(at + LENGTH_AT) + LOG_OVERHEAD_BYTES;
    }

    public static long baseOffset(ByteBuffer source, int at) {
        return source.getLong(at + BASE_OFFSET_AT);
    }

    public static int lastOffsetDelta(ByteBuffer source, int at) {
        return source.getInt(at + LAST_OFFSET_DELTA_AT);
    }

    /** The offset after the batch's last. */
    public static long nextOffset(ByteBuffer source, int at) {
        return baseOffset(source, at) + lastOffsetDelta(source, at) + 1;
    }

    public static int recordCount(ByteBuffer source, int at) {
        return source.getInt(at + RECORD_COUNT_AT);
    }

    /** In milliseconds since 1970 UTC. */
    public static long baseTimestampMs(ByteBuffer source, int at) {
        return source.getLong(at + BASE_TIMESTAMP_AT);
    }

    /**
     * In milliseconds since 1970 UTC, as the producer wrote it: not compared with the records, and
     * −1 from producers that leave it out. What decides about deletion must not rest on it alone.
     */
    public static long maxTimestampMs(ByteBuffer source, int at) {
        return source.getLong(at + MAX_TIMESTAMP_AT);
    }

    public static long producerId(ByteBuffer source, int at) {
        return source.getLong(at + PRODUCER_ID_AT);
    }

    public static short producerEpoch(ByteBuffer source, int at) {
        return source.getShort(at + PRODUCER_EPOCH_AT);
    }

    public static int baseSequence(ByteBuffer source, int at) {
        return source.getInt(at + BASE_SEQUENCE_AT);
    }

    /**
     * Writes the offset of the first record; the batch's CRC does not cover it.
     *
     * @throws IllegalArgumentException if the offset is negative or the batch would reach over the
     *     largest offset, 2^63 − 1
     */
    public static void setBaseOffset(ByteBuffer target, int at, long baseOffset) {
        if (!hasRoomFor(baseOffset, lastOffsetDelta(target, at))) {
            throw new IllegalArgumentException(
                    "not a base offset for the batch: baseOffset=%d lastOffsetDelta=%d"
                            .formatted(baseOffset, lastOffsetDelta(target, at)));
        }
        target.putLong(at + BASE_OFFSET_AT, baseOffset);
    }

    /** Writes the slot epoch as the leader epoch; the batch's CRC does not cover it. */
    public static void setLeaderEpoch(ByteBuffer target, int at, int epoch) {
        target.putInt(at + LEADER_EPOCH_AT, epoch);
    }

    /**
     * Checks one batch that came from outside: length, magic 2, CRC-32C, counts, sizes, no control
     * or transactional bits, and, when it is not compressed, the frame of every record and that
     * offset deltas go 0, 1, 2, …. Nothing is decompressed.
     *
     * <p>Base offset and leader epoch may be anything: the owner overwrites them.
     *
     * @param limit index after the last byte that may belong to the batch
     * @param recordBytesMax largest record allowed, in bytes of its key, value, header names and
     *     header values; a compressed batch must fit as a whole
     * @return size of the batch in bytes
     * @throws sluice.log.SluiceException INVALID with codes {@code torn-batch}, {@code
     *     unsupported-magic}, {@code wrong-crc}, {@code malformed-batch}, {@code record-too-large}
     */
    public static int check(ByteBuffer source, int at, int limit, int recordBytesMax) {
        int size = checkFrame(source, at, limit);
        int attributes = source.getShort(at + ATTRIBUTES_AT);
        if ((attributes & ~CODEC_MASK) != 0 || codec(source, at) > CODEC_LAST) {
            throw malformed(
                    "expected no attributes but compression 0 to 4, found attributes=0x%04x;"
                                    .formatted(attributes & 0xFFFF)
                            + " transactional, control and log-append-time batches are not taken");
        }
        checkCounts(source, at);
        checkProducer(source, at);
        if (codec(source, at) != CODEC_NONE) {
            if (size == HEADER_BYTES) {
                throw malformed("expected compressed records, found no bytes");
            }
            if (size > recordBytesMax) {
                throw tooLarge(
                        "compressed batch has sizeBytes=%d, allowed are recordBytesMax=%d; send"
                                        .formatted(size, recordBytesMax)
                                + " fewer records in a batch");
            }
            return size;
        }
        checkRecords(source, at, at + size, recordBytesMax);
        return size;
    }

    /**
     * Checks what must hold before any other field means anything: that the batch is all there, is
     * of this layout and has the CRC it says.
     *
     * @return size of the batch in bytes
     */
    static int checkFrame(ByteBuffer source, int at, int limit) {
        if (at < 0) {
            throw new IllegalArgumentException("index must not be negative: at=" + at);
        }
        long available = (long) Math.min(limit, source.limit()) - at;
        // Magic before all else: older layouts keep it at the same place and are shorter.
        if (available > MAGIC_AT && source.get(at + MAGIC_AT) != MAGIC) {
            throw invalid(
                    "unsupported-magic",
                    "batch has magic=%d, expected magic=%d; send RecordBatch v2"
                            .formatted(source.get(at + MAGIC_AT), MAGIC));
        }
        if (available < HEADER_BYTES) {
            throw torn(HEADER_BYTES, available);
        }
        int length = source.getInt(at + LENGTH_AT);
        if (length < HEADER_BYTES - LOG_OVERHEAD_BYTES) {
            throw malformed(
                    "expected batchLength>=%d, found batchLength=%d"
                            .formatted(HEADER_BYTES - LOG_OVERHEAD_BYTES, length));
        }
        if (length > available - LOG_OVERHEAD_BYTES) {
            throw torn((long) length + LOG_OVERHEAD_BYTES, available);
        }
        int size = length + LOG_OVERHEAD_BYTES;
        int actual = crc(source, at, size);
        int expected = source.getInt(at + CRC_AT);
        if (actual != expected) {
            throw invalid(
                    "wrong-crc",
                    "batch has crc=0x%08x, its bytes have crc=0x%08x; send it again, it changed on"
                                    .formatted(expected, actual)
                            + " the way or was not encoded rightly");
        }
        return size;
    }

    static int codec(ByteBuffer source, int at) {
        return source.getShort(at + ATTRIBUTES_AT) & CODEC_MASK;
    }

    /** Whether all records have the batch's max timestamp rather than their own. */
    static boolean hasLogAppendTime(ByteBuffer source, int at) {
        return (source.getShort(at + ATTRIBUTES_AT) & LOG_APPEND_TIME_BIT) != 0;
    }

    static boolean isControl(ByteBuffer source, int at) {
        return (source.getShort(at + ATTRIBUTES_AT) & CONTROL_BIT) != 0;
    }

    /** Whether the offsets of a batch, and the one after it, are not negative. */
    static boolean hasRoomFor(long baseOffset, int lastOffsetDelta) {
        return baseOffset >= 0 && baseOffset <= Long.MAX_VALUE - 1 - lastOffsetDelta;
    }

    /** Writes all of a header but records, into an array whose records are there already. */
    static void writeHeader(
            ByteBuffer target,
            long baseTimestampMs,
            long maxTimestampMs,
            long producerId,
            short producerEpoch,
            int baseSequence,
            int recordCount) {
        target.putLong(BASE_OFFSET_AT, 0);
        target.putInt(LENGTH_AT, target.limit() - LOG_OVERHEAD_BYTES);
        target.putInt(LEADER_EPOCH_AT, NO_LEADER_EPOCH);
        target.put(MAGIC_AT, MAGIC);
        target.putShort(ATTRIBUTES_AT, (short) CODEC_NONE);
        target.putInt(LAST_OFFSET_DELTA_AT, recordCount - 1);
        target.putLong(BASE_TIMESTAMP_AT, baseTimestampMs);
        target.putLong(MAX_TIMESTAMP_AT, maxTimestampMs);
        target.putLong(PRODUCER_ID_AT, producerId);
        target.putShort(PRODUCER_EPOCH_AT, producerEpoch);
        target.putInt(BASE_SEQUENCE_AT, baseSequence);
        target.putInt(RECORD_COUNT_AT, recordCount);
        target.putInt(CRC_AT, crc(target, 0, target.limit()));
    }

    private static int crc(ByteBuffer source, int at, int size) {
        var crc = new CRC32C();
        crc.update(source.slice(at + ATTRIBUTES_AT, size - ATTRIBUTES_AT));
        return (int) crc.getValue();
    }

    private static void checkCounts(ByteBuffer source, int at) {
        int count = recordCount(source, at);
        if (count < 1 || count > RECORD_COUNT_MAX || lastOffsetDelta(source, at) != count - 1) {
            throw malformed(
                    "expected 1 to %d records and lastOffsetDelta=recordCount-1, found recordCount=%d lastOffsetDelta=%d"
                            .formatted(RECORD_COUNT_MAX, count, lastOffsetDelta(source, at)));
        }
    }

    private static void checkProducer(ByteBuffer source, int at) {
        long producerId = producerId(source, at);
        short producerEpoch = producerEpoch(source, at);
        int baseSequence = baseSequence(source, at);
        boolean isIdempotent = producerId >= 0 && producerEpoch >= 0 && baseSequence >= 0;
        boolean isPlain =
                producerId == NO_PRODUCER_ID
                        && producerEpoch == NO_PRODUCER_EPOCH
                        && baseSequence == NO_SEQUENCE;
        if (!isIdempotent && !isPlain) {
            throw malformed(
                    "expected producer fields all -1 or none negative, found producerId=%d producerEpoch=%d baseSequence=%d"
                            .formatted(producerId, producerEpoch, baseSequence));
        }
    }

    private static void checkRecords(ByteBuffer source, int at, int end, int recordBytesMax) {
        long baseTimestampMs = baseTimestampMs(source, at);
        int count = recordCount(source, at);
        int index = at + HEADER_BYTES;
        for (int i = 0; i < count; i++) {
            long length = Varint.readInt(source, index, end);
            int bodyAt = Varint.next(length);
            int bodyBytes = Varint.value(length);
            if (length == Varint.MALFORMED || bodyBytes < 0 || bodyBytes > end - bodyAt) {
                throw malformed("record does not fit in the batch: record=%d".formatted(i));
            }
            int bodyEnd = bodyAt + bodyBytes;
            int payloadBytes = RecordFrame.check(source, bodyAt, bodyEnd);
            if (payloadBytes < 0) {
                throw payloadBytes == RecordFrame.TOO_MANY_HEADERS
                        ? tooManyHeaders(i)
                        : malformed("a field does not fit in its record: record=%d".formatted(i));
            }
            if (payloadBytes > recordBytesMax) {
                throw tooLarge(
                        "record has bytes=%d, allowed are recordBytesMax=%d: record=%d; split it, or keep the value elsewhere and send a reference"
                                .formatted(payloadBytes, recordBytesMax, i));
            }
            int offsetDelta = RecordFrame.offsetDelta(source, bodyAt, bodyEnd);
            if (offsetDelta != i) {
                throw malformed(
                        "expected offsetDelta=%d, found offsetDelta=%d".formatted(i, offsetDelta));
            }
            if (overflows(baseTimestampMs, RecordFrame.timestampDelta(source, bodyAt))) {
                throw malformed("timestamp overflows 64 bits: record=%d".formatted(i));
            }
            index = bodyEnd;
        }
        if (index != end) {
            throw malformed(
                    "expected records=%d to fill the batch, found bytesLeft=%d"
                            .formatted(count, end - index));
        }
    }

    static boolean overflows(long left, long right) {
        long sum = left + right;
        return ((left ^ sum) & (right ^ sum)) < 0;
    }

    static SluiceException tooManyHeaders(int record) {
        return tooLarge(
                "record has more headers than headerCountMax=%d: record=%d; put them in the value"
                        .formatted(HEADER_COUNT_MAX, record));
    }

    static SluiceException tooLarge(String message) {
        return invalid("record-too-large", message);
    }

    static SluiceException malformed(String found) {
        return invalid("malformed-batch", "not a batch to store: " + found);
    }

    private static SluiceException torn(long expected, long available) {
        return invalid(
                "torn-batch",
                "batch is cut off: expected sizeBytes>=%d, found availableBytes=%d; send it whole"
                        .formatted(expected, Math.max(available, 0)));
    }

    private static SluiceException invalid(String code, String message) {
        return new SluiceException(SluiceException.Kind.INVALID, code, message);
    }
}
