package sluice.log.wal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import sluice.log.wal.SegmentId;

/**
 * The mark that a segment takes no append any more. It names its segment, so that a fence that
 * ended up in another place is not taken for that place's. A file {@code .fence}, big-endian:
 *
 * <pre>
 *   offset  length  field
 *        0       4  magic, 0x534C464E ("SLFN")
 *        4       2  version, 1
 *        6      16  wal id, a UUID
 *       22       4  index of the segment in its wal
 *       26       8  epoch of the fence
 *       34       4  CRC-32C of all bytes before it
 * </pre>
 */
final class FenceFile {

    private static final int MAGIC = 0x534C464E;
    private static final short VERSION = 1;
    private static final int EPOCH_OFFSET =
            Integer.BYTES + Short.BYTES + 2 * Long.BYTES + Integer.BYTES;
    private static final int CRC_OFFSET = EPOCH_OFFSET + Long.BYTES;
    private static final int BYTES = CRC_OFFSET + Integer.BYTES;

    private FenceFile() {}

    static ByteBuffer encode(SegmentId segment, long epoch) {
        ByteBuffer bytes =
                ByteBuffer.allocate(BYTES)
                        .putInt(MAGIC)
                        .putShort(VERSION)
                        .putLong(segment.wal().getMostSignificantBits())
                        .putLong(segment.wal().getLeastSignificantBits())
                        .putInt(segment.index())
                        .putLong(epoch);
        return bytes.putInt(DurableFiles.crcBefore(bytes, CRC_OFFSET)).flip();
    }

    /**
     * @throws IOException also if the file is damaged: a fence that cannot be read is no "no fence"
     */
    static long read(Path file, SegmentId segment) throws IOException {
        ByteBuffer bytes = DurableFiles.read(file, BYTES);
        if (bytes.remaining() != BYTES
                || bytes.getInt(CRC_OFFSET) != DurableFiles.crcBefore(bytes, CRC_OFFSET)
                || bytes.getInt() != MAGIC
                || bytes.getShort() != VERSION
                || !segment.equals(
                        new SegmentId(
                                new UUID(bytes.getLong(), bytes.getLong()), bytes.getInt()))) {
            throw new IOException(
                    "the fence of a segment is damaged; the segment must not be used on this disk:"
                            + " segment="
                            + segment
                            + " file="
                            + file);
        }
        return bytes.getLong(EPOCH_OFFSET);
    }
}
