package sluice.metadata;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Who owns a slot, and where its log is found.
 *
 * @param slot 0 to the cluster's number of slots − 1
 * @param epoch 0 before the first owner; each change of owner adds one
 * @param owner the wal that takes the slot's entries, or empty while nobody does
 * @param sources wals that hold entries of the slot which its checkpoint does not cover, oldest
 *     first; the owner's is the last
 * @param checkpoint the slot's checkpoint, if one was written
 */
public record SlotRecord(
        int slot,
        long epoch,
        Optional<Owner> owner,
        List<Source> sources,
        Optional<Checkpoint> checkpoint) {

    public record Owner(UUID wal, UUID node) {}

    /**
     * @param fromEntry first entry of the wal that the checkpoint does not cover
     */
    public record Source(UUID wal, long fromEntry) {}

    /**
     * @param key of the object in the bucket
     * @param crc CRC-32C of the whole object
     */
    public record Checkpoint(String key, long lengthBytes, int crc) {}

    public SlotRecord {
        sources = List.copyOf(sources);
    }
}
