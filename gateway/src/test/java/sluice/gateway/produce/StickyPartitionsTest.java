package sluice.gateway.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class StickyPartitionsTest {

    private static final long TOPIC = 7;
    private static final int PARTITIONS = 3;

    private final StickyPartitions sticky = new StickyPartitions(_ -> 1);

    @Test
    void recordsStayTogether() {
        next(100, 0);

        assertEquals(1, next(100, 1));
    }

    @Test
    void afterSomeBytesTheNextPartitionHasItsTurn() {
        next(StickyPartitions.TURN_BYTES_MAX, 0);

        assertEquals(2, next(1, 1));
    }

    @Test
    void afterSomeTimeTheNextPartitionHasItsTurn() {
        next(1, 0);

        assertEquals(2, next(1, StickyPartitions.TURN_NS_MAX));
    }

    @Test
    void afterTheLastComesTheFirst() {
        next(1, 0);
        next(1, StickyPartitions.TURN_NS_MAX);

        assertEquals(0, next(1, 2 * StickyPartitions.TURN_NS_MAX));
    }

    @Test
    void topicsTakeTurnsByThemselves() {
        next(StickyPartitions.TURN_BYTES_MAX, 0);

        assertEquals(1, sticky.next(TOPIC + 1, PARTITIONS, 1, 0));
    }

    @Test
    void bytesAreSpreadEvenly() {
        var bytes = new long[PARTITIONS];
        for (int i = 0; i < 30_000; i++) {
            bytes[next(1_000, i * 1_000L)] += 1_000;
        }

        long most = Arrays.stream(bytes).max().orElseThrow();
        long least = Arrays.stream(bytes).min().orElseThrow();
        assertEquals(0, (most - least) / (2 * StickyPartitions.TURN_BYTES_MAX));
    }

    @Test
    void aSlowSteadyProducerReachesEveryPartition() {
        var records = new int[PARTITIONS];
        for (int i = 0; i < 300; i++) {
            records[next(10, i * 6 * StickyPartitions.TURN_NS_MAX)]++;
        }

        assertEquals("[100, 100, 100]", Arrays.toString(records));
    }

    private int next(int bytes, long nowNs) {
        return sticky.next(TOPIC, PARTITIONS, bytes, nowNs);
    }
}
