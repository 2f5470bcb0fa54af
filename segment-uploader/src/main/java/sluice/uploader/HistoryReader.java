package sluice.uploader;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;

/**
 * Reads records from objects, through a cache of blocks. Blocks on the object store; safe from any
 * thread.
 *
 * <p>No byte leaves it unchecked: offsets must follow each other from the beginning of the extent,
 * and every batch must match its own CRC-32C. Bytes that fail are read once more from the store,
 * since they may have been damaged on the way; then the read fails.
 */
public final class HistoryReader {

    private static final Logger LOGGER = LoggerFactory.getLogger(HistoryReader.class);
    private static final int PLACES_MAX = 16_384;

    private final BlockCache cache;

    /** Where the last readers stopped, so that the next read need not walk the extent again. */
    private final WeightedCache<PlaceId, ExtentReading.Place> places =
            new WeightedCache<>(PLACES_MAX, place -> 1);

    private record PlaceId(String objectKey, long extentPosition, long offset) {
        static PlaceId of(ObjectExtent object, long offset) {
            return new PlaceId(object.objectKey(), object.extent().position(), offset);
        }
    }

    /**
     * @param readAhead runs reads that no one waits for, off the caller's thread
     */
    public HistoryReader(ObjectStore store, HistoryLimits limits, Executor readAhead) {
        cache = new BlockCache(store, limits, readAhead);
    }

    /**
     * Whole batches in offset order, from the one that holds {@code offset} on.
     *
     * @param maxBytes the answer is no larger, unless the first batch is
     * @return empty if {@code offset} is the index's next offset; each buffer is read-only and may
     *     hold several batches
     * @throws SluiceException INVALID {@code offset-out-of-range}; DATA {@code missing-object},
     *     {@code short-object} or {@code corrupt-object}; UNAVAILABLE
     */
    public List<ByteBuffer> read(
            SlotIndex index, PartitionId partition, long offset, int maxBytes) {
        checkRange(index, partition, offset);
        var answer = new ExtentReading.Answer(maxBytes);
        long next = offset;
        Optional<ObjectExtent> extent = index.extentFor(partition, next);
        while (extent.isPresent()) {
            Optional<ObjectExtent> after =
                    index.extentFor(partition, extent.get().extent().nextOffset());
            after.ifPresent(each -> cache.startReading(each, each.extent().position()));
            next = collect(extent.get(), next, answer);
            extent = answer.isFull() ? Optional.empty() : after;
        }
        return answer.buffers();
    }

    /**
     * The offset of the first record in objects with a timestamp of at least that; empty if there
     * is none.
     *
     * @throws SluiceException DATA or UNAVAILABLE as {@link #read}
     */
    public OptionalLong offsetAt(SlotIndex index, PartitionId partition, long timestampMs) {
        Optional<ObjectExtent> extent = index.firstExtentAtOrAfter(partition, timestampMs);
        if (extent.isEmpty()) {
            return OptionalLong.empty();
        }
        long next = Math.max(extent.get().extent().firstOffset(), index.logStart(partition));
        while (next < index.nextOffset(partition)) {
            for (ByteBuffer batches : read(index, partition, next, 1)) {
                OptionalLong found = firstAtOrAfter(batches, next, timestampMs);
                if (found.isPresent()) {
                    return found;
                }
                next = RecordBatch.nextOffset(batches, 0);
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong firstAtOrAfter(ByteBuffer batch, long from, long timestampMs) {
        if (RecordBatch.maxTimestampMs(batch, 0) < timestampMs) {
            return OptionalLong.empty();
        }
        var found = new ArrayList<Long>(1);
        BatchReader.forEach(
                batch,
                0,
                record -> {
                    if (record.offset() >= from && record.timestampMs() >= timestampMs) {
                        found.add(record.offset());
                    }
                    return found.isEmpty();
                });
        return found.isEmpty() ? OptionalLong.empty() : OptionalLong.of(found.getFirst());
    }

    private static void checkRange(SlotIndex index, PartitionId partition, long offset) {
        long logStart = index.logStart(partition);
        long nextOffset = index.nextOffset(partition);
        if (offset < logStart || offset > nextOffset) {
            throw new SluiceException(
                    Kind.INVALID,
                    "offset-out-of-range",
                    "no such offset in objects: partition=%s offset=%d logStart=%d nextOffset=%d"
                            .formatted(partition, offset, logStart, nextOffset));
        }
    }

    /**
     * @return the offset to go on with
     */
    private long collect(ObjectExtent object, long offset, ExtentReading.Answer answer) {
        var reading = new ExtentReading(cache, object);
        places.get(PlaceId.of(object, offset)).ifPresent(reading::continueAt);
        ExtentReading.Answer found = answer.rest();
        try {
            reading.collect(offset, found);
        } catch (SluiceException e) {
            if (!e.code().equals(ExtentReading.CORRUPT)) {
                throw e;
            }
            LOGGER.atWarn()
                    .addKeyValue("objectKey", object.objectKey())
                    .addKeyValue("extent", object.extent())
                    .setCause(e)
                    .log("bytes from the object store are damaged, reading them again");
            cache.forget(object, object.extent().position(), object.extent().end());
            reading = new ExtentReading(cache, object);
            found = answer.rest();
            reading.collect(offset, found);
        }
        answer.addAll(found);
        if (reading.atEnd()) {
            return object.extent().nextOffset();
        }
        ExtentReading.Place place = reading.place();
        long next = Math.max(offset, place.offset());
        places.put(PlaceId.of(object, next), place);
        long ahead = cache.inNextBlock(place.position());
        if (ahead < object.extent().end()) {
            cache.startReading(object, ahead);
        }
        return next;
    }
}
