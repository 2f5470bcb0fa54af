package sluice.uploader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.object.Extent;
import sluice.log.object.ProducerSnapshot;
import sluice.uploader.SlotIndex.ObjectExtents;

class SlotIndexTest {

    private static final int SLOT = 5;
    private static final PartitionId A = new PartitionId(7, 0);
    private static final PartitionId B = new PartitionId(7, 1);

    private final SlotIndex index =
            SlotIndex.empty(SLOT)
                    .plus("one", 1_000, List.of(extent(A, 0, 10, 100), extent(B, 0, 3, 101)))
                    .plus("two", 1_000, List.of(extent(A, 10, 15, 200)))
                    .plus("three", 1_000, List.of(extent(A, 15, 30, 300), extent(B, 3, 4, 301)));

    @Nested
    class Objects {
        @Test
        void areFoundByOffset() {
            assertEquals("one", keyOf(A, 0));
            assertEquals("one", keyOf(A, 9));
            assertEquals("two", keyOf(A, 10));
            assertEquals("three", keyOf(A, 29));
            assertEquals("three", keyOf(B, 3));
            assertEquals(Optional.empty(), index.extentFor(A, 30));
            assertEquals(Optional.empty(), index.extentFor(A, -1));
            assertEquals(30, index.nextOffset(A));
            assertEquals(0, index.logStart(A));
            assertEquals(Set.of("one", "two", "three"), index.objectKeys());
        }

        @Test
        void ofAnotherSlotArePassedOver() {
            Extent other = new Extent(6, A, 500, 501, 0, 10, 0, 0, 0);

            assertSame(index, index.plus("other", 100, List.of(other)));
        }

        @Test
        void addedAgainChangeNothing() {
            SlotIndex again =
                    index.plus("two", 1_000, List.of(extent(A, 10, 15, 200)))
                            .plus("three", 1_000, List.of(extent(A, 15, 30, 300)));

            assertEquals(index, again);
        }

        @Test
        void addedAgainAfterTheyExpiredChangeNothing() {
            SlotIndex expired = index.expireBefore(A, 201);

            assertEquals(expired, expired.plus("two", 1_000, List.of(extent(A, 10, 15, 200))));
        }

        @Test
        void withAGapBetweenThemAreRefused() {
            assertBroken(
                    "gap-in-log", () -> index.plus("late", 1_000, List.of(extent(A, 31, 32, 1))));
            assertBroken(
                    "gap-in-log",
                    () ->
                            index.plus(
                                    "new", 1_000, List.of(extent(new PartitionId(9, 0), 1, 2, 1))));
        }

        @Test
        void thatOverlapAreRefused() {
            assertBroken(
                    "overlap-in-log",
                    () -> index.plus("two-again", 1_000, List.of(extent(A, 10, 15, 200))));
            assertBroken(
                    "overlap-in-log",
                    () -> index.plus("late", 1_000, List.of(extent(A, 29, 31, 1))));
        }

        @Test
        void ofOneSegmentMayEachHoldAPieceOfOnePartition() {
            SlotIndex both =
                    index.plusAll(
                            List.of(
                                    new ObjectExtents("7d", 100, List.of(extent(A, 40, 50, 1))),
                                    new ObjectExtents("1d", 100, List.of(extent(A, 30, 40, 1)))));

            assertEquals(50, both.nextOffset(A));
        }
    }

    @Nested
    class TheLogStart {
        @Test
        void movesPastWhatWasAppendedTooLongAgo() {
            SlotIndex expired = index.expireBefore(A, 200);

            assertEquals(10, expired.logStart(A));
            assertEquals(Optional.empty(), expired.extentFor(A, 9));
            assertEquals(0, expired.logStart(B));
            assertSame(index, index.expireBefore(A, 100));
        }

        @Test
        void endsAtTheNextOffsetWhenAllHasExpired() {
            SlotIndex expired = index.expireBefore(A, 10_000);

            assertEquals(30, expired.logStart(A));
            assertEquals(30, expired.nextOffset(A));
            assertEquals(
                    31, expired.plus("four", 100, List.of(extent(A, 30, 31, 1))).nextOffset(A));
        }

        @Test
        void movesForwardIntoAnExtentAndNeverBack() {
            SlotIndex moved = index.startingAt(A, 12);

            assertEquals(12, moved.logStart(A));
            assertEquals("two", moved.extentFor(A, 12).orElseThrow().objectKey());
            assertEquals(Optional.empty(), moved.extentFor(A, 11));
            assertSame(moved, moved.startingAt(A, 3));
            assertEquals(30, moved.startingAt(A, 99).logStart(A));
        }
    }

    @Test
    void theFirstExtentThatMayHoldATimestampIsFound() {
        assertEquals(10, index.firstExtentAtOrAfter(A, 1_200).orElseThrow().extent().firstOffset());
        assertEquals(0, index.firstExtentAtOrAfter(A, 1_100).orElseThrow().extent().firstOffset());
        assertEquals(Optional.empty(), index.firstExtentAtOrAfter(A, 1_301));
    }

    @Test
    void aCheckpointHoldsAllOfIt() {
        Map<UUID, Long> coveredTo = Map.of(new UUID(1, 1), 9L);
        var producer = new ProducerSnapshot(3, (short) 0, List.of(), 0);
        var idle = new PartitionId(1, 0);

        SlotCheckpoint checkpoint =
                index.startingAt(A, 12).toCheckpoint(4, coveredTo, Map.of(idle, List.of(producer)));

        assertEquals(
                List.of(idle, A, B),
                checkpoint.partitions().stream().map(each -> each.partition()).toList());
        assertEquals(
                index.startingAt(A, 12),
                SlotIndex.of(SlotCheckpoint.decode(checkpoint.encode())).without(idle));
        assertEquals(coveredTo, checkpoint.coveredTo());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void objectsAddedInAnyOrderGiveTheSameIndexAndOneMissingIsNoticed(long seed) {
        var random = new Random(seed);
        List<ObjectExtents> objects = new ArrayList<>();
        long next = 0;
        for (int i = 0; i < 40; i++) {
            long after = next + 1 + random.nextInt(9);
            objects.add(new ObjectExtents("o" + i, 1_000, List.of(extent(A, next, after, i))));
            next = after;
        }
        SlotIndex inOrder = SlotIndex.empty(SLOT);
        for (ObjectExtents each : objects) {
            inOrder = inOrder.plus(each.key(), each.lengthBytes(), each.extents());
        }
        Collections.shuffle(objects, random);

        assertEquals(inOrder, SlotIndex.empty(SLOT).plusAll(objects), "seed=" + seed);
        for (long offset = 0; offset < next; offset++) {
            Extent found = inOrder.extentFor(A, offset).orElseThrow().extent();
            assertTrue(
                    found.firstOffset() <= offset && offset < found.nextOffset(),
                    "seed=" + seed + " offset=" + offset);
        }
        String lost = "o" + random.nextInt(39);
        objects.removeIf(each -> each.key().equals(lost));
        assertBroken("gap-in-log", () -> SlotIndex.empty(SLOT).plusAll(objects));
    }

    private String keyOf(PartitionId partition, long offset) {
        return index.extentFor(partition, offset).orElseThrow().objectKey();
    }

    private static Extent extent(
            PartitionId partition, long first, long next, long appendedFromMs) {
        return new Extent(
                SLOT, partition, first, next, 0, 10, 1_000 + appendedFromMs, appendedFromMs, 0);
    }

    private static void assertBroken(
            String code, org.junit.jupiter.api.function.Executable change) {
        var error = assertThrows(SluiceException.class, change);
        assertEquals(code, error.code());
        assertEquals(Kind.DATA, error.kind());
    }
}
