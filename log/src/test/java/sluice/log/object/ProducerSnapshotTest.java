package sluice.log.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.log.object.ProducerSnapshot.SequenceRange;

class ProducerSnapshotTest {

    @Test
    void mergedKeepsTheLastFiveOfBothWhicheverComesFirst() {
        ProducerSnapshot older = snapshot(1, 100, 10, 20, 30, 40);
        ProducerSnapshot newer = snapshot(1, 200, 50, 60);

        assertEquals(snapshot(1, 200, 20, 30, 40, 50, 60), older.mergedWith(newer));
        assertEquals(snapshot(1, 200, 20, 30, 40, 50, 60), newer.mergedWith(older));
    }

    @Test
    void aBatchThatBothKnowIsKeptOnce() {
        ProducerSnapshot one = snapshot(1, 300, 10, 20, 30);
        ProducerSnapshot other = snapshot(1, 200, 10, 20);

        assertEquals(one, one.mergedWith(other));
        assertEquals(one, other.mergedWith(one));
        assertEquals(one, one.mergedWith(one));
    }

    @Test
    void theHigherEpochWinsEvenWithOlderBatches() {
        ProducerSnapshot old = snapshot(1, 200, 50, 60);
        ProducerSnapshot bumped = snapshot(2, 100, 10);

        assertSame(bumped, old.mergedWith(bumped));
        assertSame(bumped, bumped.mergedWith(old));
    }

    @Test
    void oneThatKnowsNoBatchAddsNone() {
        ProducerSnapshot none = snapshot(1, 500);
        ProducerSnapshot some = snapshot(1, 200, 0);

        assertEquals(-1, none.lastBaseOffset());
        assertEquals(some, none.mergedWith(some));
        assertEquals(some, some.mergedWith(none));
    }

    @Test
    void anotherProducersIsNotMerged() {
        var other = new ProducerSnapshot(12, (short) 1, List.of(), 0);

        assertThrows(IllegalArgumentException.class, () -> snapshot(1, 100, 10).mergedWith(other));
    }

    /** Of producer 11; a batch at offset n has sequences n to n + 9. */
    private static ProducerSnapshot snapshot(int epoch, long lastAppendMs, int... offsets) {
        List<SequenceRange> ranges =
                Arrays.stream(offsets)
                        .mapToObj(each -> new SequenceRange(each, each + 9, each))
                        .toList();
        return new ProducerSnapshot(11, (short) epoch, ranges, lastAppendMs);
    }
}
