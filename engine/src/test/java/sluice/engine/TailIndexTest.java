package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sluice.engine.TailIndex.Piece;

/** Where the tail of a partition lies. */
class TailIndexTest {

    @Test
    void theBatchThatHoldsTheOffsetIsTheFirstOfThePieces() {
        var tail = new TailIndex(100);
        tail.add(100, 110, 3, 64, 50);
        tail.add(110, 111, 3, 200, 60);
        tail.add(111, 120, 4, 64, 70);

        assertEquals(List.of(new Piece(3, 64, 50)), tail.from(105, 1));
        assertEquals(List.of(new Piece(3, 200, 60), new Piece(4, 64, 70)), tail.from(110, 130));
        assertEquals(List.of(new Piece(3, 200, 60)), tail.from(110, 129));
        assertEquals(List.of(new Piece(4, 64, 70)), tail.from(119, 1 << 20));
    }

    @Test
    void anEmptyTailBeginsAndEndsAtTheNextOffset() {
        var tail = new TailIndex(100);
        assertEquals(100, tail.start());
        tail.add(100, 110, 0, 64, 50);
        assertEquals(1, tail.dropBefore(1));

        assertEquals(110, tail.start());
        assertEquals(110, tail.nextOffset());
    }

    @Test
    void aGapIsRefused() {
        var tail = new TailIndex(100);
        assertThrows(AssertionError.class, () -> tail.add(101, 102, 0, 64, 50));
    }

    @Test
    void whatIsAddedAndDroppedByChanceIsWhatAListHolds() {
        for (long seed = 0; seed < 50; seed++) {
            var random = new SplittableRandom(seed);
            var tail = new TailIndex(0);
            var expected = new ArrayList<Piece>();
            var bases = new ArrayList<Long>();
            int segment = 0;
            for (int step = 0; step < 300; step++) {
                if (random.nextInt(10) == 0) {
                    segment++;
                }
                if (random.nextInt(8) == 0) {
                    int floor = segment - random.nextInt(3);
                    int dropped = 0;
                    while (!expected.isEmpty() && expected.getFirst().segment() < floor) {
                        expected.removeFirst();
                        bases.removeFirst();
                        dropped++;
                    }
                    assertEquals(dropped, tail.dropBefore(floor), "seed=" + seed);
                } else {
                    long base = tail.nextOffset();
                    var piece = new Piece(segment, random.nextLong(1L << 40), 100);
                    tail.add(
                            base,
                            base + 1 + random.nextInt(5),
                            segment,
                            piece.position(),
                            piece.bytes());
                    expected.add(piece);
                    bases.add(base);
                }
                assertEquals(expected.size(), tail.size(), "seed=" + seed);
                if (!expected.isEmpty()) {
                    assertEquals(bases.getFirst(), tail.start(), "seed=" + seed);
                    int at = random.nextInt(expected.size());
                    assertEquals(
                            expected.subList(at, expected.size()),
                            tail.from(bases.get(at), Integer.MAX_VALUE),
                            "seed=" + seed);
                }
            }
        }
    }
}
