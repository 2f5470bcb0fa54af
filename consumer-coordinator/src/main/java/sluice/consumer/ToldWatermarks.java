package sluice.consumer;

import java.util.LinkedHashMap;
import java.util.Map;
import sluice.log.PartitionId;

/**
 * The highest log start and high watermark that this gateway told of each partition it was asked
 * for lately. Both only ever grow, so what was told once is true for ever; while a partition has no
 * owner, the objects alone would tell less than the owner did (I5). Safe from any thread.
 */
final class ToldWatermarks {

    private final Map<PartitionId, Watermarks> told;

    /**
     * @param partitionsMax those asked for longest ago are forgotten; about 150 bytes of heap each
     */
    ToldWatermarks(int partitionsMax) {
        told =
                new LinkedHashMap<>(16, 0.75f, true) {
                    @Override
                    protected boolean removeEldestEntry(Map.Entry<PartitionId, Watermarks> eldest) {
                        return size() > partitionsMax;
                    }
                };
    }

    /** Remembers what is about to be told, and gives what may be told. */
    synchronized Watermarks tell(PartitionId partition, long logStart, long highWatermark) {
        return told.merge(
                partition,
                new Watermarks(logStart, highWatermark),
                (before, now) ->
                        new Watermarks(
                                Math.max(before.logStart(), now.logStart()),
                                Math.max(before.highWatermark(), now.highWatermark())));
    }
}
