package sluice.log.wal.disk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * Whose disk this is. The file {@code superblock}, big-endian:
 *
 * <pre>
 *   offset  length  field
 *        0       8  magic, 0x534C554943455744 ("SLUICEWD")
 *        8       2  version, 1
 *       10      16  disk id, a UUID
 *       26       2  n, length of the cluster id in bytes, 1 to 255
 *       28       n  cluster id, UTF-8
 *     28+n       4  CRC-32C of all bytes before it
 * </pre>
 */
record Superblock(UUID diskId, String clusterId) {

    private static final long MAGIC = 0x534C554943455744L;
    private static final short VERSION = 1;
    private static final int CLUSTER_ID_OFFSET =
            Long.BYTES + Short.BYTES + 2 * Long.BYTES + Short.BYTES;
    private static final int CLUSTER_ID_BYTES_MAX = 255;
    static final int BYTES_MAX = CLUSTER_ID_OFFSET + CLUSTER_ID_BYTES_MAX + Integer.BYTES;

    Superblock {
        int length = clusterId.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > CLUSTER_ID_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a cluster id has 1 to 255 bytes: clusterId=" + clusterId);
        }
    }

    ByteBuffer encode() {
        byte[] cluster = clusterId.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(CLUSTER_ID_OFFSET + cluster.length + Integer.BYTES)
                        .putLong(MAGIC)
                        .putShort(VERSION)
                        .putLong(diskId.getMostSignificantBits())
                        .putLong(diskId.getLeastSignificantBits())
                        .putShort((short) cluster.length)
                        .put(cluster);
        return bytes.putInt(DurableFiles.crcBefore(bytes, bytes.position())).flip();
    }

    /** Returns nothing if a single bit is not as it was written. */
    static Optional<Superblock> decode(ByteBuffer bytes) {
        int crcOffset = bytes.remaining() - Integer.BYTES;
        if (crcOffset <= CLUSTER_ID_OFFSET
                || bytes.getInt(crcOffset) != DurableFiles.crcBefore(bytes, crcOffset)
                || bytes.getLong() != MAGIC
                || bytes.getShort() != VERSION) {
            return Optional.empty();
        }
        var diskId = new UUID(bytes.getLong(), bytes.getLong());
        int length = bytes.getShort();
        if (length != crcOffset - CLUSTER_ID_OFFSET || length > CLUSTER_ID_BYTES_MAX) {
            return Optional.empty();
        }
        byte[] cluster = new byte[length];
        bytes.get(cluster);
        return Optional.of(new Superblock(diskId, new String(cluster, StandardCharsets.UTF_8)));
    }
}
