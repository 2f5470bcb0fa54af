package sluice.log.object;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import sluice.log.object.ProducerSnapshot.SequenceRange;

/**
 * The bytes of a {@link ProducerSnapshot}, in footers and checkpoints alike, big-endian:
 *
 * <pre>
 *   length  field
 *        8  producerId
 *        2  epoch
 *        8  lastAppendMs
 *        1  range count, at most 5, oldest first, each 16 bytes:
 *             4  baseSequence
 *             4  lastSequence
 *             8  baseOffset
 * </pre>
 */
public final class ProducerCodec {

    private static final int RANGE_BYTES = 2 * Integer.BYTES + Long.BYTES;

    /** A producer without a range. */
    public static final int BYTES_MIN = 2 * Long.BYTES + Short.BYTES + Byte.BYTES;

    /** A producer with one range. */
    static final int BYTES_WITH_RANGE = BYTES_MIN + RANGE_BYTES;

    private ProducerCodec() {}

    public static int sizeBytes(ProducerSnapshot producer) {
        return BYTES_MIN + RANGE_BYTES * producer.last5().size();
    }

    public static void encode(ProducerSnapshot producer, ByteBuffer to) {
        to.putLong(producer.producerId()).putShort(producer.epoch());
        to.putLong(producer.lastAppendMs()).put((byte) producer.last5().size());
        for (SequenceRange range : producer.last5()) {
            to.putInt(range.baseSequence()).putInt(range.lastSequence());
            to.putLong(range.baseOffset());
        }
    }

    /**
     * @throws java.nio.BufferUnderflowException if it ends too early
     * @throws IllegalArgumentException if it is no producer's state
     */
    public static ProducerSnapshot decode(ByteBuffer from) {
        long producerId = from.getLong();
        short epoch = from.getShort();
        long lastAppendMs = from.getLong();
        int rangeCount = Byte.toUnsignedInt(from.get());
        List<SequenceRange> ranges = new ArrayList<>(ProducerSnapshot.RANGES_MAX);
        for (int i = 0; i < rangeCount; i++) {
            ranges.add(new SequenceRange(from.getInt(), from.getInt(), from.getLong()));
        }
        return new ProducerSnapshot(producerId, epoch, ranges, lastAppendMs);
    }
}
