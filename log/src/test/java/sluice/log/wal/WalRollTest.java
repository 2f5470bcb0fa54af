package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.log.wal.RecordingOutput.Committed;
import sluice.log.wal.WalFrame.Append;
import sluice.log.wal.WalFrame.Durable;
import sluice.log.wal.WalFrame.Open;

/** What an owner does between two segments: the step on which most of the promises hang. */
class WalRollTest {

    private static final UUID WAL = new UUID(7, 7);
    private static final UUID SELF = new UUID(0, 1);
    private static final UUID ANN = new UUID(0, 2);
    private static final UUID BOB = new UUID(0, 3);
    private static final UUID CID = new UUID(0, 4);
    private static final int ENTRY_BYTES = WalEntry.HEADER_BYTES + 1;

    private final RecordingOutput output = new RecordingOutput();
    private final WalMachine machine =
            new WalMachine(
                    WAL,
                    SELF,
                    new WalMachine.Limits(1_000, 1_000, 25, 1 << 20, 2 * ENTRY_BYTES),
                    output);

    /** Entries 0 to 4; all disks hold 0 and 1, the owner's and Ann's hold 2 as well. */
    @BeforeEach
    void fiveEntries() {
        machine.open(0, List.of(SELF, ANN, BOB), 0, 0);
        for (String payload : List.of("a", "b", "c", "d", "e")) {
            append(payload);
        }
        machine.flush();
        durable(0, 3, SELF, ANN);
        durable(0, 2, BOB);
        output.events.clear();
    }

    private void append(String payload) {
        machine.append(WalEntry.BATCH, (byte) 6, 5, 1, 9, 3, 1, 0, EntryChain.bytes(payload), 0, 0);
    }

    private void durable(int segment, long end, UUID... members) {
        for (UUID member : members) {
            machine.received(member, new Durable(new SegmentId(WAL, segment), end));
        }
    }

    private void roll(UUID... members) {
        machine.prepared(1, List.of(members));
        assertTrue(machine.roll(0, 77));
    }

    @Test
    void withoutAPreparedSegmentThereIsNoRoll() {
        int before = output.sent.size();

        assertFalse(machine.roll(0, 0));

        assertEquals(0, machine.segment());
        assertEquals(before, output.sent.size());
        assertEquals(List.of(), output.events);
    }

    @Test
    void aPreparedSegmentThatWasTakenBackIsNotBegun() {
        machine.prepared(1, List.of(ANN, BOB, CID));
        machine.unprepare();

        assertFalse(machine.hasPrepared());
        assertFalse(machine.roll(0, 0));
    }

    @Test
    void aPreparedSegmentIsUsedOnce() {
        roll(ANN, BOB, CID);

        assertFalse(machine.hasPrepared());
        assertFalse(machine.roll(0, 0));
        assertEquals(1, machine.segment());
    }

    @Test
    void aSegmentThatWasBegunCannotBePreparedAgain() {
        roll(ANN, BOB, CID);

        assertThrows(AssertionError.class, () -> machine.prepared(1, List.of(ANN, BOB, CID)));
    }

    @Test
    void theNewSegmentBeginsAtTheHighWatermarkWithItsChainHash() {
        ByteBuffer entries = output.entriesTo(ANN, 0);
        roll(ANN, BOB, CID);

        assertEquals(List.of("rolled 0 to 1 at 2"), output.events);
        for (UUID member : List.of(ANN, BOB, CID)) {
            assertEquals(
                    new Open(new SegmentId(WAL, 1), 2, WalEntry.hashOf(entries, ENTRY_BYTES), 77),
                    output.framesTo(member, 1).getFirst());
        }
        assertEquals(List.of(), output.framesTo(SELF, 1));
    }

    @Test
    void whatIsAboveTheHighWatermarkIsSentAgainWithTheSameBytes() {
        ByteBuffer before = output.entriesTo(BOB, 0).slice(2 * ENTRY_BYTES, 3 * ENTRY_BYTES);
        roll(ANN, BOB, CID);

        for (UUID member : List.of(ANN, BOB, CID)) {
            assertEquals(before, output.entriesTo(member, 1));
        }
        assertEquals(2, ((Append) output.framesTo(CID, 1).get(1)).first());
        assertEquals(4, ((Append) output.framesTo(CID, 1).get(2)).first());
    }

    @Test
    void theCallersBufferMayMoveAfterTheAppend() {
        ByteBuffer payload = EntryChain.bytes("xyz");
        machine.append(WalEntry.BATCH, (byte) 6, 5, 1, 9, 3, 1, 0, payload, 0, 0);
        payload.position(2);
        roll(ANN, BOB, CID);

        ByteBuffer again = output.entriesTo(CID, 1);
        assertTrue(WalEntry.isWhole(again, 3 * ENTRY_BYTES, again.limit()));
    }

    @Test
    void entriesThatWereNotSentYetAreSentOnceAndInOrder() {
        append("f");
        roll(ANN, BOB, CID);
        append("g");
        machine.flush();

        ByteBuffer entries = output.entriesTo(CID, 1);
        assertEquals(5 * ENTRY_BYTES, entries.remaining());
        for (int i = 0; i < 5; i++) {
            assertEquals(2 + i, WalEntry.sequence(entries, i * ENTRY_BYTES));
        }
        assertEquals(3 * ENTRY_BYTES, output.entriesTo(ANN, 0).remaining() - 2 * ENTRY_BYTES);
    }

    @Test
    void lateAnswersOfTheSegmentLeftBehindCountForNothing() {
        roll(SELF, ANN, BOB);
        durable(0, 5, SELF, ANN, BOB);

        assertEquals(2, machine.hwm());
        durable(1, 3, SELF, ANN);
        durable(0, 5, BOB);
        assertEquals(2, machine.hwm());
        assertEquals(2, output.entries.size());
    }

    @Test
    void answersBeforeTheRollCountForNothingInTheNewSegment() {
        roll(SELF, ANN, BOB);
        durable(1, 5, SELF, BOB);

        assertEquals(2, machine.hwm());
    }

    @Test
    void answersForASegmentNotBegunCountForNothing() {
        machine.prepared(1, List.of(SELF, ANN, BOB));
        durable(1, 5, SELF, ANN, BOB);
        assertEquals(2, machine.hwm());

        machine.roll(0, 0);
        assertEquals(2, machine.hwm());
    }

    @Test
    void nothingIsCommittedByTheRollItself() {
        roll(ANN, BOB, CID);

        assertEquals(2, output.entries.size());
        assertEquals(List.of("rolled 0 to 1 at 2"), output.events);
    }

    @Test
    void entriesCommitInTheNewSegmentAtTheirNewPlace() {
        roll(ANN, BOB, CID);
        durable(1, 3, ANN, BOB, CID);

        assertEquals(
                new Committed(2, 1, SegmentHeader.BYTES, ENTRY_BYTES), output.entries.getLast());
        assertEquals(3, machine.hwm());
    }

    @Test
    void theFormerMembersAreNoMembersAnyMore() {
        machine.disconnected(SELF);
        roll(ANN, BOB, CID);

        assertEquals(Set.of(ANN, BOB, CID), Set.copyOf(machine.members()));
        assertEquals(List.of(), machine.lostMembers());
        machine.disconnected(SELF);
        assertEquals(List.of(), machine.lostMembers());
    }

    @Test
    void aMemberOfTheNewSegmentThatCannotBeReachedIsLostAtOnce() {
        output.unreachable.add(CID);
        roll(ANN, BOB, CID);

        assertEquals(Optional.of("member lost: " + CID), machine.wantsRoll(0));
        assertEquals(List.of(), output.framesTo(CID, 1));
    }

    @Test
    void entriesSentAgainAreGivenTheirTimeAnew() {
        machine.prepared(1, List.of(ANN, BOB, CID));
        machine.roll(1_000, 0);
        durable(1, 3, ANN);

        assertEquals(Optional.empty(), machine.slowest(1_025));
        assertTrue(machine.slowest(1_026).isPresent());
    }

    @Test
    void patienceGrowsWhileNothingIsCommitted() {
        for (int segment = 1; segment <= 3; segment++) {
            machine.prepared(segment, List.of(ANN, BOB, CID));
            machine.roll(0, 0);
        }
        durable(3, 3, ANN);
        // The first of these rolls left a segment with committed entries, the others did not.
        assertEquals(Optional.empty(), machine.slowest(4 * 25));
        assertTrue(machine.slowest(4 * 25 + 1).isPresent());
    }

    @Test
    void patienceIsShortAgainOnceSomethingWasCommitted() {
        for (int segment = 1; segment <= 3; segment++) {
            machine.prepared(segment, List.of(ANN, BOB, CID));
            machine.roll(0, 0);
        }
        durable(3, 3, ANN, BOB, CID);
        durable(3, 4, ANN);

        assertEquals(Optional.empty(), machine.slowest(25));
        assertTrue(machine.slowest(26).isPresent());
    }

    @Test
    void rollsOfAnIdleWalAreNotInVain() {
        durable(0, 5, SELF, ANN, BOB);
        for (int segment = 1; segment <= 3; segment++) {
            machine.prepared(segment, List.of(ANN, BOB, CID));
            machine.roll(0, 0);
        }
        append("f");
        machine.flush();
        durable(3, 6, ANN);

        assertTrue(machine.slowest(26).isPresent());
    }

    @Test
    void membersThatAreAllAlikeAreNotSlow() {
        roll(ANN, BOB, CID);
        assertEquals(Optional.empty(), machine.slowest(1_000_000));
        assertEquals(List.of(), machine.laggards());

        durable(1, 3, BOB);
        assertEquals(List.of(ANN, CID), machine.laggards());
    }

    @Test
    void aSegmentThatIsFullOfWhatWasSentAgainIsNotLeftBeforeItArrived() {
        append("x".repeat(2_000));
        roll(ANN, BOB, CID);
        assertEquals(Optional.empty(), machine.wantsRoll(1));

        durable(1, 3, ANN, BOB, CID);
        assertEquals(Optional.of("size"), machine.wantsRoll(1));
    }

    @Test
    void aRollWithNothingToSendAgainOnlyOpens() {
        durable(0, 5, SELF, ANN, BOB);
        roll(ANN, BOB, CID);

        assertEquals(1, output.framesTo(CID, 1).size());
        assertEquals("rolled 0 to 1 at 5", output.events.getLast());
    }

    @Test
    void theOwnersDiskIsDurableAgainInASegmentThatHasIt() {
        roll(SELF, ANN, CID);
        durable(1, 3, SELF);
        assertEquals(List.of("rolled 0 to 1 at 2"), output.events);
        durable(1, 4, SELF);
        assertEquals("ownerDurable 4", output.events.getLast());
    }

    @Test
    void indexesMaySkipSegmentsThatWereNeverBegun() {
        machine.prepared(1, List.of(ANN, BOB, CID));
        machine.unprepare();
        machine.prepared(2, List.of(SELF, ANN, CID));
        machine.roll(0, 0);

        assertEquals(2, machine.segment());
        assertEquals("rolled 0 to 2 at 2", output.events.getLast());
    }
}
