package sluice.log.peer.tcp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import sluice.log.peer.PeerTransport.Link;

/**
 * The first bytes on a connection, from who dialled, big-endian:
 *
 * <pre>
 *   offset  length  field
 *        0       4  magic, 0x534C5052 ("SLPR")
 *        4       2  version of the protocol, 1
 *        6       1  link: 1 wal, 2 call
 *        7       1  n, length of the cluster id in bytes, 1 to 255
 *        8      16  disk id of who dials, a UUID
 *       24      16  disk id of who is meant, a UUID
 *       40       n  cluster id, UTF-8
 *     40+n       4  CRC-32C of all bytes before it
 * </pre>
 *
 * The bytes up to the cluster id's length stay where they are in all versions.
 */
record Hello(Link link, UUID from, UUID to, String clusterId) {

    static final int MAGIC = 0x534C5052;
    static final short VERSION = 1;

    /** What is read before the length of the rest is known. */
    static final int HEAD_BYTES = Integer.BYTES + Short.BYTES + 2;

    private static final int CLUSTER_ID_OFFSET = HEAD_BYTES + 4 * Long.BYTES;
    private static final int CLUSTER_ID_BYTES_MAX = 255;

    Hello {
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
                        .putInt(MAGIC)
                        .putShort(VERSION)
                        .put((byte) link.id())
                        .put((byte) cluster.length)
                        .putLong(from.getMostSignificantBits())
                        .putLong(from.getLeastSignificantBits())
                        .putLong(to.getMostSignificantBits())
                        .putLong(to.getLeastSignificantBits())
                        .put(cluster);
        return bytes.putInt(crcBefore(bytes, bytes.position())).flip();
    }

    /** Number of bytes after the head, at most 291, or −1 if the head is not one of ours. */
    static int bytesAfter(ByteBuffer head) {
        int clusterIdBytes = head.get(HEAD_BYTES - 1) & 0xFF;
        return head.getInt(0) == MAGIC && clusterIdBytes > 0
                ? CLUSTER_ID_OFFSET - HEAD_BYTES + clusterIdBytes + Integer.BYTES
                : -1;
    }

    static short version(ByteBuffer head) {
        return head.getShort(Integer.BYTES);
    }

    /**
     * Reads a hello of this version.
     *
     * @return nothing if it is damaged or its link is unknown
     */
    static Optional<Hello> decode(ByteBuffer bytes) {
        int crcOffset = bytes.limit() - Integer.BYTES;
        if (bytes.getInt(crcOffset) != crcBefore(bytes, crcOffset)) {
            return Optional.empty();
        }
        int linkId = bytes.get(HEAD_BYTES - 2);
        bytes.position(HEAD_BYTES);
        var from = new UUID(bytes.getLong(), bytes.getLong());
        var to = new UUID(bytes.getLong(), bytes.getLong());
        byte[] cluster = new byte[crcOffset - CLUSTER_ID_OFFSET];
        bytes.get(cluster);
        return Arrays.stream(Link.values())
                .filter(link -> link.id() == linkId)
                .findFirst()
                .map(link ->
                        new Hello(link, from, to, new String(cluster, StandardCharsets.UTF_8)));
    }

    static int crcBefore(ByteBuffer bytes, int end) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate().position(0).limit(end));
        return (int) crc.getValue();
    }
}
