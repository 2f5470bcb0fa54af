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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.log.wal.RecordingOutput.Committed;
import sluice.log.wal.WalFrame.Durable;
import sluice.log.wal.WalFrame.Open;
import sluice.log.wal.WalFrame.Reason;

class WalMachineTest extends OpenedWal {

    @Nested
    class Committing {

        @Test
        void everyMemberIsToldOfTheSegmentBeforeItsEntries() {
            appendAndFlush("a");

            for (UUID member : List.of(SELF, ANN, BOB)) {
                assertEquals(
                        new Open(new SegmentId(WAL, 0), 0, WalEntry.FIRST_HASH, 1),
                        output.framesTo(member, 0).getFirst());
                assertEquals(2, output.framesTo(member, 0).size());
            }
        }

        @Test
        void anEntryIsCommittedOnlyWhenAllMembersHoldIt() {
            appendAndFlush("a");
            durable(0, 1, SELF, ANN);
            assertEquals(0, machine.hwm());

            durable(0, 1, BOB);

            assertEquals(1, machine.hwm());
            assertEquals(List.of("ownerDurable 1", "committed 1"), output.events);
        }

        @Test
        void theHighWatermarkIsWhereTheSlowestMemberIs() {
            appendAndFlush("a", "b", "c");
            durable(0, 3, SELF);
            durable(0, 1, ANN);
            durable(0, 2, BOB);
            assertEquals(1, machine.hwm());

            durable(0, 3, ANN);
            assertEquals(2, machine.hwm());
        }

        @Test
        void entriesAreToldInOrderWithTheirPlaceInTheSegment() {
            appendAndFlush("a", "b");
            durable(0, 2, SELF, ANN, BOB);

            assertEquals(
                    List.of(
                            new Committed(0, 0, SegmentHeader.BYTES, ENTRY_BYTES),
                            new Committed(1, 0, SegmentHeader.BYTES + ENTRY_BYTES, ENTRY_BYTES)),
                    output.entries);
            assertEquals(0, machine.unackedBytes());
        }

        @Test
        void aMemberThatSaysLessThanBeforeTakesNothingBack() {
            appendAndFlush("a", "b");
            durable(0, 2, SELF, ANN, BOB);
            durable(0, 1, BOB);
            appendAndFlush("c");
            durable(0, 3, SELF, ANN);

            assertEquals(2, machine.hwm());
        }

        @Test
        void aMemberThatClaimsWhatWasNeverSentIsLost() {
            appendAndFlush("a");
            append("b");
            durable(0, 2, SELF, ANN, BOB);

            assertEquals(0, machine.hwm());
            assertEquals(Set.of(SELF, ANN, BOB), Set.copyOf(machine.lostMembers()));
        }

        @Test
        void strangersDoNotCount() {
            appendAndFlush("a");
            durable(0, 1, SELF, ANN, CID);

            assertEquals(0, machine.hwm());
        }

        @Test
        void answersForAnotherWalDoNotCount() {
            appendAndFlush("a");
            var other = new SegmentId(new UUID(8, 8), 0);
            for (UUID member : List.of(SELF, ANN, BOB)) {
                machine.received(member, new Durable(other, 1));
            }

            assertEquals(0, machine.hwm());
        }

        @Test
        void theOwnersDiskAloneIsEnoughForAcksOfOne() {
            appendAndFlush("a", "b");
            durable(0, 2, SELF);

            assertEquals(List.of("ownerDurable 2"), output.events);
            assertEquals(0, machine.hwm());
        }

        @Test
        void anEntryCarriesTheHighWatermarkOfItsTime() {
            appendAndFlush("a", "b");
            durable(0, 2, SELF, ANN, BOB);
            appendAndFlush("c");

            ByteBuffer entries = output.entriesTo(ANN, 0);
            assertEquals(0, WalEntry.hwm(entries, ENTRY_BYTES));
            assertEquals(2, WalEntry.hwm(entries, 2 * ENTRY_BYTES));
        }

        @Test
        void framesAreNotLongerThanTheLimitUnlessOneEntryIs() {
            append("a");
            append("x".repeat(5 * ENTRY_BYTES));
            for (int i = 0; i < 6; i++) {
                append("b");
            }
            machine.flush();

            List<Integer> sizes =
                    output.framesTo(ANN, 0).stream()
                            .filter(frame -> frame instanceof WalFrame.Append)
                            .map(frame -> ((WalFrame.Append) frame).entries().remaining())
                            .toList();
            assertEquals(
                    List.of(
                            ENTRY_BYTES,
                            WalEntry.HEADER_BYTES + 5 * ENTRY_BYTES,
                            4 * ENTRY_BYTES,
                            2 * ENTRY_BYTES),
                    sizes);
        }

        @Test
        void roomIsBoundedByWhatIsNotOnAllDisks() {
            for (int i = 0; i < 10; i++) {
                assertTrue(machine.hasRoom(1));
                append("a");
            }
            assertFalse(machine.hasRoom(1));
            machine.flush();
            durable(0, 1, SELF, ANN, BOB);

            assertTrue(machine.hasRoom(1));
            assertFalse(machine.hasRoom(2));
        }
    }

    @Nested
    class WantingToRoll {

        private Optional<String> why() {
            return machine.wantsRoll(nowNs);
        }

        @Test
        void anEmptySegmentIsLeftAlone() {
            nowNs += 100 * AGE_NS;

            assertEquals(Optional.empty(), why());
        }

        @Test
        void aSegmentWithEntriesIsRolledAtItsAge() {
            appendAndFlush("a");
            durable(0, 1, SELF, ANN, BOB);
            nowNs += AGE_NS - 1;
            assertEquals(Optional.empty(), why());
            nowNs++;
            assertEquals(Optional.of("age"), why());
        }

        @Test
        void aFullSegmentIsRolled() {
            append("x".repeat(1_000 - SegmentHeader.BYTES - WalEntry.HEADER_BYTES - 1));
            machine.flush();
            durable(0, 1, SELF, ANN, BOB);
            assertEquals(Optional.empty(), why());
            append("");
            assertEquals(Optional.of("size"), why());
        }

        @Test
        void aMemberThatCannotBeReachedIsLost() {
            output.unreachable.add(BOB);
            appendAndFlush("a");

            assertEquals(Optional.of("member lost: " + BOB), why());
            assertEquals(List.of(BOB), machine.lostMembers());
        }

        @Test
        void aMemberWhoseLinkBrokeIsLost() {
            machine.disconnected(CID);
            assertEquals(Optional.empty(), why());
            machine.disconnected(BOB);
            assertEquals(Optional.of("member lost: " + BOB), why());
        }

        @ParameterizedTest
        @EnumSource(
                value = Reason.class,
                names = {"UNKNOWN", "GAP", "CORRUPT", "NO_SPACE", "DISK_FAILED"})
        void aMemberThatRefusesIsLost(Reason reason) {
            refused(0, reason, ANN);

            assertEquals(Optional.of("member lost: " + ANN), why());
            assertFalse(machine.isStopped());
        }

        @Test
        void aMemberThatSpeaksLikeAnOwnerIsLost() {
            machine.received(ANN, new Open(new SegmentId(WAL, 0), 0, 0, 0));

            assertEquals(Optional.of("member lost: " + ANN), why());
        }

        @Test
        void whatALostMemberSaysAfterwardsDoesNotCount() {
            appendAndFlush("a");
            machine.disconnected(BOB);
            durable(0, 1, SELF, ANN, BOB);

            assertEquals(0, machine.hwm());
        }

        @Test
        void nothingMoreIsSentToALostMember() {
            machine.disconnected(BOB);
            appendAndFlush("a");

            assertEquals(1, output.framesTo(BOB, 0).size());
            assertEquals(2, output.framesTo(ANN, 0).size());
        }

        @Test
        void aMemberThatOwesAnAnswerForTooLongIsSlow() {
            appendAndFlush("a");
            nowNs += SLOW_NS / 2;
            appendAndFlush("b");
            durable(0, 1, SELF, ANN);
            nowNs += SLOW_NS - SLOW_NS / 2;
            assertEquals(Optional.empty(), why());

            nowNs++;
            assertEquals(Optional.of("member slow: " + BOB), why());
            assertEquals(Optional.of(BOB), machine.slowest(nowNs));
        }

        @Test
        void theOwnersOwnDiskCanBeTheSlowOne() {
            appendAndFlush("a");
            durable(0, 1, ANN, BOB);
            nowNs += SLOW_NS + 1;

            assertEquals(Optional.of("member slow: " + SELF), why());
        }

        @Test
        void withNothingOwedNobodyIsSlow() {
            appendAndFlush("a");
            durable(0, 1, SELF, ANN, BOB);
            nowNs += AGE_NS - 1;

            assertEquals(Optional.empty(), why());
        }
    }

    @Test
    void oneDiskIsNotTwoMembers() {
        var twice = new WalMachine(WAL, SELF, LIMITS, output);
        assertThrows(AssertionError.class, () -> twice.open(0, List.of(ANN, BOB, ANN), 0, 0));
        assertThrows(AssertionError.class, () -> machine.prepared(1, List.of(ANN, ANN)));
        assertThrows(AssertionError.class, () -> machine.prepared(1, List.of()));
    }
}
