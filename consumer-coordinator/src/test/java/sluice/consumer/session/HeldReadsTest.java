package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.session.HoldingsTest.assigned;
import static sluice.consumer.session.HoldingsTest.revoking;
import static sluice.consumer.session.SessionWorld.P0;
import static sluice.consumer.session.SessionWorld.P1;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.Watermarks;
import sluice.consumer.group.Hold;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.session.Holdings.Positions;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.VirtualTime;

/** What is read of partitions that come, go, pause and wait for their place. */
class HeldReadsTest {

    private final VirtualTime time = new VirtualTime(1);
    private final Lane lane = time.scope("world").lane("session");
    private final ScriptedSource source = new ScriptedSource();
    private final List<SessionEvent> events = new ArrayList<>();
    private final HeldReads reads =
            new HeldReads(
                    lane,
                    source,
                    SessionLimits.DEFAULT,
                    new ReadRoom(1 << 20),
                    events::add,
                    () -> {},
                    () -> {});

    private void apply(long epoch, Hold... holds) {
        reads.apply(epoch, List.of(holds), Positions.NONE);
    }

    /** So long, and what is due then has happened. */
    private void pass(long ms) {
        time.runFor(Duration.ofMillis(ms).plusNanos(200_000));
    }

    private void give(long highWatermark, long... offsets) {
        var batches = new java.nio.ByteBuffer[offsets.length];
        for (int i = 0; i < offsets.length; i++) {
            batches[i] = ScriptedSource.batch(offsets[i], 1, 10);
        }
        source.last().give(highWatermark, batches);
        pass(0);
    }

    private static Hold neverCommitted(TopicPartition partition, long since) {
        return new Hold(
                partition, 1, since, Hold.State.ASSIGNED, OptionalLong.empty(), Duration.ZERO);
    }

    private long assignments() {
        return events.stream().filter(event -> event instanceof SessionEvent.Assigned).count();
    }

    @Nested
    class Loss {

        @Test
        void nothingThatWasReadAheadOfWhatIsLostIsTaken() {
            apply(1, assigned(P0, 1));
            give(3, 0, 1);
            apply(2);

            assertFalse(reads.isReadable());
            assertEquals(List.of(), reads.take(10, 1_000));
        }

        @Test
        void norOfWhatIsToBeGivenBack() {
            apply(1, assigned(P0, 1));
            give(3, 0, 1);
            apply(2, revoking(P0, 1, 500));

            assertEquals(List.of(), reads.take(10, 1_000));
        }

        @Test
        void anotherHoldBeginsAtWhatIsCommitted() {
            apply(1, assigned(P0, 1));
            give(3, 0, 1);
            apply(2, assigned(P0, 2));
            give(3, 0);

            List<Chunk> chunks = reads.take(10, 1_000);

            assertEquals(
                    "2 0..1", chunks.getFirst().since() + " 0.." + chunks.getFirst().nextOffset());
            assertFalse(reads.holds(P0, 1));
            assertTrue(reads.holds(P0, 2));
        }

        @Test
        void whatIsToBeGivenBackIsNotHeldToBeReadAgain() {
            apply(1, assigned(P0, 1));
            apply(2, revoking(P0, 1, 500));

            assertFalse(reads.holds(P0, 1));
            assertFalse(reads.seek(P0, 3));
            reads.resume(List.of(P0));
            pass(1_000);
            assertEquals(1, source.fetches.size());
        }

        @Test
        void afterTheEndNothingIsRead() {
            apply(1, assigned(P0, 1));
            reads.end();
            int asked = source.fetches.size();

            reads.resume(List.of(P0));
            assertFalse(reads.seek(P0, 3));

            assertEquals(asked, source.fetches.size());
        }
    }

    @Nested
    class Place {

        private void found(long logStart) {
            source.ranges.getLast().answer().complete(new Watermarks(logStart, 9));
            pass(0);
        }

        @Test
        void whereAMemberSaysItStandsCountsForMoreThanWhatIsCommitted() {
            reads.apply(4, List.of(assigned(P0, 2)), new Positions(3, Map.of(P0, 7L)));

            assertEquals("[t/0@7]", source.fetches.toString());
        }

        @Test
        void isLookedForUntilItIsFound() {
            apply(1, neverCommitted(P0, 1));
            source.ranges
                    .getLast()
                    .answer()
                    .completeExceptionally(
                            new SluiceException(SluiceException.Kind.UNAVAILABLE, "down", "down"));
            pass(100);
            assertEquals(2, source.ranges.size());

            found(4);

            assertEquals("[t/0@4]", source.fetches.toString());
        }

        @Test
        void ofAPartitionThatWasLostMeanwhileIsForgotten() {
            apply(1, neverCommitted(P0, 1));
            apply(2);
            found(4);

            assertEquals(0, assignments());
            assertEquals(List.of(), source.fetches);
        }

        @Test
        void ofAPartitionThatIsToBeGivenBackIsForgottenUntilItIsKept() {
            apply(1, neverCommitted(P0, 1));
            apply(2, revoking(P0, 1, 500));
            found(4);
            assertEquals(0, assignments());

            apply(3, neverCommitted(P0, 1));
            found(4);

            assertEquals(1, assignments());
            assertEquals("[t/0@4]", source.fetches.toString());
        }

        @Test
        void isForgottenAtTheEnd() {
            apply(1, neverCommitted(P0, 1));
            reads.end();
            found(4);

            assertEquals(0, assignments());
        }

        @Test
        void isNotLookedForAnyMoreAfterTheEnd() {
            apply(1, neverCommitted(P0, 1));
            source.ranges
                    .getLast()
                    .answer()
                    .completeExceptionally(
                            new SluiceException(SluiceException.Kind.UNAVAILABLE, "down", "down"));
            pass(50);
            reads.end();
            pass(1_000);

            assertEquals(1, source.ranges.size());
        }

        @Test
        void thatTheMemberChoseMeanwhileCounts() {
            apply(1, neverCommitted(P0, 1));
            assertTrue(reads.seek(P0, 6));
            found(4);

            assertEquals("[t/0@6]", source.fetches.toString());
        }

        @Test
        void isWaitedForByWhoGoesOnReading() {
            apply(1, neverCommitted(P0, 1));
            reads.pause(List.of(P0));
            reads.resume(List.of(P0));
            assertEquals(List.of(), source.fetches);

            found(4);

            assertEquals("[t/0@4]", source.fetches.toString());
        }
    }

    @Nested
    class Pause {

        @Test
        void aSeekOfAPausedPartitionReadsNothingYet() {
            apply(1, assigned(P0, 1));
            reads.pause(List.of(P0));
            assertTrue(reads.seek(P0, 5));
            assertEquals(1, source.fetches.size());

            reads.resume(List.of(P0));

            assertEquals("t/0@5", source.last().toString());
        }

        @Test
        void aPausedPartitionThatIsKeptAfterAllStaysPaused() {
            apply(1, assigned(P0, 1));
            reads.pause(List.of(P0));
            apply(2, revoking(P0, 1, 500));
            apply(3, assigned(P0, 1));

            assertEquals(1, source.fetches.size());
        }

        @Test
        void atRestNothingIsReadOfWhatComesNew() {
            apply(1, assigned(P0, 1));
            give(3, 0);
            reads.rest();
            assertFalse(reads.isReadable());
            apply(2, assigned(P0, 1), assigned(P1, 2));
            assertEquals(1, source.fetches.size());

            reads.wake();

            assertEquals("[t/0@0, t/1@0]", source.fetches.subList(1, 3).toString());
        }
    }

    @Nested
    class Settled {

        @Test
        void notBeforeAnythingIsKnown() {
            apply(1, assigned(P0, 1));

            assertFalse(reads.isSettled());
        }

        @Test
        void atTheEnd() {
            apply(1, assigned(P0, 1));
            give(0);

            assertTrue(reads.isSettled());
        }

        @Test
        void notWhileThereIsMoreThatWasNotRead() {
            apply(1, assigned(P0, 1));
            give(3);

            assertFalse(reads.isSettled());
        }

        @Test
        void withSomethingToTake() {
            apply(1, assigned(P0, 1));
            give(3, 0);

            assertTrue(reads.isSettled());
        }

        @Test
        void whateverIsPausedOrToBeGivenBack() {
            apply(1, assigned(P0, 1), assigned(P1, 1));
            reads.pause(List.of(P0));
            assertFalse(reads.isSettled());

            apply(2, assigned(P0, 1), revoking(P1, 1, 500));

            assertTrue(reads.isSettled());
        }
    }
}
