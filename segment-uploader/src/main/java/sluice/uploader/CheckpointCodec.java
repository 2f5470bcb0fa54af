package sluice.uploader;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.object.Extent;
import sluice.log.object.ProducerCodec;
import sluice.log.object.ProducerSnapshot;
import sluice.uploader.SlotCheckpoint.PartitionState;

/**
 * The bytes of a slot checkpoint, big-endian:
 *
 * <pre>
 *   length  field
 *        4  magic, 0x534C434B ("SLCK")
 *        2  version, 1
 *        4  slot
 *        8  epoch
 *        4  wal count, each:
 *             16  wal, UUID, in order
 *              8  entry below which the slot is covered
 *        4  object count, each:
 *              2  n, length of the key in bytes, at least 1
 *              n  key, UTF-8
 *              8  length of the object in bytes
 *        4  partition count, each:
 *              8  topicId
 *              4  partition index
 *              8  logStart
 *              8  nextOffset
 *              4  extent count, each 52 bytes:
 *                   4  number of its object in the table above, from 0
 *                   8  firstOffset
 *                   8  nextOffset
 *                   8  position in the object
 *                   4  length in bytes
 *                   8  maxTimestampMs
 *                   8  appendedFromMs
 *                   4  crc, CRC-32C of the extent's bytes
 *              4  producer count, each:
 *                   a producer, see {@link ProducerCodec}
 *        4  crc, CRC-32C of all bytes before
 * </pre>
 */
final class CheckpointCodec {

    private static final int MAGIC = 0x534C434B;
    private static final short VERSION = 1;
    private static final int WAL_BYTES = 16 + Long.BYTES;
    private static final int OBJECT_BYTES_MIN = Short.BYTES + 1 + Long.BYTES;
    private static final int EXTENT_BYTES = 3 * Integer.BYTES + 5 * Long.BYTES;
    private static final int PARTITION_BYTES_MIN = 3 * Long.BYTES + 3 * Integer.BYTES;
    private static final int CRC_BYTES = Integer.BYTES;
    private static final int FIXED_BYTES =
            Integer.BYTES
                    + Short.BYTES
                    + Integer.BYTES
                    + Long.BYTES
                    + 3 * Integer.BYTES
                    + CRC_BYTES;

    private CheckpointCodec() {}

    static ByteBuffer encode(SlotCheckpoint checkpoint) {
        Map<StoredObject, Integer> objects = numbered(checkpoint);
        ByteBuffer to = ByteBuffer.allocate(size(checkpoint, objects));
        to.putInt(MAGIC).putShort(VERSION).putInt(checkpoint.slot()).putLong(checkpoint.epoch());
        to.putInt(checkpoint.coveredTo().size());
        new TreeMap<>(checkpoint.coveredTo())
                .forEach((wal, entry) ->
                        to.putLong(wal.getMostSignificantBits())
                                .putLong(wal.getLeastSignificantBits())
                                .putLong(entry));
        to.putInt(objects.size());
        for (StoredObject object : objects.keySet()) {
            byte[] key = object.key.getBytes(StandardCharsets.UTF_8);
            to.putShort((short) key.length).put(key).putLong(object.lengthBytes);
        }
        to.putInt(checkpoint.partitions().size());
        for (PartitionState state : checkpoint.partitions()) {
            encodePartition(state, objects, to);
        }
        to.putInt(SlotCheckpoint.crc(to.duplicate().flip()));
        assert !to.hasRemaining() : "the size was computed exactly: left=" + to.remaining();
        return to.flip();
    }

    private static void encodePartition(
            PartitionState state, Map<StoredObject, Integer> objects, ByteBuffer to) {
        to.putLong(state.partition().topicId()).putInt(state.partition().index());
        to.putLong(state.index().logStart()).putLong(state.index().nextOffset());
        to.putInt(state.index().extents().size());
        for (ObjectExtent each : state.index().extents()) {
            Extent extent = each.extent();
            to.putInt(objects.getOrDefault(StoredObject.of(each), -1));
            to.putLong(extent.firstOffset()).putLong(extent.nextOffset());
            to.putLong(extent.position()).putInt(extent.length());
            to.putLong(extent.maxTimestampMs()).putLong(extent.appendedFromMs());
            to.putInt(extent.crc());
        }
        to.putInt(state.producers().size());
        for (ProducerSnapshot producer : state.producers()) {
            ProducerCodec.encode(producer, to);
        }
    }

    /** Each object once, numbered in the order in which extents name them. */
    private static Map<StoredObject, Integer> numbered(SlotCheckpoint checkpoint) {
        Map<StoredObject, Integer> objects = new LinkedHashMap<>();
        for (PartitionState state : checkpoint.partitions()) {
            for (ObjectExtent each : state.index().extents()) {
                objects.putIfAbsent(StoredObject.of(each), objects.size());
            }
        }
        return objects;
    }

    private static int size(SlotCheckpoint checkpoint, Map<StoredObject, Integer> objects) {
        long size = FIXED_BYTES + (long) WAL_BYTES * checkpoint.coveredTo().size();
        for (StoredObject object : objects.keySet()) {
            size += OBJECT_BYTES_MIN - 1 + object.key.getBytes(StandardCharsets.UTF_8).length;
        }
        for (PartitionState state : checkpoint.partitions()) {
            size += PARTITION_BYTES_MIN + (long) EXTENT_BYTES * state.index().extents().size();
            for (ProducerSnapshot producer : state.producers()) {
                size += ProducerCodec.sizeBytes(producer);
            }
        }
        return Math.toIntExact(size);
    }

    static SlotCheckpoint decode(ByteBuffer encoded) {
        ByteBuffer all = encoded.slice();
        int crcAt = all.remaining() - CRC_BYTES;
        if (crcAt < FIXED_BYTES - CRC_BYTES) {
            throw corrupt("the checkpoint is too short: bytes=" + all.remaining(), null);
        }
        int expectedCrc = all.getInt(crcAt);
        int actualCrc = SlotCheckpoint.crc(all.slice(0, crcAt));
        if (expectedCrc != actualCrc) {
            throw corrupt(
                    "the checkpoint does not match its checksum: expectedCrc=%#x actualCrc=%#x"
                            .formatted(expectedCrc, actualCrc),
                    null);
        }
        try {
            return decodeBody(all.slice(0, crcAt));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw corrupt("the checkpoint is malformed: " + e.getMessage(), e);
        }
    }

    private static SlotCheckpoint decodeBody(ByteBuffer from) {
        int magic = from.getInt();
        short version = from.getShort();
        if (magic != MAGIC || version != VERSION) {
            throw corrupt(
                    "not a checkpoint this version can read: magic=%#x version=%d"
                            .formatted(magic, version),
                    null);
        }
        int slot = from.getInt();
        long epoch = from.getLong();
        Map<UUID, Long> coveredTo = new HashMap<>();
        for (int left = count(from, WAL_BYTES); left > 0; left--) {
            coveredTo.put(new UUID(from.getLong(), from.getLong()), from.getLong());
        }
        int objectCount = count(from, OBJECT_BYTES_MIN);
        List<StoredObject> objects = new ArrayList<>(objectCount);
        for (int i = 0; i < objectCount; i++) {
            byte[] key = new byte[Short.toUnsignedInt(from.getShort())];
            from.get(key);
            objects.add(new StoredObject(new String(key, StandardCharsets.UTF_8), from.getLong()));
        }
        int partitionCount = count(from, PARTITION_BYTES_MIN);
        List<PartitionState> partitions = new ArrayList<>(partitionCount);
        for (int i = 0; i < partitionCount; i++) {
            partitions.add(decodePartition(slot, objects, from));
        }
        if (from.hasRemaining()) {
            throw corrupt("bytes follow the last partition: bytes=" + from.remaining(), null);
        }
        return new SlotCheckpoint(slot, epoch, coveredTo, partitions);
    }

    private static PartitionState decodePartition(
            int slot, List<StoredObject> objects, ByteBuffer from) {
        var partition = new PartitionId(from.getLong(), from.getInt());
        long logStart = from.getLong();
        long nextOffset = from.getLong();
        int extentCount = count(from, EXTENT_BYTES);
        List<ObjectExtent> extents = new ArrayList<>(extentCount);
        for (int i = 0; i < extentCount; i++) {
            int number = from.getInt();
            if (number < 0 || number >= objects.size()) {
                throw corrupt(
                        "an extent names no object: number=%d objects=%d"
                                .formatted(number, objects.size()),
                        null);
            }
            StoredObject object = objects.get(number);
            var extent =
                    new Extent(
                            slot,
                            partition,
                            from.getLong(),
                            from.getLong(),
                            from.getLong(),
                            from.getInt(),
                            from.getLong(),
                            from.getLong(),
                            from.getInt());
            extents.add(new ObjectExtent(object.key, object.lengthBytes, extent));
        }
        int producerCount = count(from, ProducerCodec.BYTES_MIN);
        List<ProducerSnapshot> producers = new ArrayList<>(producerCount);
        for (int i = 0; i < producerCount; i++) {
            producers.add(ProducerCodec.decode(from));
        }
        return new PartitionState(
                partition, new PartitionIndex(logStart, nextOffset, extents), producers);
    }

    /** A count whose entries can fit into what is left, so that no hostile number allocates. */
    private static int count(ByteBuffer from, int bytesMin) {
        int count = from.getInt();
        if (count < 0 || (long) count * bytesMin > from.remaining()) {
            throw corrupt(
                    "a count does not fit the checkpoint: count=%d left=%d"
                            .formatted(count, from.remaining()),
                    null);
        }
        return count;
    }

    static SluiceException corrupt(String message, @Nullable Throwable cause) {
        return new SluiceException(Kind.DATA, "corrupt-checkpoint", message, cause);
    }

    private record StoredObject(String key, long lengthBytes) {
        static StoredObject of(ObjectExtent extent) {
            return new StoredObject(extent.objectKey(), extent.objectLengthBytes());
        }
    }
}
