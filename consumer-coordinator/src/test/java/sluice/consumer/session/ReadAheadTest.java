package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.session.SessionWorld.P0;
import static sluice.consumer.session.SessionWorld.P1;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.Watermarks;
import sluice.log.SluiceException.Kind;

/** What is asked of whom, and what is taken of the answers. */
class ReadAheadTest extends ReadAheadWorld {

    @Nested
    class Asking {

        @Test
        void whatIsStartedTwiceIsAskedOnce() {
            HeldPartition partition = started(P0);
            ahead.start(partition);

            assertEquals("[t/0@0]", source.fetches.toString());
        }

        @Test
        void whatNothingIsKnownOfIsAskedAtOnceAndThenWaits() {
            reading(P0, 0);

            assertEquals("[t/0@0, t/0@0 waits PT10S]", source.fetches.toString());
            assertEquals(List.of("at end"), told);
        }

        @Test
        void whatHasMoreIsAskedAgainWhenAllOfItIsTaken() {
            reading(P0, 3, one(0));
            assertEquals(1, source.fetches.size());

            assertEquals("0:0..1", take());

            assertEquals("t/0@1", source.last().toString());
        }

        @Test
        void moreThanMayWaitWaitForShorter() {
            ahead = ahead(1);
            reading(P0, 0);
            started(P1);
            give(0);
            assertEquals("[t/0@0, t/0@0 waits PT10S]", source.fetches.subList(0, 2).toString());
            give(0);

            assertEquals("t/0@0 waits PT0.25S", source.last().toString());
        }

        @Test
        void whoWasStoppedIsNotCountedAmongThem() {
            ahead = ahead(1);
            HeldPartition first = reading(P0, 0);
            HeldPartition second = started(P1);
            ahead.stop(second);
            ahead.stop(second);
            ahead.seek(first, 0);
            give(0);
            assertEquals(3, source.fetches.size());
            assertTrue(source.last().waitMax().isZero(), "nothing is known since the seek");
            give(0);

            assertEquals("t/0@0 waits PT10S", source.last().toString());
        }

        @Test
        void whoWasStoppedBeforeItsTurnIsNotAsked() {
            ahead = ahead(1);
            reading(P0, 0);
            HeldPartition second = started(P1);
            ahead.stop(second);
            give(0);

            assertEquals("t/0@0 waits PT10S", source.last().toString());
        }

        @Test
        void aFailureIsAskedAgainAfterAPause() {
            started(P0);
            source.last().refuse(Kind.UNAVAILABLE);
            pass(99);
            assertEquals(1, source.fetches.size());

            pass(1);

            assertEquals(2, source.fetches.size());
        }

        @Test
        void whoWasStoppedInThePauseIsNot() {
            HeldPartition partition = started(P0);
            source.last().refuse(Kind.UNAVAILABLE);
            pass(50);
            ahead.stop(partition);
            pass(1_000);

            assertEquals(1, source.fetches.size());
        }

        @Test
        void whoWasMovedInThePauseIsAskedOnce() {
            HeldPartition partition = started(P0);
            source.last().refuse(Kind.UNAVAILABLE);
            pass(50);
            ahead.seek(partition, 5);
            pass(1_000);

            assertEquals("[t/0@0, t/0@5]", source.fetches.toString());
        }

        @Test
        void whatIsThereButOutOfReachIsAskedAgainAfterAPause() {
            reading(P0, 3);
            assertEquals(1, source.fetches.size());

            pass(100);

            assertEquals("[t/0@0, t/0@0]", source.fetches.toString());
            assertEquals(List.of(), told);
        }
    }

    @Nested
    class Taking {

        @Test
        void theLimitOfRecordsIsOfAllPartitionsTogether() {
            reading(P0, 2, ScriptedSource.batch(0, 2, 10));
            reading(P1, 2, ScriptedSource.batch(0, 2, 10));

            assertEquals("0:0..2 1:0..1", take(3, Long.MAX_VALUE));
            assertEquals("1:1..2", take(3, Long.MAX_VALUE));
        }

        @Test
        void theLimitOfBytesIsOfAllPartitionsTogether() {
            reading(P0, 2, one(0), one(1));
            reading(P1, 1, one(0));

            assertEquals("0:0..1", take(10, BATCH_BYTES));
            assertEquals("1:0..1 0:1..2", take(10, 2L * BATCH_BYTES));
        }

        @Test
        void withinABatchTheLimitHoldsToo() {
            reading(P0, 5, ScriptedSource.batch(0, 5, 10));

            assertEquals("0:0..2", take(2, Long.MAX_VALUE));
            assertEquals("0:2..4", take(2, Long.MAX_VALUE));
            assertEquals("0:4..5", take(2, Long.MAX_VALUE));
        }

        @Test
        void whatEndsWithABatchTakesNoneOfTheNext() {
            reading(P0, 3, one(0), one(1), one(2));

            List<Chunk> chunks = ahead.take(2, Long.MAX_VALUE);

            assertEquals(2, chunks.getFirst().batches().size());
        }

        @Test
        void whoWasServedIsServedLastTheNextTime() {
            reading(P0, 2, one(0), one(1));
            reading(P1, 1, one(0));

            assertEquals("0:0..1", take(1, Long.MAX_VALUE));
            assertEquals("1:0..1", take(1, Long.MAX_VALUE));
        }

        @Test
        void batchesBeforeThePlaceAreLeftOut() {
            HeldPartition partition = held(P0);
            partition.next = 2;
            ahead.start(partition);
            give(3, one(0), one(1), one(2));

            assertEquals(BATCH_BYTES, ahead.aheadBytes());
            assertEquals("0:2..3", take());
        }

        @Test
        void nothingOfAPartitionThatWasStoppedIsTaken() {
            HeldPartition partition = reading(P0, 3, one(0));
            ahead.stop(partition);

            assertFalse(ahead.isReadable());
            assertEquals("", take());
        }
    }

    @Test
    void retentionThatPassedDuringAReadIsTold() {
        started(P0);
        source.last()
                .answer()
                .complete(new PartitionSource.Records(List.of(one(4)), new Watermarks(4, 5)));
        pass(0);

        assertEquals(List.of("skipped 0..4", "readable"), told);
        assertEquals("0:4..5", take());
    }
}
