package sluice.uploader;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.object.ProducerSnapshot;
import sluice.metadata.SlotRecord;

/**
 * All that is known of a slot up to a place in each of its wals: where its partitions' records lie,
 * and their producers.
 *
 * @param epoch the slot's epoch when it was written
 * @param coveredTo for each wal, the entry below which all of the slot is covered
 * @param partitions in order
 * @see CheckpointCodec the format
 */
public record SlotCheckpoint(
        int slot, long epoch, Map<UUID, Long> coveredTo, List<PartitionState> partitions) {

    /** What the keys of all checkpoints begin with. */
    public static final String PREFIX = "checkpoints/";

    private static final int HASH_MASK = 0xFF;

    /** One partition of the slot. */
    public record PartitionState(
            PartitionId partition, PartitionIndex index, List<ProducerSnapshot> producers) {
        public PartitionState {
            producers = List.copyOf(producers);
        }
    }

    public SlotCheckpoint {
        coveredTo = Map.copyOf(coveredTo);
        partitions = List.copyOf(partitions);
        if (slot < 0 || epoch < 0 || coveredTo.values().stream().anyMatch(entry -> entry < 0)) {
            throw new IllegalArgumentException(
                    "not a checkpoint: slot=%d epoch=%d coveredTo=%s"
                            .formatted(slot, epoch, coveredTo));
        }
        for (int i = 1; i < partitions.size(); i++) {
            if (partitions.get(i - 1).partition().compareTo(partitions.get(i).partition()) >= 0) {
                throw new IllegalArgumentException(
                        "partitions are not in order: " + partitions.get(i).partition());
            }
        }
    }

    /** A key that was never used; the hash before the slot spreads load over the store. */
    public static String newKey(int slot, long epoch, RandomGenerator random) {
        String name = "%d/%d-%016x".formatted(slot, epoch, random.nextLong());
        return "%s%02x/%s.ckpt".formatted(PREFIX, ObjectKeys.hash(name) & HASH_MASK, name);
    }

    /** The bytes to store, position 0 to limit. */
    public ByteBuffer encode() {
        return CheckpointCodec.encode(this);
    }

    /** What the slot's record says of a stored checkpoint. */
    public static SlotRecord.Checkpoint pointer(String key, ByteBuffer encoded) {
        return new SlotRecord.Checkpoint(key, encoded.remaining(), crc(encoded));
    }

    /**
     * @param encoded a whole object; the position is not moved
     * @param expectedCrc CRC-32C of the whole object, as the slot's record has it
     * @throws SluiceException DATA {@code corrupt-checkpoint}
     */
    public static SlotCheckpoint decode(ByteBuffer encoded, int expectedCrc) {
        int actual = crc(encoded);
        if (actual != expectedCrc) {
            throw CheckpointCodec.corrupt(
                    "not the checkpoint the slot points to: expectedCrc=%#x actualCrc=%#x"
                            .formatted(expectedCrc, actual),
                    null);
        }
        return CheckpointCodec.decode(encoded);
    }

    /**
     * Reads a checkpoint by its own word alone, as a rebuild does.
     *
     * @throws SluiceException DATA {@code corrupt-checkpoint}
     */
    public static SlotCheckpoint decode(ByteBuffer encoded) {
        return CheckpointCodec.decode(encoded);
    }

    static int crc(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
