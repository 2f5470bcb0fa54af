package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.client.stream.ScriptedDialer.batch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.client.json.Json;
import sluice.client.stream.ScriptedDialer.Dial;

/** What a session tells of its partitions, and of their records. */
class StreamPartitionsTest extends ScriptedWorld {

    private static int last(List<Json> frames) {
        return frames.get(frames.size() - 1).list("partitions").size();
    }

    @Nested
    class Changes {

        @Test
        void whatIsGivenBackIsNotToldAsLost() {
            Dial dial = reading();
            dial.revoking(2, 0);
            pass(0);
            assertEquals("revoking [orders/0]", ask());
            assertEquals("", ask(), "told once");
            on(() -> session.partitions().release(List.of(P0)));
            assertEquals(1, dial.sent("release").size());
            dial.lost(3, 0);
            pass(0);

            assertEquals("", ask());
            assertNull(session.partitions().known(P0));
        }

        @Test
        void whatMayBeKeptIsToldAsAssignedAgain() {
            Dial dial = reading();
            dial.revoking(2, 0);
            pass(0);
            ask();
            dial.assigned(3, 0, 0);
            pass(0);

            assertEquals("assigned [orders/0]", ask());
            dial.records(0, 0, 1, 10);
            pass(0);
            assertEquals("orders/0@0+1", ask());
        }

        @Test
        void whatIsKeptAfterItWasReleasedCanBeReleasedAgain() {
            Dial dial = reading();
            dial.revoking(2, 0);
            pass(0);
            ask();
            on(() -> session.partitions().release(List.of(P0)));
            dial.assigned(3, 0, 0);
            pass(0);
            ask();
            dial.revoking(4, 0);
            pass(0);

            assertEquals("revoking [orders/0]", ask());
            assertEquals(1, dial.sent("release").size(), "the application has something to finish");
        }

        @Test
        void whatComesAndGoesBeforeAnybodyAskedIsGivenBackUnseen() {
            Dial dial = joined();
            dial.assigned(1, 0, 0);
            dial.revoking(2, 0);
            pass(0);

            assertEquals("", ask());
            assertEquals(1, last(dial.sent("release")));
            assertEquals(2, dial.sent("release").get(0).number("epoch"));
        }

        @Test
        void whatNobodyHoldsIsGivenBackAtOnce() {
            Dial dial = joined();
            dial.revoking(2, 0);
            pass(0);

            assertEquals(1, last(dial.sent("release")));
        }

        @Test
        void aReleaseThatWasLostIsSaidAgain() {
            Dial first = reading();
            first.revoking(2, 0);
            pass(0);
            ask();
            on(() -> session.partitions().release(List.of(P0)));
            first.listener.closed(1006, "gone");
            pass(100);
            Dial second = resumed();
            second.revoking(2, 0);
            pass(0);

            assertEquals(1, last(second.sent("release")));
            assertEquals("", ask());
        }

        @Test
        void onlyWhatIsToBeGivenBackIsReleased() {
            Dial dial = reading();
            on(() -> session.partitions().release(List.of(P0, P1)));

            assertEquals(List.of(), dial.sent("release"));
        }

        @Test
        void theApplicationsAssignmentIsWhatItWasTold() {
            Dial dial = reading();
            dial.assigned(2, 1, 0);
            pass(0);
            assertEquals(List.of(P0), session.partitions().assignment());

            ask();

            assertEquals(List.of(P0, P1), session.partitions().assignment());
        }
    }

    @Nested
    class Records {

        @Test
        void aFrameThatLeavesAGapIsDropped() {
            Dial dial = reading();
            dial.records(0, 3, 2, 10);
            pass(0);
            assertEquals("", ask());

            dial.records(0, 0, 2, 10);
            pass(0);
            assertEquals("orders/0@0+2", ask());
        }

        @Test
        void oneThatWasThereAlreadyIsDroppedToo() {
            Dial dial = reading();
            dial.records(0, 0, 2, 10);
            dial.records(0, 0, 2, 10);
            pass(0);

            assertEquals("orders/0@0+2", ask());
            assertEquals("", ask());
        }

        @Test
        void ofBatchesThatBeginEarlierAndEndLaterOnlyTheRestIsHandedOut() {
            Dial dial = joined();
            dial.assigned(1, 0, 2);
            dial.records(0, 4, batch(0, 6, 10));
            pass(0);
            ask();

            assertEquals("orders/0@2+2", ask());
            dial.records(0, 6, batch(0, 6, 10));
            pass(0);
            assertEquals("orders/0@4+2", ask());
        }

        @Test
        void batchesBeforeThePlaceAreNotBuffered() {
            Dial dial = joined();
            dial.assigned(1, 0, 2);
            ByteBuffer old = batch(0, 2, 10);
            ByteBuffer next = batch(2, 2, 10);
            dial.records(
                    0,
                    4,
                    ByteBuffer.allocate(old.remaining() + next.remaining())
                            .put(old.duplicate())
                            .put(next.duplicate())
                            .flip());
            pass(0);

            assertEquals(next.remaining(), session.partitions().bufferedBytes());
        }

        @Test
        void offsetsWithoutRecordsArePassedOver() {
            Dial dial = reading();
            dial.records(0, 5, batch(0, 2, 10));
            pass(0);

            assertEquals("orders/0@0+2", ask());
            assertEquals(5, hold().position());
            dial.records(0, 5, 1, 10);
            pass(0);
            assertEquals("orders/0@5+1", ask());
        }

        @Test
        void ofWhatIsToBeGivenBackNothingIsBuffered() {
            Dial dial = reading();
            dial.revoking(2, 0);
            dial.records(0, 0, 2, 10);
            pass(0);

            assertEquals(0, session.partitions().bufferedBytes());
        }

        @Test
        void retentionBehindWhatIsBufferedWaitsItsTurn() {
            Dial dial = reading();
            dial.records(0, 0, 2, 10);
            dial.say("{'type':'skipped','topic':'orders','partition':0,'from':2,'to':9}");
            dial.records(0, 9, 1, 10);
            pass(0);

            assertEquals("orders/0@0+3", ask());
        }

        @Test
        void retentionOfAnEarlierPlaceMovesNothing() {
            Dial dial = reading();
            on(() -> session.partitions().seek(P0, 20));
            dial.say("{'type':'skipped','topic':'orders','partition':0,'from':0,'to':9}");
            dial.say("{'type':'skipped','topic':'orders','partition':0,'from':30,'to':90}");
            pass(0);

            assertEquals(20, hold().position());
        }

        @Test
        void whoWasServedIsServedLastTheNextTime() {
            Dial dial = reading();
            dial.assigned(1, 1, 0);
            dial.records(0, 0, 4, 10);
            dial.records(1, 0, 4, 10);
            pass(0);
            ask();
            var order = new ArrayList<String>();
            for (int i = 0; i < 4; i++) {
                session.partitions()
                        .take(2, partition -> false)
                        .forEach(chunk -> order.add("" + chunk.held().id));
            }

            assertEquals(List.of("orders/0", "orders/1", "orders/0", "orders/1"), order);
        }

        @Test
        void noMoreAreHandedOutThanAskedForOfAllTogether() {
            Dial dial = reading();
            dial.assigned(1, 1, 0);
            dial.records(0, 0, 2, 10);
            dial.records(1, 0, 4, 10);
            pass(0);
            ask();

            var chunks = session.partitions().take(3, partition -> false);

            assertEquals(3, chunks.stream().mapToInt(chunk -> chunk.records().size()).sum());
        }
    }

    @Nested
    class Failures {

        private void corrupt(Dial dial, long baseOffset) {
            ByteBuffer broken = batch(baseOffset, 1, 100);
            broken.put(broken.limit() - 1, (byte) 0x55);
            dial.records(0, baseOffset + 1, broken);
            pass(0);
        }

        @Test
        void aBatchThatCannotBeReadIsToldBehindWhatComesBefore() {
            Dial dial = reading();
            dial.records(0, 0, 2, 10);
            corrupt(dial, 2);

            assertEquals("orders/0@0+2", ask());
            assertTrue(ask().startsWith("failed"), "then the failure");
            assertEquals("", ask(), "once");
            assertEquals(2, hold().position());
            assertEquals(0, session.partitions().bufferedBytes());
            dial.records(0, 2, 1, 10);
            pass(0);
            assertEquals("", ask(), "it stands there until it is moved");
            assertTrue(dial.sent("pause").size() >= 1, "and asks for no more");
        }

        @Test
        void afterASeekItGoesOnAndMayFailAgain() {
            Dial dial = reading();
            corrupt(dial, 0);
            assertTrue(ask().startsWith("failed"));
            on(() -> session.partitions().seek(P0, 1));
            corrupt(dial, 1);
            assertTrue(ask().startsWith("failed"));
            on(() -> session.partitions().seek(P0, 2));
            dial.records(0, 2, 1, 10);
            pass(0);

            assertEquals("orders/0@2+1", ask());
        }

        @Test
        void ofAPausedPartitionNothingIsToldUntilItGoesOn() {
            Dial dial = reading();
            corrupt(dial, 0);
            on(() -> session.partitions().pause(List.of(P0)));
            dial.error("corrupt-batch", 500, ",'topic':'orders','partition':0,'offset':0");
            pass(0);
            assertEquals("", ask());

            on(() -> session.partitions().resume(List.of(P0)));

            assertTrue(ask().startsWith("failed"));
        }

        @Test
        void anotherConnectionMayReadWhatThisOneCouldNot() {
            Dial first = reading();
            corrupt(first, 0);
            assertTrue(ask().startsWith("failed"));
            first.listener.closed(1006, "gone");
            pass(100);
            Dial second = resumed();
            second.assigned(1, 0, 0);
            second.records(0, 0, 1, 10);
            pass(0);

            assertEquals("orders/0@0+1", ask());
        }
    }
}
