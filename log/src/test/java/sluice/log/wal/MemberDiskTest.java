package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.log.wal.MemberBench.OWNER;
import static sluice.log.wal.MemberBench.SEGMENT;
import static sluice.log.wal.MemberBench.SYNC_DELAY;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.log.wal.WalFrame.Open;
import sluice.log.wal.WalFrame.Reason;
import sluice.log.wal.WalFrame.Refused;
import sluice.log.wal.memory.MemoryWalDisk.Operation;

/** A member whose disk is full or fails, and one that forgets. */
class MemberDiskTest {

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
    class WithoutSpace {

        @Test
        void anAppendOverTheBudgetIsRefusedAndNothingOfItWritten() throws IOException {
            member.open();
            appendNext("x".repeat(3_900));

            appendNext("x".repeat(100));
            assertEquals(List.of(refused(Reason.NO_SPACE, 1)), member.answers());
            assertEquals(
                    SegmentHeader.BYTES + WalEntry.HEADER_BYTES + 3_900,
                    member.disk.length(SEGMENT));
            assertEquals(List.of(), member.failures);
        }

        @Test
        void aNewSegmentIsRefused() {
            member.disk.capacityBytes(MemberBench.LIMITS.freeBytesMin() - 1);
            member.open();

            assertEquals(List.of(refused(Reason.NO_SPACE, 0)), member.answers());
            assertFalse(member.disk.exists(SEGMENT));
        }
    }

    @Nested
    class OnAFailingDisk {

        @Test
        void aFailedSyncIsNoAnswerAndEndsTheProcess() {
            member.open();
            appendNext("a");
            member.disk.failNext(Operation.SYNC);
            member.endSyncs();

            assertEquals(List.of(refused(Reason.DISK_FAILED, 1)), member.answers());
            assertEquals(List.of(SEGMENT), member.failures);
        }

        @Test
        void afterAFailedSyncNothingIsBelievedAnyMore() {
            member.open();
            appendNext("a");
            member.disk.failNext(Operation.SYNC);
            member.endSyncs();
            member.answers();
            appendNext("b");
            var other = new SegmentId(SEGMENT.wal(), 1);
            member.receive(OWNER, new Open(other, 0, 0, 0));

            assertEquals(
                    List.of(
                            refused(Reason.DISK_FAILED, 1),
                            new Refused(other, Reason.DISK_FAILED, 0)),
                    member.answers());
        }

        @Test
        void aFailedWriteIsNoAnswer() {
            member.open();
            appendNext("a");
            member.disk.failNext(Operation.WRITE);
            appendNext("b");
            member.endSyncs();

            assertEquals(
                    List.of(refused(Reason.DISK_FAILED, 1)),
                    member.answers().stream().filter(f -> f instanceof Refused).toList());
            assertEquals(List.of(SEGMENT), member.failures);
        }

        @Test
        void aSegmentThatCannotBeCreatedIsRefused() {
            member.disk.failNext(Operation.CREATE);
            member.open();

            assertEquals(List.of(refused(Reason.DISK_FAILED, 0)), member.answers());
            assertEquals(List.of(SEGMENT), member.failures);
        }
    }

    @Nested
    class Trimming {

        @Test
        void aTrimmedSegmentIsGone() {
            member.open();
            appendNext("a");
            member.endSyncs();
            member.trim();

            assertFalse(member.disk.exists(SEGMENT));
            assertEquals(List.of(), member.failures);
        }

        @Test
        void aTrimWaitsForTheSyncInFlight() {
            member.open();
            appendNext("a");
            member.runFor(SYNC_DELAY.multipliedBy(2));
            member.trim();
            assertTrue(member.disk.exists(SEGMENT));
            member.syncs.remove().run();
            member.runFor(Duration.ofMillis(10));

            assertFalse(member.disk.exists(SEGMENT));
            assertEquals(List.of(), member.failures);
        }

        @Test
        void aTrimOfUnsyncedEntriesIsNoFailureOfTheDisk() {
            member.open();
            appendNext("a");
            member.trim();
            member.runFor(SYNC_DELAY.multipliedBy(10));
            member.endSyncs();

            assertFalse(member.disk.exists(SEGMENT));
            assertEquals(List.of(), member.failures);
        }

        @Test
        void aFenceAfterwardsIsNotToldThatThereNeverWasACopy() {
            member.open();
            member.trim();

            assertInstanceOf(Fenced.Unknown.class, member.fence(2));
        }

        @Test
        void anOwnerThatSleptThroughItAllIsStillHeldOff() {
            assertEquals(new Fenced.NeverHeld(), member.fence(2));
            member.trim();
            member.open();

            assertEquals(List.of(refused(Reason.FENCED, 0)), member.answers());
            assertFalse(member.disk.exists(SEGMENT));
        }
    }
}
