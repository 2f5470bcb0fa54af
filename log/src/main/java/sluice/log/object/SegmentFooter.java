package sluice.log.object;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/**
 * The end of a segment object: whose it is, where its batches are, and which idempotent producers
 * wrote them.
 *
 * <p>The object is: batches, sorted by (slot, partition, offset) and tiled by the extents without a
 * hole; the footer; the trailer. All numbers are big-endian.
 *
 * <pre>
 *   footer, at footerAt
 *     offset  length  field
 *          0       4  magic, 0x534C4746 ("SLGF")
 *          4       2  version, 1
 *          6       2  n, length of the class name in bytes, 1 to 32
 *          8       n  name of the retention class, ASCII
 *        8+n      16  wal, UUID
 *       24+n       4  segment, index in the wal's chain
 *       28+n       8  fromEntry, first entry of the wal segment
 *       36+n       8  toEntry, entry after its last
 *       44+n       8  createdAtMs, milliseconds since 1970 UTC
 *       52+n       4  extentCount, at least 1
 *       56+n      64  each extent:
 *                       0   4  slot
 *                       4   8  topicId
 *                      12   4  partition index
 *                      16   8  firstOffset
 *                      24   8  nextOffset
 *                      32   8  position in the object
 *                      40   4  length in bytes
 *                      44   8  maxTimestampMs
 *                      52   8  appendedFromMs
 *                      60   4  crc, CRC-32C of the extent's bytes
 *       then       4  partitionCount, partitions with batches of idempotent producers, in the
 *                     order of their extents, each:
 *                       4  slot
 *                       8  topicId
 *                       4  partition index
 *                       4  producerCount, at least 1, by last batch, oldest first, each:
 *                            8  producerId, not negative
 *                            2  epoch, the newest in this object
 *                            8  lastAppendMs, when the owner appended its last batch
 *                            1  rangeCount, its last 1 to 5 batches, oldest first, each:
 *                                 4  baseSequence
 *                                 4  lastSequence
 *                                 8  baseOffset
 *   trailer, the object's last 16 bytes
 *          0       8  footerAt
 *          8       4  crc, CRC-32C of all bytes from footerAt to this field
 *         12       4  magic, 0x534C454E ("SLEN")
 * </pre>
 *
 * @param fromEntry first entry of the wal segment
 * @param toEntry entry after the segment's last
 * @param retentionClass name of the class under whose prefix the object is stored
 * @param createdAtMs milliseconds since 1970 UTC
 * @param producers of the batches in this object alone; a partition that lies in two objects of one
 *     wal segment, since its class changed, has a part in both
 */
public record SegmentFooter(
        UUID wal,
        int segment,
        long fromEntry,
        long toEntry,
        String retentionClass,
        long createdAtMs,
        List<Extent> extents,
        List<PartitionProducers> producers) {

    /** Bytes at the very end that say where the footer begins. */
    public static final int TRAILER_BYTES = Long.BYTES + Integer.BYTES + Integer.BYTES;

    private static final int MAGIC = 0x534C4746;
    private static final int END_MAGIC = 0x534C454E;
    private static final short VERSION = 1;
    private static final int CLASS_BYTES_MAX = 32;
    private static final int EXTENT_BYTES = 64;
    private static final int FIXED_BYTES =
            Integer.BYTES + 2 * Short.BYTES + 16 + Integer.BYTES + 3 * Long.BYTES + Integer.BYTES;
    private static final int FOOTER_BYTES_MIN = FIXED_BYTES + ProducersSection.BYTES_MIN;

    public SegmentFooter {
        extents = List.copyOf(extents);
        producers = List.copyOf(producers);
        if (segment < 0 || fromEntry < 0 || toEntry < fromEntry) {
            throw new IllegalArgumentException(
                    "not a wal segment: segment=%d fromEntry=%d toEntry=%d"
                            .formatted(segment, fromEntry, toEntry));
        }
        if (retentionClass.isEmpty()
                || retentionClass.length() > CLASS_BYTES_MAX
                || retentionClass.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException(
                    "not a name of a retention class: name=" + retentionClass);
        }
        checkTiling(extents);
        ProducersSection.check(producers, extents);
    }

    private static void checkTiling(List<Extent> extents) {
        if (extents.isEmpty()) {
            throw new IllegalArgumentException("a footer has at least one extent");
        }
        long position = 0;
        Extent before = null;
        for (Extent extent : extents) {
            if (extent.position() != position) {
                throw new IllegalArgumentException(
                        "extents do not tile the object: expected=%d found=%d"
                                .formatted(position, extent.position()));
            }
            if (before != null && !follows(before, extent)) {
                throw new IllegalArgumentException(
                        "extents are not in order: before=" + before + " after=" + extent);
            }
            position = extent.end();
            before = extent;
        }
    }

    private static boolean follows(Extent before, Extent after) {
        if (before.slot() != after.slot()) {
            return before.slot() < after.slot();
        }
        int byPartition = before.partition().compareTo(after.partition());
        return byPartition != 0 ? byPartition < 0 : before.nextOffset() <= after.firstOffset();
    }

    /** Index in the object of the footer's first byte: where the last extent ends. */
    public long footerAt() {
        return extents.getLast().end();
    }

    /** Footer and trailer, position 0 to limit. */
    ByteBuffer encode() {
        byte[] name = retentionClass.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer to =
                ByteBuffer.allocate(
                        FIXED_BYTES
                                + name.length
                                + Math.multiplyExact(extents.size(), EXTENT_BYTES)
                                + ProducersSection.sizeBytes(producers)
                                + TRAILER_BYTES);
        to.putInt(MAGIC).putShort(VERSION).putShort((short) name.length).put(name);
        to.putLong(wal.getMostSignificantBits()).putLong(wal.getLeastSignificantBits());
        to.putInt(segment).putLong(fromEntry).putLong(toEntry).putLong(createdAtMs);
        to.putInt(extents.size());
        for (Extent extent : extents) {
            to.putInt(extent.slot());
            to.putLong(extent.partition().topicId()).putInt(extent.partition().index());
            to.putLong(extent.firstOffset()).putLong(extent.nextOffset());
            to.putLong(extent.position()).putInt(extent.length());
            to.putLong(extent.maxTimestampMs()).putLong(extent.appendedFromMs());
            to.putInt(extent.crc());
        }
        ProducersSection.encode(producers, to);
        to.putLong(footerAt());
        to.putInt(crc(to.duplicate().flip())).putInt(END_MAGIC);
        assert !to.hasRemaining() : "the size was computed exactly: left=" + to.remaining();
        return to.flip();
    }

    /**
     * Finds the footer from the object's end alone.
     *
     * @param trailer the last {@link #TRAILER_BYTES} bytes of the object
     * @return index of the footer's first byte
     * @throws SluiceException DATA {@code corrupt-object}
     */
    public static long locate(ByteBuffer trailer, long objectLengthBytes) {
        ByteBuffer from = trailer.slice();
        if (from.remaining() != TRAILER_BYTES) {
            throw corrupt("the trailer has the wrong length: bytes=" + from.remaining(), null);
        }
        long footerAt = from.getLong();
        int crc = from.getInt();
        int magic = from.getInt();
        if (magic != END_MAGIC) {
            throw corrupt(
                    "the object does not end with a trailer: expectedMagic=%#x actualMagic=%#x crc=%#x"
                            .formatted(END_MAGIC, magic, crc),
                    null);
        }
        long footerMax = objectLengthBytes - TRAILER_BYTES - FOOTER_BYTES_MIN;
        if (footerAt <= 0
                || footerAt > footerMax
                || objectLengthBytes - footerAt > Integer.MAX_VALUE) {
            throw corrupt(
                    "the trailer points outside the object: footerAt=%d objectLength=%d"
                            .formatted(footerAt, objectLengthBytes),
                    null);
        }
        return footerAt;
    }

    /**
     * Reads the footer and checks it against what committed metadata says.
     *
     * @param bytes from {@code footerAt} to the end of the object; the position is not moved
     * @param expectedCrc CRC-32C of all of {@code bytes}
     * @throws SluiceException DATA {@code corrupt-object}
     */
    public static SegmentFooter read(ByteBuffer bytes, int expectedCrc) {
        int actual = crc(bytes);
        if (actual != expectedCrc) {
            throw corrupt(
                    "the footer is not the one that was committed: expectedCrc=%#x actualCrc=%#x"
                            .formatted(expectedCrc, actual),
                    null);
        }
        return read(bytes);
    }

    /**
     * Reads the footer by the object's own word alone, as a rebuild does.
     *
     * @param bytes from {@code footerAt} to the end of the object; the position is not moved
     * @throws SluiceException DATA {@code corrupt-object}
     */
    public static SegmentFooter read(ByteBuffer bytes) {
        ByteBuffer from = bytes.slice();
        int trailerAt = from.remaining() - TRAILER_BYTES;
        if (trailerAt < FOOTER_BYTES_MIN) {
            throw corrupt("the footer is too short: bytes=" + from.remaining(), null);
        }
        int crcAt = trailerAt + Long.BYTES;
        int storedCrc = from.getInt(crcAt);
        int actualCrc = crc(from.slice(0, crcAt));
        if (storedCrc != actualCrc || from.getInt(crcAt + Integer.BYTES) != END_MAGIC) {
            throw corrupt(
                    "the footer does not match its trailer: expectedCrc=%#x actualCrc=%#x"
                            .formatted(storedCrc, actualCrc),
                    null);
        }
        SegmentFooter footer = decode(from.slice(0, trailerAt));
        if (footer.footerAt() != from.getLong(trailerAt)) {
            throw corrupt(
                    "extents do not reach the footer: footerAt=%d extentsEnd=%d"
                            .formatted(from.getLong(trailerAt), footer.footerAt()),
                    null);
        }
        return footer;
    }

    private static SegmentFooter decode(ByteBuffer from) {
        try {
            int magic = from.getInt();
            short version = from.getShort();
            if (magic != MAGIC || version != VERSION) {
                throw corrupt(
                        "not a footer this version can read: magic=%#x version=%d"
                                .formatted(magic, version),
                        null);
            }
            byte[] name = new byte[Short.toUnsignedInt(from.getShort())];
            from.get(name);
            var wal = new UUID(from.getLong(), from.getLong());
            int segment = from.getInt();
            long fromEntry = from.getLong();
            long toEntry = from.getLong();
            long createdAtMs = from.getLong();
            int extentCount = from.getInt();
            if (extentCount < 0 || (long) extentCount * EXTENT_BYTES > from.remaining()) {
                throw corrupt(
                        "the footer is too short for its extents: extentCount=%d bytes=%d"
                                .formatted(extentCount, from.remaining()),
                        null);
            }
            List<Extent> extents = new ArrayList<>(extentCount);
            for (int i = 0; i < extentCount; i++) {
                extents.add(decodeExtent(from));
            }
            List<PartitionProducers> producers = ProducersSection.decode(from);
            if (from.hasRemaining()) {
                throw corrupt("bytes follow the last producer: bytes=" + from.remaining(), null);
            }
            return new SegmentFooter(
                    wal,
                    segment,
                    fromEntry,
                    toEntry,
                    new String(name, StandardCharsets.ISO_8859_1),
                    createdAtMs,
                    extents,
                    producers);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw corrupt("the footer is malformed: " + e.getMessage(), e);
        }
    }

    private static Extent decodeExtent(ByteBuffer from) {
        return new Extent(
                from.getInt(),
                new PartitionId(from.getLong(), from.getInt()),
                from.getLong(),
                from.getLong(),
                from.getLong(),
                from.getInt(),
                from.getLong(),
                from.getLong(),
                from.getInt());
    }

    /** CRC-32C of the remaining bytes; the position is not moved. */
    static int crc(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }

    private static SluiceException corrupt(String message, @Nullable Throwable cause) {
        return new SluiceException(Kind.DATA, "corrupt-object", message, cause);
    }
}
