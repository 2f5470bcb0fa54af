package sluice.log.batch;

import java.nio.ByteBuffer;

/**
 * Fields of one batch in Kafka's RecordBatch v2 layout, read in place.
 *
 * <p>Every method takes the buffer and the index {@code at} of the batch's first byte; none moves
 * the buffer's position.
 */
public final class RecordBatch {

    /** Bytes before the first record. */
    public static final int HEADER_BYTES = 61;

    /** Bytes of base offset and length field, which the length field does not count. */
    public static final int LOG_OVERHEAD_BYTES = 12;

    /** The producer id of a batch that is not idempotent. */
    public static final long NO_PRODUCER_ID = -1;

    private RecordBatch() {}

    public static int sizeBytes(ByteBuffer source, int at) {
        throw new UnsupportedOperationException();
    }

    public static long baseOffset(ByteBuffer source, int at) {
        throw new UnsupportedOperationException();
    }

    public static int lastOffsetDelta(ByteBuffer source, int at) {
        throw new UnsupportedOperationException();
    }

    /** The offset after the batch's last. */
    public static long nextOffset(ByteBuffer source, int at) {
        return baseOffset(source, at) + lastOffsetDelta(source, at) + 1;
    }

    public static int recordCount(ByteBuffer source, int at) {
        throw new UnsupportedOperationException();
    }

    /** In milliseconds since 1970 UTC. */
    public static long baseTimestampMs(ByteBuffer source, int at) {
        throw new UnsupportedOperationException();
    }

    /** In milliseconds since 1970 UTC. */
    public static long maxTimestampMs(ByteBuffer source, int at) {
        throw new UnsupportedOperationException();
    }

    public static long producerId(ByteBuffer source, int at) {
        throw new UnsupportedOperationException();
    }

    public static short producerEpoch(ByteBuffer source, int at) {
        throw new UnsupportedOperationException();
    }

    public static int baseSequence(ByteBuffer source, int at) {
        throw new UnsupportedOperationException();
    }

    /** Writes the offset of the first record; the batch's CRC does not cover it. */
    public static void setBaseOffset(ByteBuffer target, int at, long baseOffset) {
        throw new UnsupportedOperationException();
    }

    /** Writes the slot epoch as the leader epoch; the batch's CRC does not cover it. */
    public static void setLeaderEpoch(ByteBuffer target, int at, int epoch) {
        throw new UnsupportedOperationException();
    }

    /**
     * Checks one batch that came from outside: length, magic 2, CRC-32C, counts, sizes, no control
     * or transactional bits, and, when it is not compressed, the frame of every record and that
     * offset deltas go 0, 1, 2, …. Nothing is decompressed.
     *
     * @param limit index after the last byte that may belong to the batch
     * @param recordBytesMax largest record allowed, in bytes; a compressed batch must fit as a
     *     whole
     * @return size of the batch in bytes
     * @throws sluice.log.SluiceException INVALID with codes {@code torn-batch}, {@code
     *     unsupported-magic}, {@code wrong-crc}, {@code malformed-batch}, {@code record-too-large}
     */
    public static int check(ByteBuffer source, int at, int limit, int recordBytesMax) {
        throw new UnsupportedOperationException();
    }
}
