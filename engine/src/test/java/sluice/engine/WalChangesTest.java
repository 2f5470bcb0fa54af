package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.SegmentState;
import sluice.metadata.WalRecord.WalObject;

/** The moves of a wal's record. */
class WalChangesTest {

    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);
    private static final List<UUID> BOTH = List.of(A, B);
    private static final WalRecord NEW = WalChanges.created(new UUID(9, 9), A, BOTH, List.of(A));

    private static WalObject object(int segment, long from, long to) {
        return new WalObject("key" + segment, segment, from, to, 100, 50, 7, 1);
    }

    /** Applied again, as after a lost response, a change must change nothing. */
    private static WalRecord twice(WalRecord record, UnaryOperator<WalRecord> change) {
        WalRecord once = change.apply(record);
        assertEquals(once, change.apply(once));
        return once;
    }

    private static WalRecord rolled() {
        return twice(NEW, record -> WalChanges.rolled(record, 0, 1, 40, 2, BOTH));
    }

    @Test
    void aNewWalHasAnOpenSegmentAndAPreparedOne() {
        assertEquals(
                List.of(
                        new Segment(0, SegmentState.OPEN, BOTH, 0, -1),
                        new Segment(1, SegmentState.PREPARED, List.of(A), -1, -1)),
                NEW.chain());
        assertEquals(1, NEW.epoch());
    }

    @Test
    void aRollSealsOpensAndPreparesInOneChange() {
        assertEquals(
                List.of(
                        new Segment(0, SegmentState.SEALED, BOTH, 0, 40),
                        new Segment(1, SegmentState.OPEN, List.of(A), 40, -1),
                        new Segment(2, SegmentState.PREPARED, BOTH, -1, -1)),
                rolled().chain());
    }

    @Test
    void aRollWithoutMembersForANextOneLeavesNonePrepared() {
        WalRecord rolled = twice(NEW, r -> WalChanges.rolled(r, 0, 1, 40, 2, List.of()));

        assertEquals(2, rolled.chain().size());
    }

    @Test
    void anotherPreparedSegmentTakesThePlaceOfTheOneThatWas() {
        WalRecord prepared = twice(NEW, record -> WalChanges.prepared(record, 2, BOTH));

        assertEquals(
                List.of(
                        new Segment(0, SegmentState.OPEN, BOTH, 0, -1),
                        new Segment(2, SegmentState.PREPARED, BOTH, -1, -1)),
                prepared.chain());
    }

    @Test
    void anUploadedSegmentLeavesTheChainAndItsObjectsAreNamedOnce() {
        WalRecord uploaded =
                twice(rolled(), r -> WalChanges.uploaded(r, 0, 40, List.of(object(0, 0, 40))));

        assertEquals(1, uploaded.chain().getFirst().index());
        assertEquals(40, uploaded.uploadedEnd());
        assertEquals(List.of(object(0, 0, 40)), uploaded.objects());
    }

    @Test
    void anEmptySegmentLeavesTheChainToo() {
        WalRecord empty = WalChanges.rolled(NEW, 0, 1, 0, 2, BOTH);

        WalRecord uploaded = twice(empty, record -> WalChanges.uploaded(record, 0, 0, List.of()));

        assertEquals(1, uploaded.chain().getFirst().index());
    }

    @Test
    void whatCheckpointsCoverIsNamedNoMore() {
        WalRecord uploaded = WalChanges.uploaded(rolled(), 0, 40, List.of(object(0, 0, 40)));
        WalRecord more =
                WalChanges.uploaded(
                        WalChanges.rolled(uploaded, 1, 2, 60, 3, BOTH),
                        1,
                        60,
                        List.of(object(1, 40, 60)));

        WalRecord folded = twice(more, record -> WalChanges.folded(record, 40));

        assertEquals(List.of(object(1, 40, 60)), folded.objects());
        assertEquals(40, folded.foldedEnd());
        assertEquals(40, WalChanges.folded(folded, 10).foldedEnd(), "never back");
    }

    @Test
    void eachRecovererTakesAnEpoch() {
        WalRecord first = WalChanges.fencing(NEW, B);
        WalRecord second = WalChanges.fencing(first, A);

        assertEquals(WalRecord.State.FENCING, second.state());
        assertEquals(3, second.epoch());
        assertEquals(A, second.recoverer().orElseThrow());
        assertEquals(NEW.chain(), second.chain());
    }

    @Test
    void aSealedWalNamesAllItsObjectsAndHasNoChain() {
        WalRecord uploaded = WalChanges.uploaded(rolled(), 0, 40, List.of(object(0, 0, 40)));

        WalRecord sealed =
                twice(
                        WalChanges.fencing(uploaded, B),
                        record -> WalChanges.sealed(record, 55, List.of(object(1, 40, 55))));

        assertEquals(WalRecord.State.SEALED, sealed.state());
        assertEquals(55, sealed.uploadedEnd());
        assertEquals(List.of(object(0, 0, 40), object(1, 40, 55)), sealed.objects());
        assertEquals(List.of(), sealed.chain());
    }

    @Test
    void noSealTakesBackWhatWasUploaded() {
        WalRecord uploaded = WalChanges.uploaded(rolled(), 0, 40, List.of(object(0, 0, 40)));

        assertThrows(AssertionError.class, () -> WalChanges.sealed(uploaded, 39, List.of()));
    }

    @Test
    void aSealedEndNeverChanges() {
        assertThrows(AssertionError.class, () -> WalChanges.rolled(rolled(), 0, 1, 41, 2, BOTH));
    }
}
