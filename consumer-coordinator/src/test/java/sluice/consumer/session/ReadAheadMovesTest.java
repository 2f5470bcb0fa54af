package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static sluice.consumer.session.SessionWorld.P0;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.Watermarks;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/** What makes that void which was read ahead, or is on its way. */
class ReadAheadMovesTest extends ReadAheadWorld {

    @Nested
    class Moving {

        @Test
        void whatWasReadAheadIsForgotten() {
            HeldPartition partition = reading(P0, 9, one(0), one(1));

            ahead.seek(partition, 5);

            assertEquals("", take());
            assertEquals("t/0@5", source.last().toString());
            give(9, one(5));
            assertEquals("0:5..6", take());
            assertEquals(2L * BATCH_BYTES, room.bytesHeld(), "reserved for what is asked now");
        }

        @Test
        void whatIsPausedIsReadAnewWhenItGoesOn() {
            HeldPartition partition = reading(P0, 9, one(0), one(1));
            ahead.stop(partition);
            ahead.start(partition);
            give(9, one(0), one(1));

            assertEquals("0:0..2", take());
        }

        @Test
        void anAnswerToAQuestionOfBeforeIsVoid() {
            ahead = ahead(1);
            HeldPartition partition = reading(P0, 0);
            ahead.seek(partition, 5); // Its question waits still, and is the only one there may be.
            give(9, one(0));
            assertEquals("", take());

            assertEquals("t/0@5", source.last().toString());
        }

        @Test
        void anAnswerAfterAStopAndAStartIsVoidToo() {
            HeldPartition partition = reading(P0, 0);
            ScriptedSource.Fetch old = source.last();
            ahead.stop(partition);
            partition.next = 3;
            ahead.start(partition);
            old.give(9, one(0), one(3));
            pass(0);

            assertFalse(ahead.isReadable());
        }
    }

    @Nested
    class OutOfRange {

        private HeldPartition refused(long next) {
            HeldPartition partition = held(P0);
            partition.next = next;
            ahead.start(partition);
            source.last().refuse(Kind.INVALID);
            pass(0);
            return partition;
        }

        private void range(long logStart, long highWatermark) {
            source.ranges.getLast().answer().complete(new Watermarks(logStart, highWatermark));
            pass(0);
        }

        @Test
        void belowTheLogItGoesOnAtItsStart() {
            refused(2);
            range(5, 9);

            assertEquals(List.of("skipped 2..5"), told);
            assertEquals("t/0@5", source.last().toString());
        }

        @Test
        void aboveTheLogItStops() {
            refused(12);
            range(5, 9);
            pass(10_000);

            assertEquals(List.of("stopped t/0"), told);
            assertEquals(1, source.fetches.size());
        }

        @Test
        void withinTheLogItIsAskedAgainAfterAPause() {
            refused(7);
            range(5, 9);
            assertEquals(1, source.fetches.size());

            pass(100);

            assertEquals("t/0@7", source.last().toString());
            assertEquals(List.of(), told);
        }

        @Test
        void whileTheRangeIsNotKnownItIsAskedAgain() {
            refused(2);
            source.ranges
                    .getLast()
                    .answer()
                    .completeExceptionally(new SluiceException(Kind.UNAVAILABLE, "down", "down"));
            pass(100);

            assertEquals(2, source.fetches.size());
        }

        @Test
        void whoWasMovedMeanwhileIsNotMovedAgain() {
            HeldPartition partition = refused(2);
            ahead.seek(partition, 7);
            range(5, 9);

            assertEquals(List.of(), told);
            assertEquals(7, partition.next);
        }

        @Test
        void whoWasStoppedMeanwhileIsNotMoved() {
            HeldPartition partition = refused(2);
            ahead.stop(partition);
            range(5, 9);

            assertEquals(List.of(), told);
        }

        @Test
        void aSeekMakesAStoppedOneGoOn() {
            HeldPartition partition = refused(12);
            range(5, 9);

            ahead.seek(partition, 6);
            ahead.start(partition);

            assertEquals("t/0@6", source.last().toString());
        }

        @Test
        void wrongBytesStopIt() {
            started(P0);
            source.last().refuse(Kind.DATA);
            pass(10_000);

            assertEquals(List.of("stopped t/0"), told);
            assertEquals(1, source.fetches.size());
        }
    }
}
