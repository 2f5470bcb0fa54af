package sluice.consumer.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StickyAssignorTest {

    private static final int FREE = StickyAssignor.NOBODY;

    @Test
    void withoutMembersNobodyHoldsAnything() {
        assertArrayEquals(new int[] {FREE, FREE}, StickyAssignor.assign(new int[] {FREE, FREE}, 0));
    }

    @Test
    void freePartitionsAreDealtInTurn() {
        int[] free = {FREE, FREE, FREE, FREE, FREE};

        assertArrayEquals(new int[] {0, 1, 0, 1, 0}, StickyAssignor.assign(free, 2));
    }

    @Test
    void aNewMemberGetsItsShareAndNothingElseMoves() {
        int[] before = {0, 0, 0, 1, 1, 1};

        assertArrayEquals(new int[] {0, 0, 2, 1, 1, 2}, StickyAssignor.assign(before, 3));
    }

    @Test
    void whatABalancedGroupHoldsStays() {
        int[] before = {1, 0, 1, 2, 0};

        assertArrayEquals(before, StickyAssignor.assign(before, 3));
    }

    @Test
    void moreMembersThanPartitionsMoveNothing() {
        int[] before = {3, 1};

        assertArrayEquals(before, StickyAssignor.assign(before, 5));
    }

    /** Any holders before: everything is held, evenly, and no more moves than must. */
    @Test
    void everyAssignmentIsEvenAndMovesAsLittleAsCanBe() {
        long seed = 20261122;
        var random = new SplittableRandom(seed);
        for (int run = 0; run < 3_000; run++) {
            int members = random.nextInt(1, 9);
            int[] before = new int[random.nextInt(0, 30)];
            Arrays.setAll(before, _ -> random.nextInt(FREE, members));

            int[] after = StickyAssignor.assign(before, members);

            String what =
                    "seed=%d run=%d members=%d before=%s after=%s"
                            .formatted(
                                    seed,
                                    run,
                                    members,
                                    Arrays.toString(before),
                                    Arrays.toString(after));
            int[] counts = counts(after, members);
            assertEquals(after.length, Arrays.stream(counts).sum(), what);
            int spread =
                    Arrays.stream(counts).max().orElse(0) - Arrays.stream(counts).min().orElse(0);
            assertTrue(spread <= 1, what);
            assertEquals(fewestMoves(before, members), moves(before, after), what);
        }
    }

    private static int[] counts(int[] holders, int members) {
        int[] counts = new int[members];
        for (int holder : holders) {
            if (holder != FREE) {
                counts[holder]++;
            }
        }
        return counts;
    }

    private static int moves(int[] before, int[] after) {
        int moves = 0;
        for (int i = 0; i < before.length; i++) {
            if (before[i] != FREE && before[i] != after[i]) {
                moves++;
            }
        }
        return moves;
    }

    /** Who has more than the even share must give; as many as can keep one more than it. */
    private static int fewestMoves(int[] before, int members) {
        int least = before.length / members;
        int larger = before.length % members;
        int moves = 0;
        int[] counts = counts(before, members);
        for (int count : counts) {
            moves += Math.max(0, count - least);
        }
        long wanting = Arrays.stream(counts).filter(count -> count > least).count();
        return moves - (int) Math.min(wanting, larger);
    }
}
