package sluice.log.object;

import sluice.log.PartitionId;

/**
 * A run of whole batches of one partition, contiguous in offsets and in bytes, in a segment object.
 *
 * @param slot the partition's slot when it was written
 * @param firstOffset offset of its first record
 * @param nextOffset offset after its last record
 * @param position index in the object of its first byte
 * @param length in bytes
 * @param maxTimestampMs largest timestamp of its records, in milliseconds since 1970 UTC
 * @param appendedFromMs the owner's wall clock when its first batch was appended
 * @param crc CRC-32C of its bytes
 */
public record Extent(
        int slot,
        PartitionId partition,
        long firstOffset,
        long nextOffset,
        long position,
        int length,
        long maxTimestampMs,
        long appendedFromMs,
        int crc) {

    public Extent {
        if (slot < 0
                || firstOffset < 0
                || nextOffset <= firstOffset
                || position < 0
                || length <= 0
                || position > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException(
                    "not an extent: slot=%d firstOffset=%d nextOffset=%d position=%d length=%d"
                            .formatted(slot, firstOffset, nextOffset, position, length));
        }
    }

    /** Index in the object after the extent's last byte. */
    public long end() {
        return position + length;
    }
}
