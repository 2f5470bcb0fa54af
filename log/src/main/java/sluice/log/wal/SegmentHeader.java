package sluice.log.wal;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;
import sluice.log.SluiceException;

/**
 * The first bytes of every wal segment, big-endian:
 *
 * <pre>
 *   at  bytes  field
 *    0      4  magic, 0x534C5753 ("SLWS")
 *    4      4  version, 1
 *    8     16  wal
 *   24      4  index
 *   28      4  0
 *   32      8  start, sequence of the first entry
 *   40      8  startHash, chain hash before the first entry
 *   48      8  openedAtMs, the owner's wall clock
 *   56      4  0
 *   60      4  crc, CRC-32C of the bytes before
 * </pre>
 */
public record SegmentHeader(SegmentId segment, long start, long startHash, long openedAtMs) {

    public static final int BYTES = 64;

    private static final int MAGIC = 0x534C5753;
    private static final int VERSION = 1;
    private static final int CRC_AT = BYTES - Integer.BYTES;

    ByteBuffer encode() {
        ByteBuffer target = ByteBuffer.allocate(BYTES);
        target.putInt(MAGIC).putInt(VERSION);
        putUuid(target, segment.wal()).putInt(segment.index()).putInt(0);
        target.putLong(start).putLong(startHash).putLong(openedAtMs).putInt(0);
        CRC32C crc = new CRC32C();
        crc.update(target.duplicate().flip());
        return target.putInt((int) crc.getValue()).flip();
    }

    /**
     * Reads the header at the buffer's position, which is moved behind it.
     *
     * @throws SluiceException DATA {@code corrupt-segment-header}
     */
    static SegmentHeader decode(ByteBuffer source) {
        int at = source.position();
        if (source.remaining() < BYTES) {
            throw corrupt("it is torn: bytes=" + source.remaining());
        }
        CRC32C crc = new CRC32C();
        crc.update(source.duplicate().limit(at + CRC_AT));
        if ((int) crc.getValue() != source.getInt(at + CRC_AT)) {
            throw corrupt("its CRC is wrong");
        }
        if (source.getInt() != MAGIC || source.getInt() != VERSION) {
            throw corrupt("magic or version is not ours");
        }
        UUID wal = uuid(source);
        int index = source.getInt();
        if (index < 0) {
            throw corrupt("index=" + index);
        }
        var segment = new SegmentId(wal, index);
        source.getInt();
        var header =
                new SegmentHeader(segment, source.getLong(), source.getLong(), source.getLong());
        source.position(at + BYTES);
        return header;
    }

    static ByteBuffer putUuid(ByteBuffer target, UUID id) {
        return target.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }

    static UUID uuid(ByteBuffer source) {
        return new UUID(source.getLong(), source.getLong());
    }

    private static SluiceException corrupt(String what) {
        return new SluiceException(
                SluiceException.Kind.DATA,
                "corrupt-segment-header",
                "the header of a wal segment cannot be read, " + what + "; use another member");
    }
}
