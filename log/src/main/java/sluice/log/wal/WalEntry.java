package sluice.log.wal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import sluice.log.SluiceException;

/**
 * One entry of a wal, as it is written, sent and read, big-endian:
 *
 * <pre>
 *   at  bytes  field
 *    0      4  length, of the whole entry with its payload
 *    4      4  crc, CRC-32C of everything after this field
 *    8      1  type (1 = record batch, 2 = mark)
 *    9      1  retention, id of the retention class whose object takes the payload
 *   10      2  slot
 *   12      4  slotEpoch
 *   16      8  sequence, one more than the previous entry's
 *   24      8  previousHash, chain hash of the previous entry
 *   32      8  hwm, the owner's high watermark (a sequence) when the entry was made
 *   40      8  appendedAtMs, the owner's wall clock
 *   48      8  topicId
 *   56      4  partition
 *   60      4  offsets, how many offsets the entry takes in its partition
 *   64      8  baseOffset
 *   72      …  payload
 * </pre>
 *
 * <p>The chain hash of an entry mixes its previous hash with its CRC, length and sequence, so two
 * copies of a wal with the same hash at the same sequence are the same up to there. The types are
 * stored: add, never renumber.
 */
public final class WalEntry {

    static final int LENGTH_AT = 0;
    static final int CRC_AT = LENGTH_AT + Integer.BYTES;
    static final int TYPE_AT = CRC_AT + Integer.BYTES;
    static final int RETENTION_AT = TYPE_AT + Byte.BYTES;
    static final int SLOT_AT = RETENTION_AT + Byte.BYTES;
    static final int SLOT_EPOCH_AT = SLOT_AT + Short.BYTES;
    static final int SEQUENCE_AT = SLOT_EPOCH_AT + Integer.BYTES;
    static final int PREVIOUS_HASH_AT = SEQUENCE_AT + Long.BYTES;
    static final int HWM_AT = PREVIOUS_HASH_AT + Long.BYTES;
    static final int APPENDED_AT = HWM_AT + Long.BYTES;
    static final int TOPIC_AT = APPENDED_AT + Long.BYTES;
    static final int PARTITION_AT = TOPIC_AT + Long.BYTES;
    static final int OFFSETS_AT = PARTITION_AT + Integer.BYTES;
    static final int BASE_OFFSET_AT = OFFSETS_AT + Integer.BYTES;

    /** Bytes before the payload. */
    public static final int HEADER_BYTES = BASE_OFFSET_AT + Long.BYTES;

    /** No entry is longer, whatever its length field says; bounds what a reader allocates. */
    public static final int BYTES_MAX = 20 * 1024 * 1024;

    /** The chain hash before the first entry of a wal. */
    public static final long FIRST_HASH = 0x5157_4c49_4345_0001L;

    /** A record batch for a partition. */
    public static final byte BATCH = 1;

    /**
     * Nothing but the high watermark, written when the owner has been idle for a moment: so the
     * copies say of the last batch too that it was committed.
     */
    public static final byte MARK = 2;

    private WalEntry() {}

    /**
     * Makes the header for a payload; the header's position is 0, its limit {@link #HEADER_BYTES}.
     *
     * @param payload from its position to its limit; not moved
     */
    static ByteBuffer header(
            byte type,
            byte retention,
            int slot,
            int slotEpoch,
            long sequence,
            long previousHash,
            long hwm,
            long appendedAtMs,
            long topicId,
            int partition,
            int offsets,
            long baseOffset,
            ByteBuffer payload) {
        assert slot >= 0 && slot <= 0xffff : "slot=" + slot;
        int length = HEADER_BYTES + payload.remaining();
        assert length <= BYTES_MAX : "length=" + length;
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putInt(length).putInt(0).put(type).put(retention).putShort((short) slot);
        header.putInt(slotEpoch).putLong(sequence).putLong(previousHash).putLong(hwm);
        header.putLong(appendedAtMs).putLong(topicId).putInt(partition).putInt(offsets);
        header.putLong(baseOffset);
        header.flip();
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().position(TYPE_AT));
        crc.update(payload.duplicate());
        header.putInt(CRC_AT, (int) crc.getValue());
        return header;
    }

    /** The chain hash after the entry whose header is at {@code at}. */
    public static long hashOf(ByteBuffer source, int at) {
        return mix(
                source.getLong(at + PREVIOUS_HASH_AT),
                source.getInt(at + CRC_AT),
                source.getInt(at + LENGTH_AT),
                source.getLong(at + SEQUENCE_AT));
    }

    /** Finalizer of SplitMix64 (Steele, Lea, Flood 2014) over the parts, one after another. */
    private static long mix(long previous, int crc, int length, long sequence) {
        long state = previous ^ ((long) crc << 32 | (length & 0xffff_ffffL));
        state = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
        state = (state ^ (state >>> 27)) * 0x94d049bb133111ebL;
        state = (state ^ (state >>> 31)) + sequence * 0x9e3779b97f4a7c15L;
        state = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
        return state ^ (state >>> 27);
    }

    /**
     * True if a whole, undamaged entry begins at {@code at} and ends before {@code limit}. Says
     * nothing of its place in a chain.
     */
    public static boolean isWhole(ByteBuffer source, int at, int limit) {
        if (limit - at < HEADER_BYTES) {
            return false;
        }
        int length = source.getInt(at + LENGTH_AT);
        if (length < HEADER_BYTES || length > BYTES_MAX || length > limit - at) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(source.duplicate().limit(at + length).position(at + TYPE_AT));
        return (int) crc.getValue() == source.getInt(at + CRC_AT);
    }

    /**
     * Checks the whole entry at {@code at} and its place in the chain.
     *
     * @return its length in bytes
     * @throws SluiceException DATA {@code corrupt-entry} if it is damaged or not the next entry
     */
    static int check(
            ByteBuffer source, int at, int limit, long expectedSequence, long expectedHash) {
        if (!isWhole(source, at, limit)) {
            throw corrupt("the entry is torn or its CRC is wrong", at, expectedSequence);
        }
        if (sequence(source, at) != expectedSequence) {
            throw corrupt("the entry is sequence " + sequence(source, at), at, expectedSequence);
        }
        if (source.getLong(at + PREVIOUS_HASH_AT) != expectedHash) {
            throw corrupt("the entry follows another entry (hash chain)", at, expectedSequence);
        }
        return source.getInt(at + LENGTH_AT);
    }

    private static SluiceException corrupt(String what, int at, long expectedSequence) {
        return new SluiceException(
                SluiceException.Kind.DATA,
                "corrupt-entry",
                "%s: at=%d expectedSequence=%d; use another member's copy"
                        .formatted(what, at, expectedSequence));
    }

    public static int length(ByteBuffer source, int at) {
        return source.getInt(at + LENGTH_AT);
    }

    public static byte type(ByteBuffer source, int at) {
        return source.get(at + TYPE_AT);
    }

    public static byte retention(ByteBuffer source, int at) {
        return source.get(at + RETENTION_AT);
    }

    public static int slot(ByteBuffer source, int at) {
        return Short.toUnsignedInt(source.getShort(at + SLOT_AT));
    }

    public static int slotEpoch(ByteBuffer source, int at) {
        return source.getInt(at + SLOT_EPOCH_AT);
    }

    public static long sequence(ByteBuffer source, int at) {
        return source.getLong(at + SEQUENCE_AT);
    }

    public static long hwm(ByteBuffer source, int at) {
        return source.getLong(at + HWM_AT);
    }

    /** Milliseconds since 1970 UTC by the owner's clock. */
    public static long appendedAtMs(ByteBuffer source, int at) {
        return source.getLong(at + APPENDED_AT);
    }

    public static long topicId(ByteBuffer source, int at) {
        return source.getLong(at + TOPIC_AT);
    }

    public static int partition(ByteBuffer source, int at) {
        return source.getInt(at + PARTITION_AT);
    }

    public static int offsets(ByteBuffer source, int at) {
        return source.getInt(at + OFFSETS_AT);
    }

    public static long baseOffset(ByteBuffer source, int at) {
        return source.getLong(at + BASE_OFFSET_AT);
    }

    /** A view of the payload of the whole entry at {@code at}. */
    public static ByteBuffer payload(ByteBuffer source, int at) {
        return source.slice(at + HEADER_BYTES, length(source, at) - HEADER_BYTES);
    }
}
