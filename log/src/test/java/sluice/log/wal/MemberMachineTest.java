package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static sluice.log.wal.MemberBench.OWNER;
import static sluice.log.wal.MemberBench.SEGMENT;
import static sluice.log.wal.MemberBench.SYNC_DELAY;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.log.wal.WalFrame.Append;
import sluice.log.wal.WalFrame.Durable;
import sluice.log.wal.WalFrame.Open;
import sluice.log.wal.WalFrame.Reason;
import sluice.log.wal.WalFrame.Refused;

class MemberMachineTest {

    private static final UUID STRANGER = new UUID(0, 9);
    private static final SegmentId OTHER = new SegmentId(new UUID(8, 8), 0);

    private final MemberBench member = new MemberBench();
    private final EntryChain chain = new EntryChain();

    private static Refused refused(Reason reason, long end) {
        return new Refused(SEGMENT, reason, end);
    }

    private void appendNext(String... texts) {
        long first = chain.next();
        member.append(first, chain.entries(texts));
    }

    @Nested
    class Answering {

        @Test
        void nothingIsAnsweredBeforeASyncEnded() {
            member.open();
            appendNext("a");
            member.runFor(SYNC_DELAY.multipliedBy(10));
            assertEquals(1, member.syncs.size());
            assertEquals(List.of(), member.answers());

            member.endSyncs();
            assertEquals(List.of(new Durable(SEGMENT, 1)), member.answers());
        }

        @Test
        void anAnswerCoversOnlyWhatWasWrittenBeforeItsSyncBegan() {
            member.open();
            appendNext("a");
            member.runFor(SYNC_DELAY.multipliedBy(2));
            appendNext("b", "c");
            member.syncs.remove().run();
            member.runFor(Duration.ofNanos(60_000));

            assertEquals(List.of(new Durable(SEGMENT, 1)), member.answers());
            member.endSyncs();
            assertEquals(List.of(new Durable(SEGMENT, 3)), member.answers());
        }

        @Test
        void whatWasAnsweredOutlivesAPowerCutAndWhatWasNotDoesNotCount() throws IOException {
            member.open();
            appendNext("a");
            member.endSyncs();
            appendNext("b");
            member.powerCut();

            assertEquals(1, SegmentCopy.scan(member.disk, SEGMENT).orElseThrow().end());
        }

        @Test
        void oneSyncOfASegmentIsInFlight() {
            member.open();
            for (int i = 0; i < 20; i++) {
                appendNext("x".repeat(100));
                member.runFor(SYNC_DELAY);
            }

            assertEquals(1, member.syncs.size());
        }

        @Test
        void oneSyncOfTheDiskIsInFlightAndTheSegmentsTakeTurns() {
            member.open();
            member.receive(STRANGER, new Open(OTHER, 0, WalEntry.FIRST_HASH, 1));
            appendNext("a");
            member.runFor(SYNC_DELAY.multipliedBy(2));
            var others = new EntryChain();
            member.receive(STRANGER, new Append(OTHER, 0, others.entries("one")));
            appendNext("b");
            member.runFor(SYNC_DELAY.multipliedBy(5));
            assertEquals(1, member.syncs.size());

            member.syncs.remove().run();
            member.runFor(Duration.ofNanos(60_000));
            assertEquals(List.of(new Durable(SEGMENT, 1)), member.answers());
            assertEquals(1, member.syncs.size(), "the other's turn, without a delay");

            member.syncs.remove().run();
            member.runFor(Duration.ofNanos(60_000));
            assertEquals(List.of(new Durable(OTHER, 1)), member.answers());

            member.syncs.remove().run();
            member.runFor(Duration.ofNanos(60_000));
            assertEquals(List.of(new Durable(SEGMENT, 2)), member.answers());
        }

        @Test
        void aSegmentThatWasClosedWhileItWaitedHoldsUpNoOther() {
            member.open();
            member.receive(STRANGER, new Open(OTHER, 0, WalEntry.FIRST_HASH, 1));
            appendNext("a");
            member.runFor(SYNC_DELAY.multipliedBy(2));
            member.receive(STRANGER, new Append(OTHER, 0, new EntryChain().entries("one")));
            appendNext("b");
            member.disconnected(STRANGER);

            member.endSyncs();

            assertEquals(
                    List.of(new Durable(SEGMENT, 1), new Durable(SEGMENT, 2)), member.answers());
        }

        @Test
        void entriesWaitForOthersOnlyTheSyncDelay() {
            member.open();
            appendNext("a");
            member.runFor(SYNC_DELAY.dividedBy(2));
            assertEquals(0, member.syncs.size());
            appendNext("b");
            member.runFor(SYNC_DELAY.dividedBy(2).plusNanos(60_000));
            assertEquals(1, member.syncs.size());

            member.endSyncs();
            assertEquals(List.of(new Durable(SEGMENT, 2)), member.answers());
        }

        @Test
        void manyBytesDoNotWait() {
            member.open();
            appendNext("x".repeat(MemberBench.SYNC_BYTES));

            assertEquals(1, member.syncs.size());
        }

        @Test
        void theBytesOnTheDiskAreTheOnesThatWereSent() throws IOException {
            member.open();
            ByteBuffer entries = chain.entries("a", "bb");
            member.append(0, entries);

            ByteBuffer stored = ByteBuffer.allocate(1_000);
            member.disk.read(SEGMENT, 0, stored);
            stored.flip();
            assertEquals(
                    new SegmentHeader(SEGMENT, 0, WalEntry.FIRST_HASH, 1),
                    SegmentHeader.decode(stored));
            assertEquals(entries, stored.slice());
        }
    }

    @Nested
    class Refusing {

        @Test
        void aGap() {
            member.open();
            chain.entry("lost on the way");
            appendNext("b");

            assertEquals(List.of(refused(Reason.GAP, 0)), member.answers());
            assertTakesNoMore();
        }

        @Test
        void anEntrySentTwice() {
            member.open();
            ByteBuffer entry = chain.entry("a");
            member.append(0, entry);
            member.append(0, entry);

            assertEquals(List.of(refused(Reason.GAP, 1)), member.answers());
            assertTakesNoMore();
        }

        @Test
        void anEntryWithAFlippedBit() {
            member.open();
            member.append(0, EntryChain.withBitFlipped(chain.entry("a"), 8 * 72 + 3));

            assertEquals(List.of(refused(Reason.CORRUPT, 0)), member.answers());
            assertTakesNoMore();
        }

        @Test
        void anEntryThatFollowsAnother() {
            member.open();
            appendNext("a");
            var otherLog = new EntryChain(1, chain.hash() + 1);
            member.append(1, otherLog.entry("b"));

            assertEquals(List.of(refused(Reason.CORRUPT, 1)), member.answers());
            assertTakesNoMore();
        }

        @Test
        void aRunOfEntriesOfWhichOneIsWrongIsNotWrittenAtAll() throws IOException {
            member.open();
            ByteBuffer run = chain.entries("a", "b");
            member.append(0, EntryChain.withBitFlipped(run, 8 * (run.limit() - 1)));

            assertEquals(SegmentHeader.BYTES, member.disk.length(SEGMENT));
        }

        @Test
        void aTornEntryAtTheEndOfAFrame() {
            member.open();
            ByteBuffer run = chain.entries("a", "b");
            member.append(0, run.limit(run.limit() - 1));

            assertEquals(List.of(refused(Reason.CORRUPT, 0)), member.answers());
        }

        @Test
        void aForeignOwnerWithoutHarmToTheRightOne() {
            member.open();
            member.receive(STRANGER, new Open(SEGMENT, 0, WalEntry.FIRST_HASH, 1));
            ByteBuffer entry = chain.entry("a");
            member.receive(STRANGER, new WalFrame.Append(SEGMENT, 0, entry));
            assertEquals(
                    List.of(refused(Reason.UNKNOWN, 0), refused(Reason.UNKNOWN, 0)),
                    member.answers());

            member.append(0, entry);
            member.endSyncs();
            assertEquals(List.of(new Durable(SEGMENT, 1)), member.answers());
        }

        @Test
        void aSegmentThatWasNeverOpened() {
            appendNext("a");

            assertEquals(List.of(refused(Reason.UNKNOWN, 0)), member.answers());
            assertFalse(member.disk.exists(SEGMENT));
        }

        @Test
        void aSecondOpen() {
            member.open();
            appendNext("a");
            member.open();

            assertEquals(List.of(refused(Reason.UNKNOWN, 0)), member.answers());
        }

        @Test
        void everythingOfASegmentFromBeforeARestart() {
            member.open();
            appendNext("a");
            member.endSyncs();
            member.answers();
            member.restart();
            appendNext("b");
            member.open();

            assertEquals(
                    List.of(refused(Reason.UNKNOWN, 1), refused(Reason.UNKNOWN, 0)),
                    member.answers());
        }

        @Test
        void appendsAfterTheOwnersLinkWasLost() {
            member.open();
            appendNext("a");
            member.disconnected(OWNER);
            member.endSyncs();
            assertEquals(List.of(), member.answers());
            appendNext("b");

            assertEquals(List.of(refused(Reason.UNKNOWN, 1)), member.answers());
        }

        @Test
        void nobodyBecauseAnothersLinkWasLost() {
            member.open();
            member.disconnected(STRANGER);
            appendNext("a");
            member.endSyncs();

            assertEquals(List.of(new Durable(SEGMENT, 1)), member.answers());
        }

        @Test
        void framesThatOnlyMembersSend() {
            for (WalFrame frame : List.of(new Durable(SEGMENT, 1), refused(Reason.GAP, 1))) {
                var failure =
                        assertThrows(SluiceException.class, () -> member.receive(OWNER, frame));
                assertEquals("malformed-frame", failure.code());
            }
        }

        private void assertTakesNoMore() {
            appendNext("more");
            assertEquals(
                    List.of(Reason.UNKNOWN),
                    member.answers().stream().map(f -> ((Refused) f).reason()).toList());
            member.endSyncs();
            assertEquals(List.of(), member.answers());
        }
    }
}
