package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.session.SessionWorld.P0;
import static sluice.consumer.session.SessionWorld.P1;
import static sluice.consumer.session.SessionWorld.P2;

import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.consumer.Watermarks;

/** How much is read ahead, of one session and of all of a gateway. */
class ReadAheadRoomTest extends ReadAheadWorld {

    /** As much as may be read ahead is, of P0. */
    private HeldPartition full() {
        HeldPartition partition = reading(P0, 9, one(0), one(1), one(2));
        assertEquals(3L * BATCH_BYTES, ahead.aheadBytes());
        return partition;
    }

    @Test
    void whatIsReadAheadWaitsUntilSomeOfItIsTaken() {
        full();
        started(P1);
        give(5, one(0));
        assertEquals(3L * BATCH_BYTES, ahead.aheadBytes(), "dropped, for want of room");
        int asked = source.fetches.size();

        take(1, Long.MAX_VALUE);

        assertEquals(asked + 1, source.fetches.size());
        assertEquals("t/1@0", source.last().toString());
    }

    @Test
    void anAnswerOfAnySizeFitsIntoNothing() {
        reading(P0, 9, one(0), one(1), one(2), one(3), one(4));

        assertEquals("0:0..5", take());
    }

    @Test
    void whoStopsMakesRoomForOthers() {
        HeldPartition first = full();
        started(P1);
        give(5, one(0));
        int asked = source.fetches.size();

        ahead.stop(first);

        assertEquals(asked + 1, source.fetches.size());
        assertEquals(0, ahead.aheadBytes());
    }

    @Test
    void whoStopsWhileItWaitsForRoomIsNotAsked() {
        full();
        HeldPartition second = started(P1);
        give(5, one(0));
        ahead.stop(second);
        int asked = source.fetches.size();

        assertEquals("0:0..3", take());

        assertEquals("[t/0@3]", source.fetches.subList(asked, source.fetches.size()).toString());
    }

    @Test
    void whatIsReservedCountsAsRead() {
        reading(P0, 9, one(0));
        reading(P1, 9, one(0));
        reading(P2, 9, one(0));
        assertEquals("0:0..1 1:0..1 2:0..1", take());

        // Each asks for two batches, and three are allowed: the third has to wait.
        assertEquals("[t/0@1, t/1@1]", source.fetches.subList(3, source.fetches.size()).toString());
    }

    @Test
    void anAnswerThatWasReservedForAlwaysFits() {
        reading(P0, 9, one(0));
        reading(P1, 9, one(0));
        take();
        source.fetches.get(2).give(9, one(1), one(2), one(3));
        pass(0);

        source.fetches.get(3).give(9, one(1), one(2));
        pass(0);

        assertEquals("0:1..4 1:1..3", take());
    }

    @Test
    void whileOthersHaveAllTheRoomItIsLookedForAgain() {
        HeldPartition partition = reading(P0, 9, one(0));
        assertTrue(room.tryTake(9L * BATCH_BYTES));
        assertEquals("0:0..1", take());
        pass(1_000);
        assertEquals(1, source.fetches.size());

        room.give(9L * BATCH_BYTES);
        pass(100);

        assertEquals("[t/0@0, t/0@1]", source.fetches.toString());
        ahead.stop(partition);
    }

    @Test
    void itIsLookedForAgainAsOftenAsNeeded() {
        reading(P0, 9, one(0));
        assertTrue(room.tryTake(9L * BATCH_BYTES));
        take();
        pass(1_000);
        room.give(9L * BATCH_BYTES);
        pass(100);
        assertEquals(2, source.fetches.size());
        give(9, one(1));
        assertTrue(room.tryTake(9L * BATCH_BYTES));
        take();
        pass(1_000);
        assertEquals(2, source.fetches.size());

        room.give(9L * BATCH_BYTES);
        pass(100);

        assertEquals(3, source.fetches.size());
    }

    @Test
    void anAnswerThatFindsNoRoomInTheGatewayIsAskedForAgain() {
        assertTrue(room.tryTake(10L * BATCH_BYTES));
        reading(P0, 9, one(0));
        assertFalse(ahead.isReadable());
        room.give(10L * BATCH_BYTES);

        pass(100);
        give(9, one(0));

        assertEquals("0:0..1", take());
    }

    @Test
    void allOfItIsGivenBack() {
        HeldPartition first = full();
        HeldPartition second = reading(P1, 0);
        take();
        ahead.stop(first);
        ahead.stop(second);
        source.fetches.forEach(fetch -> fetch.answer().complete(empty()));
        pass(1_000);

        assertEquals(0, room.bytesHeld());
        assertEquals(0, ahead.aheadBytes());
    }

    private PartitionSource.Records empty() {
        return new PartitionSource.Records(List.of(), new Watermarks(0, 9));
    }
}
