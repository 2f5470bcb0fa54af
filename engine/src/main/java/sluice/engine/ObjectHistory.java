package sluice.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import sluice.consumer.History;
import sluice.consumer.PartitionRef;
import sluice.log.SluiceException;
import sluice.log.lane.Clock;
import sluice.uploader.HistoryReader;
import sluice.uploader.SlotIndex;

/**
 * History by way of slot indexes, which are kept until they no longer reach far enough. Safe from
 * any thread.
 */
final class ObjectHistory implements History {

    private static final int INDEXES_MAX = 4096;

    /** A kept index may name objects that were compacted or expired since. */
    private static final Duration KEPT_MAX = Duration.ofMinutes(1);

    private record Kept(SlotIndex index, long readNs) {}

    private final SlotStateLoader loader;
    private final HistoryReader reader;
    private final Clock clock;
    private final ConcurrentHashMap<Integer, Kept> kept = new ConcurrentHashMap<>();

    ObjectHistory(SlotStateLoader loader, HistoryReader reader, Clock clock) {
        this.loader = loader;
        this.reader = reader;
        this.clock = clock;
    }

    @Override
    public List<ByteBuffer> read(PartitionRef partition, long offset, long atLeast, int maxBytes) {
        SlotIndex index = index(partition, atLeast);
        try {
            return reader.read(index, partition.id(), offset, maxBytes);
        } catch (SluiceException e) {
            if (e.kind() != SluiceException.Kind.DATA) {
                throw e;
            }
            // The object may have been replaced since the index was read: once more, then loudly.
            kept.remove(partition.slot());
            return reader.read(index(partition, atLeast), partition.id(), offset, maxBytes);
        }
    }

    @Override
    public OptionalLong offsetAt(PartitionRef partition, long timestampMs, long atLeast) {
        return reader.offsetAt(index(partition, atLeast), partition.id(), timestampMs);
    }

    @Override
    public Range range(PartitionRef partition) {
        kept.remove(partition.slot());
        SlotIndex index = index(partition, 0);
        return new Range(index.logStart(partition.id()), index.nextOffset(partition.id()));
    }

    private SlotIndex index(PartitionRef partition, long atLeast) {
        Kept present = kept.get(partition.slot());
        long nowNs = clock.nowNs();
        if (present == null
                || present.index().nextOffset(partition.id()) < atLeast
                || nowNs - present.readNs() > KEPT_MAX.toNanos()) {
            present = new Kept(loader.load(partition.slot()).index(), nowNs);
            if (kept.size() > INDEXES_MAX) {
                kept.clear();
            }
            kept.put(partition.slot(), present);
        }
        if (present.index().nextOffset(partition.id()) < atLeast) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE,
                    "history-behind",
                    "objects do not reach the offset yet: partition=%s inObjects=%d wanted=%d; retry after a pause"
                            .formatted(
                                    partition.id(),
                                    present.index().nextOffset(partition.id()),
                                    atLeast));
        }
        if (partition.retentionMs() > 0) {
            return present.index()
                    .expireBefore(partition.id(), clock.wallMs() - partition.retentionMs());
        }
        return present.index();
    }
}
