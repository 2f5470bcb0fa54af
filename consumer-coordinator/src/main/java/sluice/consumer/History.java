package sluice.consumer;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/** Records in objects; blocks, safe from any thread. */
public interface History {

    /**
     * Whole batches from the one that holds {@code offset} on, at least one.
     *
     * @param atLeast the index of objects must reach at least to this offset, or is read anew
     * @throws sluice.log.SluiceException UNAVAILABLE if objects do not reach so far, or are out of
     *     reach; DATA if what they hold is damaged or missing
     */
    List<ByteBuffer> read(PartitionRef partition, long offset, long atLeast, int maxBytes);

    /**
     * The first offset with a timestamp of at least that, before {@code atLeast} if there is one.
     */
    OptionalLong offsetAt(PartitionRef partition, long timestampMs, long atLeast);

    /** Where the partition begins and ends in objects, as the metadata says now. */
    Range range(PartitionRef partition);

    record Range(long logStart, long end) {}
}
