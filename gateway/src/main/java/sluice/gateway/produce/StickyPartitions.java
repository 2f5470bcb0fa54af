package sluice.gateway.produce;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntUnaryOperator;
import sluice.gateway.Chance;

/**
 * Chooses partitions for records without a key: one partition until some bytes went there or some
 * time passed, then the next. So batches are large under load and partitions evenly filled without
 * it. Nothing ever waits for a batch to fill. Callable from any thread.
 */
@Singleton
final class StickyPartitions {

    /** Bytes of records after which the next partition has its turn. */
    static final int TURN_BYTES_MAX = 16 * 1024;

    /** Time after which the next partition has its turn, in nanoseconds. */
    static final long TURN_NS_MAX = 10_000_000;

    /**
     * Topics remembered; over it all are forgotten, which only moves where the next turn begins.
     */
    private static final int TOPICS_MAX = 50_000;

    private record Turn(int partition, int bytes, long sinceNs) {}

    private final Map<Long, Turn> byTopic = new ConcurrentHashMap<>();
    private final IntUnaryOperator firstPartition;

    @Inject
    StickyPartitions(Chance chance) {
        this(chance::below);
    }

    /**
     * @param firstPartition chooses where a topic begins, given its number of partitions
     */
    StickyPartitions(IntUnaryOperator firstPartition) {
        this.firstPartition = firstPartition;
    }

    /** The partition for a record of that many bytes. */
    int next(long topicId, int partitions, int recordBytes, long nowNs) {
        if (byTopic.size() >= TOPICS_MAX) {
            byTopic.clear();
        }
        return byTopic.compute(topicId, (_, turn) -> taken(turn, partitions, recordBytes, nowNs))
                .partition();
    }

    private Turn taken(
            @org.jspecify.annotations.Nullable Turn turn,
            int partitions,
            int recordBytes,
            long nowNs) {
        if (turn == null || turn.partition() >= partitions) {
            return new Turn(firstPartition.applyAsInt(partitions), recordBytes, nowNs);
        }
        if (turn.bytes() >= TURN_BYTES_MAX || nowNs - turn.sinceNs() >= TURN_NS_MAX) {
            return new Turn((turn.partition() + 1) % partitions, recordBytes, nowNs);
        }
        return new Turn(turn.partition(), turn.bytes() + recordBytes, turn.sinceNs());
    }
}
