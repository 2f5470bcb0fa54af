package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.engine.RecoveryPlan.Part;
import sluice.engine.RecoveryPlan.Ready;
import sluice.engine.RecoveryPlan.Waiting;
import sluice.log.wal.Fenced;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.SegmentState;

/** What members' answers say of where a dead wal ends. */
class RecoveryPlanTest {

    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);
    private static final UUID C = new UUID(0, 3);
    private static final Fenced NEVER = new Fenced.NeverHeld();
    private static final Fenced DAMAGED = new Fenced.Unknown("damaged");

    private final List<Segment> chain = new ArrayList<>();
    private final Map<Integer, Map<UUID, Fenced>> answers = new HashMap<>();

    private static Fenced held(long start, long end) {
        return new Fenced.Held(start, 0, end, 0, 64 + end - start, start);
    }

    private static Fenced held(long start, long startHash, long end, long endHash) {
        return new Fenced.Held(start, startHash, end, endHash, 64 + end - start, start);
    }

    private void sealed(int index, long start, long end) {
        chain.add(new Segment(index, SegmentState.SEALED, List.of(A, B, C), start, end));
    }

    private void open(int index, long start) {
        chain.add(new Segment(index, SegmentState.OPEN, List.of(A, B, C), start, -1));
    }

    private void prepared(int index) {
        chain.add(new Segment(index, SegmentState.PREPARED, List.of(A, B, C), -1, -1));
    }

    private void says(int segment, UUID member, Fenced answer) {
        answers.computeIfAbsent(segment, _ -> new HashMap<>()).put(member, answer);
    }

    private RecoveryPlan decide(long uploadedEnd) {
        return RecoveryPlan.decide(
                new WalRecord(
                        new UUID(9, 9),
                        A,
                        WalRecord.State.FENCING,
                        2,
                        chain,
                        uploadedEnd,
                        List.of(),
                        0,
                        Optional.of(B)),
                answers);
    }

    private void assertReady(long uploadedEnd, long end, Part... parts) {
        assertEquals(new Ready(List.of(parts), end), decide(uploadedEnd));
    }

    private void assertWaits(long uploadedEnd) {
        assertInstanceOf(Waiting.class, decide(uploadedEnd));
    }

    @Nested
    class OfAnOpenSegment {

        @Test
        void theLongestCopyIsTakenAndReadFromThoseThatHoldAllOfIt() {
            open(0, 0);
            says(0, A, held(0, 5));
            says(0, B, held(0, 7));
            says(0, C, held(0, 7));

            assertReady(0, 7, new Part(0, 0, 7, List.of(B, C)));
        }

        @Test
        void oneMembersCopyIsEnoughSinceAllMembersHoldWhatWasAcknowledged() {
            open(0, 0);
            says(0, C, held(0, 3));
            says(0, B, DAMAGED);

            assertReady(0, 3, new Part(0, 0, 3, List.of(C)));
        }

        @Test
        void oneMemberThatNeverHeldItProvesThatNothingWasAcknowledged() {
            open(4, 10);
            says(4, C, NEVER);

            assertReady(10, 10);
        }

        @Test
        void aCopyIsTakenThoughAnotherMemberNeverHeldTheSegment() {
            open(0, 0);
            says(0, A, NEVER);
            says(0, B, held(0, 2));

            assertReady(0, 2, new Part(0, 0, 2, List.of(B)));
        }

        @Test
        void noAnswerIsWaitedFor() {
            open(0, 0);

            assertWaits(0);
        }

        @Test
        void aMemberThatCannotTellIsNoneThatHoldsNothing() {
            open(0, 0);
            says(0, A, DAMAGED);
            says(0, B, DAMAGED);
            says(0, C, DAMAGED);

            assertWaits(0);
        }
    }

    @Nested
    class WithAPreparedSegment {

        @Test
        void thatNobodyBeganNothingChanges() {
            open(0, 0);
            prepared(1);
            says(0, A, held(0, 4));
            says(1, A, NEVER);

            assertReady(0, 4, new Part(0, 0, 4, List.of(A)));
        }

        @Test
        void thatWasBegunItsPredecessorEndsAtItsStart() {
            open(0, 0);
            prepared(1);
            says(0, A, held(0, 9));
            says(0, B, held(0, 6));
            says(1, A, held(6, 8));

            assertReady(0, 8, new Part(0, 0, 6, List.of(A, B)), new Part(1, 6, 8, List.of(A)));
        }

        @Test
        void thatWasBegunButOfWhichNobodyHoldsThePredecessorToItsStartItWaits() {
            open(0, 0);
            prepared(1);
            says(0, B, held(0, 5));
            says(1, A, held(6, 8));

            assertWaits(0);
        }

        @Test
        void ofWhichNobodyAnsweredItWaitsSinceTheOwnerMayWriteThere() {
            open(0, 0);
            prepared(1);
            says(0, A, held(0, 4));
            says(1, B, DAMAGED);

            assertWaits(0);
        }

        @Test
        void thatWasBegunAndIsEmptyItIsNotRead() {
            open(0, 0);
            prepared(1);
            says(0, A, held(0, 9));
            says(1, A, held(6, 6));

            assertReady(0, 6, new Part(0, 0, 6, List.of(A)));
        }
    }

    @Nested
    class OfSealedSegments {

        @Test
        void theSealedEndStandsWhateverMembersHoldBeyond() {
            sealed(3, 10, 20);
            open(4, 20);
            says(3, A, held(10, 25));
            says(3, B, held(10, 20));
            says(4, A, NEVER);

            assertReady(10, 20, new Part(3, 10, 20, List.of(A, B)));
        }

        @Test
        void aCopyThatIsTooShortIsNotReadFrom() {
            sealed(3, 10, 20);
            open(4, 20);
            says(3, A, held(10, 19));
            says(4, A, NEVER);

            assertWaits(10);
        }

        @Test
        void anEmptyOneNeedsNobody() {
            sealed(3, 10, 10);
            open(4, 10);
            says(4, B, held(10, 12));

            assertReady(10, 12, new Part(4, 10, 12, List.of(B)));
        }

        @Test
        void aHoleBetweenSegmentsIsNeverPassedOver() {
            sealed(3, 10, 20);
            open(5, 21);
            says(3, A, held(10, 20));
            says(5, A, held(21, 22));

            assertWaits(10);
            assertWaits(9);
        }
    }

    @Test
    void aWalOfWhichAllIsUploadedEndsThere() {
        assertReady(33, 33);
    }

    @Nested
    class OfAnOpenSegmentOfWhichNobodyIsInReach {

        @Test
        void aPreparedSegmentThatBeginsWhereItBeginsTellsEnough() {
            open(4, 10);
            prepared(5);
            says(5, A, held(10, 13));

            assertReady(10, 13, new Part(5, 10, 13, List.of(A)));
        }

        @Test
        void aPreparedSegmentThatBeginsLaterNeedsACopyOfWhatIsBefore() {
            open(4, 10);
            prepared(5);
            says(5, A, held(11, 13));

            assertWaits(10);
        }

        @Test
        void aPreparedSegmentThatNobodyBeganSaysNothingOfIt() {
            open(4, 10);
            prepared(5);
            says(5, A, NEVER);
            says(5, B, NEVER);

            assertWaits(10);
        }
    }

    @Nested
    class OfCopiesThatDiffer {

        private void assertDiffering() {
            var differing = assertInstanceOf(RecoveryPlan.Differing.class, decide(0));
            assertTrue(differing.why().contains(A.toString()), differing::why);
            assertTrue(differing.why().contains(B.toString()), differing::why);
        }

        @Test
        void ofTheSameLengthNoneIsChosen() {
            open(0, 0);
            says(0, A, held(0, 1, 5, 77));
            says(0, B, held(0, 1, 5, 78));

            assertDiffering();
        }

        @Test
        void norOfThoseThatBeginDifferently() {
            prepared(0);
            says(0, A, held(0, 1, 5, 77));
            says(0, B, held(0, 2, 7, 78));

            assertDiffering();
        }

        @Test
        void theNextSegmentSaysWhichIsRight() {
            open(0, 0);
            prepared(1);
            says(0, A, held(0, 1, 5, 77));
            says(0, B, held(0, 1, 5, 78));
            says(1, C, held(5, 78, 6, 79));

            assertReady(0, 6, new Part(0, 0, 5, List.of(B)), new Part(1, 5, 6, List.of(C)));
        }

        @Test
        void theOnlyOneInReachIsNotReadIfTheNextSegmentDisagrees() {
            sealed(0, 0, 5);
            open(1, 5);
            says(0, A, held(0, 1, 5, 77));
            says(1, B, held(5, 78, 6, 79));

            assertWaits(0);
        }

        @Test
        void aCopyThatBeginsElsewhereThanTheMetadataSaysCannotTell() {
            open(4, 10);
            says(4, A, held(9, 1, 20, 77));
            assertWaits(10);

            says(4, B, held(10, 1, 12, 78));
            assertReady(10, 12, new Part(4, 10, 12, List.of(B)));
        }
    }

    @Nested
    class OfCopiesThatEndBeforeWhatIsKnownToBeCommitted {

        private static Fenced stating(long start, long end, long hwm) {
            return new Fenced.Held(start, 0, end, 0, 64 + end - start, hwm);
        }

        @Test
        void theOnlyWholeOneIsNotTakenIfADamagedOneSaysThatMoreWasCommitted() {
            open(0, 0);
            says(0, A, new Fenced.Unknown("damaged at entry 3", 9));
            says(0, B, stating(0, 5, 4));
            assertWaits(0);

            says(0, C, stating(0, 9, 8));
            assertReady(0, 9, new Part(0, 0, 9, List.of(C)));
        }

        @Test
        void theSameHoldsForASegmentThatWasBegun() {
            open(0, 0);
            prepared(1);
            says(0, A, stating(0, 7, 5));
            says(1, B, stating(5, 6, 5));
            says(1, C, new Fenced.Unknown("damaged at entry 5", 8));

            assertWaits(0);
        }

        @Test
        void aSegmentThatWasLeftNeedsNoMoreThanItsEnd() {
            sealed(0, 0, 5);
            open(1, 5);
            says(0, A, stating(0, 5, 4));
            says(1, A, stating(5, 9, 8));

            assertReady(0, 9, new Part(0, 0, 5, List.of(A)), new Part(1, 5, 9, List.of(A)));
        }
    }
}
