package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.log.wal.MemberBench.SEGMENT;
import static sluice.log.wal.MemberBench.SYNC_DELAY;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.log.wal.Fenced.Held;
import sluice.log.wal.Fenced.NeverHeld;
import sluice.log.wal.Fenced.Unknown;
import sluice.log.wal.WalFrame.Durable;
import sluice.log.wal.WalFrame.Reason;
import sluice.log.wal.WalFrame.Refused;
import sluice.log.wal.memory.MemoryWalDisk.Operation;

/** A fence is durable before it is answered, and the answer is the read of the copy's end. */
class MemberFenceTest {

    private final MemberBench member = new MemberBench();
    private final EntryChain chain = new EntryChain();

    private void appendNext(String... texts) {
        long first = chain.next();
        member.append(first, chain.entries(texts));
    }

    private Held held(long bytes) {
        return new Held(0, WalEntry.FIRST_HASH, chain.next(), chain.hash(), bytes, 0);
    }

    @Nested
    class OfASegmentTheDiskHas {

        @Test
        void tellsWhereTheCopyEnds() {
            member.open();
            appendNext("a", "b");

            assertEquals(held(SegmentHeader.BYTES + 2 * 73), member.fence(2));
        }

        @Test
        void tellsTheEndOfAnEmptyCopy() {
            member.open();

            assertEquals(held(SegmentHeader.BYTES), member.fence(2));
        }

        @Test
        void endsTheSegmentForItsOwner() {
            member.open();
            appendNext("a");
            member.fence(2);
            member.answers();
            appendNext("b");

            assertEquals(List.of(new Refused(SEGMENT, Reason.FENCED, 1)), member.answers());
        }

        @Test
        void isOnTheDiskBeforeItIsAnswered() {
            member.open();
            List<Fenced> answers = member.fencing(2);

            assertEquals(List.of(), answers);
            assertTrue(member.isFenced());
        }

        @Test
        void isAnsweredOnlyWhenWhatItTellsIsDurable() throws IOException {
            member.open();
            appendNext("a");
            List<Fenced> answers = member.fencing(2);
            member.runFor(Duration.ofMillis(10));
            assertEquals(List.of(), answers);
            member.endSyncs();
            assertEquals(1, answers.size());
            member.powerCut();

            assertEquals(1, SegmentCopy.scan(member.disk, SEGMENT).orElseThrow().end());
        }

        @Test
        void waitsForTheSyncInFlightInsteadOfSyncingBesideIt() {
            member.open();
            appendNext("a");
            member.runFor(SYNC_DELAY.multipliedBy(2));
            List<Fenced> first = member.fencing(2);
            List<Fenced> second = member.fencing(3);
            member.runFor(Duration.ofMillis(10));
            assertEquals(1, member.syncs.size());

            member.syncs.remove().run();
            member.runFor(Duration.ofMillis(10));
            assertEquals(1, member.syncs.size());
            member.endSyncs();
            assertEquals(List.of(held(SegmentHeader.BYTES + 73)), first);
            assertEquals(first, second);
        }

        @Test
        void leavesNoTimerThatSyncsBesideIt() {
            member.open();
            appendNext("a");
            member.fencing(2);
            member.runFor(SYNC_DELAY.multipliedBy(10));

            assertEquals(1, member.syncs.size());
        }

        @Test
        void takesBackNoAnswerButGivesNoMore() {
            member.open();
            appendNext("a");
            member.runFor(SYNC_DELAY.multipliedBy(2));
            member.fencing(2);
            member.endSyncs();

            assertFalse(member.answers().contains(new Durable(SEGMENT, 1)));
        }

        @Test
        void outlivesARestart() {
            member.open();
            appendNext("a");
            member.fence(2);
            member.powerCut();
            appendNext("b");

            assertEquals(List.of(new Refused(SEGMENT, Reason.FENCED, 1)), member.answers());
        }

        @Test
        void afterARestartTellsTheSameEnd() {
            member.open();
            appendNext("a");
            Fenced before = member.fence(2);
            member.powerCut();

            assertEquals(before, member.fence(3));
            assertEquals(before, member.fence(2));
        }

        @Test
        void keepsTheHighestEpoch() throws IOException {
            member.open();
            member.fence(3);
            member.fence(2);

            assertEquals(OptionalLong.of(3), member.disk.fence(SEGMENT));
        }
    }

    @Nested
    class OfASegmentTheDiskNeverHad {

        @Test
        void saysSoAndForbidsItsCreation() {
            assertEquals(new NeverHeld(), member.fence(2));
            member.open();

            assertEquals(List.of(new Refused(SEGMENT, Reason.FENCED, 0)), member.answers());
            assertFalse(member.disk.exists(SEGMENT));
        }

        @Test
        void forbidsItAfterAPowerCutToo() {
            member.fence(2);
            member.powerCut();
            member.open();

            assertEquals(List.of(new Refused(SEGMENT, Reason.FENCED, 0)), member.answers());
        }

        @Test
        void isUnknownIfItCannotBeStored() {
            member.disk.failNext(Operation.FENCE);

            assertInstanceOf(Unknown.class, member.fence(2));
        }
    }

    @Nested
    class OfADamagedCopy {

        private static final int FIRST_AT = SegmentHeader.BYTES;
        private static final int ENTRY_BYTES = 73;

        /** Four entries; the later ones say that the first two are on all disks. */
        private void fourEntries() {
            member.open();
            appendNext("a", "b");
            chain.hwm(2);
            appendNext("c", "d");
            member.endSyncs();
            member.answers();
        }

        @Test
        void isUnknownIfAnEntryBelowTheHighWatermarkIsDamaged() throws IOException {
            fourEntries();
            for (int entry : List.of(0, 1)) {
                var damaged = new MemberBench();
                copyTo(damaged);
                damaged.disk.flipBit(SEGMENT, FIRST_AT + entry * ENTRY_BYTES + 20, 1);

                assertInstanceOf(Unknown.class, damaged.fence(2), "entry=" + entry);
            }
        }

        @Test
        void isHeldUpToADamagedPlaceAboveIt() throws IOException {
            fourEntries();
            var torn = new MemberBench();
            copyTo(torn);
            torn.disk.flipBit(SEGMENT, FIRST_AT + 2 * ENTRY_BYTES + 20, 1);

            assertEquals(2, assertInstanceOf(Held.class, torn.fence(2)).end());
        }

        @Test
        void isHeldUpToATornTail() throws IOException {
            fourEntries();
            for (int cut = 1; cut < ENTRY_BYTES; cut++) {
                var torn = new MemberBench();
                copyTo(torn);
                torn.disk.truncate(SEGMENT, FIRST_AT + 4 * ENTRY_BYTES - cut);

                Held held = assertInstanceOf(Held.class, torn.fence(2));
                assertEquals(3, held.end());
                assertEquals(FIRST_AT + 3 * ENTRY_BYTES, held.bytes());
            }
        }

        @Test
        void isUnknownIfThisVeryProcessSaidThatMoreWasDurable() throws IOException {
            fourEntries();
            member.disk.flipBit(SEGMENT, FIRST_AT + 3 * ENTRY_BYTES + 20, 1);

            assertInstanceOf(Unknown.class, member.fence(2));
        }

        @Test
        void isUnknownIfItsHeaderIsDamaged() throws IOException {
            fourEntries();
            for (int at = 0; at < SegmentHeader.BYTES; at++) {
                var damaged = new MemberBench();
                copyTo(damaged);
                damaged.disk.flipBit(SEGMENT, at, 5);

                assertInstanceOf(Unknown.class, damaged.fence(2), "at=" + at);
            }
        }

        @Test
        void isUnknownIfItIsEmptyOrZeroes() throws IOException {
            fourEntries();
            var zeroes = new MemberBench();
            copyTo(zeroes);
            zeroes.disk.corrupt(SEGMENT, 0, new byte[(int) zeroes.disk.length(SEGMENT)]);
            assertInstanceOf(Unknown.class, zeroes.fence(2));

            member.disk.truncate(SEGMENT, 0);
            assertInstanceOf(Unknown.class, member.fence(2));
        }

        @Test
        void isUnknownIfItIsAnothersFile() throws IOException {
            var other = new SegmentId(SEGMENT.wal(), 1);
            member.disk.create(
                    SEGMENT, new SegmentHeader(other, 0, WalEntry.FIRST_HASH, 1).encode());

            assertInstanceOf(Unknown.class, member.fence(2));
        }

        @Test
        void isUnknownIfItCannotBeRead() {
            fourEntries();
            member.disk.failNext(Operation.READ);

            assertInstanceOf(Unknown.class, member.fence(2));
        }

        @Test
        void isUnknownIfItCannotBeSynced() {
            member.open();
            appendNext("a");
            member.disk.failNext(Operation.SYNC);

            assertInstanceOf(Unknown.class, member.fence(2));
            assertEquals(List.of(SEGMENT), member.failures);
        }

        @Test
        void isUnknownAfterAnEarlierSyncFailed() {
            fourEntries();
            appendNext("e");
            member.disk.failNext(Operation.SYNC);
            member.endSyncs();

            assertInstanceOf(Unknown.class, member.fence(2));
        }

        private void copyTo(MemberBench other) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate((int) member.disk.length(SEGMENT));
            member.disk.read(SEGMENT, 0, bytes);
            other.disk.create(SEGMENT, bytes.flip());
        }
    }
}
