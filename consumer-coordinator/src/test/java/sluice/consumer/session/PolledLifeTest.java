package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.session.SessionWorld.GROUP;
import static sluice.consumer.session.SessionWorld.P0;
import static sluice.consumer.session.SessionWorld.P1;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.Hold;
import sluice.metadata.GroupConfig;
import sluice.metadata.StreamConfig;

/** Polls that wait, fail or are lost, and sessions that rest and end. */
class PolledLifeTest extends PolledWorld {

    /** Members that a test leaves alone for a minute are members still. */
    private void patient() {
        StreamConfig usual = GroupConfig.stream(List.of("t"));
        become(
                new StreamConfig(
                        usual.topics(),
                        usual.start(),
                        usual.delivery(),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(5)));
    }

    private long secondsFor(Runnable work) {
        long start = world.time.nowNs();
        work.run();
        return Duration.ofNanos(world.time.nowNs() - start).toSeconds();
    }

    @Nested
    class Waiting {

        @Test
        void aPollThatWaitsLongIsAnsweredAtOnceWhenSomethingComes() {
            patient();
            world.coordinator.assign(P0, member);
            var call = new Call(member, -1, 10, 60_000);
            world.runFor(22_000);
            world.source.append(P0, 1, 10);
            world.runFor(100);

            assertEquals("t/0@0..1", slices(call.reply()));
            assertTrue(world.time.nowNs() < 22_200_000_000L);
        }

        @Test
        void onePollIsAnsweredInBoundedTimeIfNoSourceAnswers() {
            world.coordinator.assign(P0, member);
            world.source.setDown(true);

            assertEquals(2, secondsFor(() -> assertEquals("", slices(poll(-1, 10, 1_000)))));
        }

        @Test
        void orIfTheCoordinatorDoesNot() {
            world.coordinator.assign(P0, member);
            world.coordinator.setDown(true);

            long seconds =
                    secondsFor(() ->
                            assertEquals(
                                    "UNAVAILABLE group-moved",
                                    new Call(member, -1, 10, 1_000).failure()));

            assertEquals(2, seconds);
        }

        @Test
        void whatRetentionTookIsToldEvenIfNothingIsLeftAndOnce() {
            world.source.append(P0, 5, 10);
            world.source.trim(P0, 5);
            world.coordinator.setCommitted(P0, 1);
            world.coordinator.assign(P0, member);

            GroupReply.Polled first = poll(-1, 10, 60_000);

            assertEquals(List.of(new GroupReply.Skip(P0, 1, 5)), first.skips());
            assertTrue(world.time.nowNs() < 1_000_000_000L);
            assertEquals(List.of(), poll(1, 10, 0).skips());
        }

        @Test
        void aPlaceBeyondTheEndIsAnErrorOfEachPoll() {
            world.source.append(P0, 5, 10);
            world.coordinator.setCommitted(P0, 9);
            world.coordinator.assign(P0, member);

            for (int i = 0; i < 3; i++) {
                assertEquals(
                        "INVALID offset-out-of-range", new Call(member, -1, 10, 1_000).failure());
            }
        }

        @Test
        void betweenPollsTheCoordinatorIsNotAsked() {
            world.coordinator.assign(P0, member);
            poll(-1, 10, 0);
            world.runFor(100);
            long asked = beats();

            world.runFor(7_000);

            // One that was on its way may have to end.
            assertTrue(beats() - asked <= 1, () -> "asked=" + (beats() - asked));
        }

        private long beats() {
            return world.coordinator.requests().stream()
                    .filter(request -> request instanceof GroupRequest.Heartbeat)
                    .count();
        }
    }

    @Nested
    class LostAnswers {

        @Test
        void onlyTheLastOneComesAgain() {
            world.source.append(P0, 8, 10);
            world.coordinator.assign(P0, member);
            poll(-1, 2, 0);
            poll(1, 2, 0);
            poll(2, 2, 0);

            assertEquals("t/0@6..8", slices(poll(0, 2, 0)));
        }

        @Test
        void whatWasResetSinceDoesNotComeAgain() {
            world.source.append(P0, 8, 10);
            world.coordinator.assign(P0, member);
            poll(-1, 2, 0);
            poll(1, 2, 0);
            world.coordinator.reset(P0, 6);

            assertEquals("t/0@6..8", slices(poll(1, 2, 0)));
        }

        @Test
        void whatIsToBeGivenBackIsToldAgainAtOnce() {
            UUID other = world.coordinator.newMember();
            world.source.append(P0, 2, 10);
            world.coordinator.assign(P0, member);
            poll(-1, 2, 0);
            world.coordinator.assign(P0, other);
            poll(1, 2, 60_000);

            long seconds =
                    secondsFor(() ->
                            assertEquals(
                                    Hold.State.REVOKING,
                                    poll(1, 2, 60_000).holds().getFirst().state()));

            assertEquals(0, seconds);
            assertEquals(member, world.coordinator.holder(P0));
        }
    }

    @Test
    void whatComesBackAndIsToBeGivenBackOnceMoreIsToldOnceMore() {
        UUID other = world.coordinator.newMember();
        world.source.append(P0, 6, 10);
        world.coordinator.assign(P0, member);
        poll(-1, 2, 0);
        world.coordinator.assign(P0, other);
        poll(1, 2, 60_000);
        poll(2, 2, 100);
        assertEquals(other, world.coordinator.holder(P0));
        world.coordinator.drop(P0);
        world.coordinator.assign(P0, member);
        world.coordinator.drop(P0);
        assertEquals(member, world.coordinator.holder(P0));
        GroupReply.Polled back = poll(3, 2, 1_000);
        assertEquals("t/0@0..2", slices(back));

        world.coordinator.assign(P0, other);
        GroupReply.Polled told = poll(back.number(), 2, 60_000);

        assertEquals(Hold.State.REVOKING, told.holds().getFirst().state());
        world.runFor(500);
        assertEquals(member, world.coordinator.holder(P0));
    }

    @Nested
    class AtMostOnce {

        @Test
        void whatIsBeingCommittedIsWaitedForEvenIfThePollIsDue() {
            atMostOnce();
            world.source.append(P0, 2, 10);
            world.coordinator.assign(P0, member);
            world.coordinator.holdCommits();
            var call = new Call(member, -1, 10, 100);
            world.until(() -> world.coordinator.heldCommits() == 1);
            world.runFor(500);
            assertNull(call.outcome);

            world.coordinator.answerCommits();

            assertEquals("t/0@0..2", slices(call.reply()));
        }

        @Test
        void aPollGoesOnWaitingIfNothingOfWhatItTookMayLeave() {
            atMostOnce();
            UUID other = world.coordinator.newMember();
            world.source.append(P0, 2, 10);
            world.coordinator.assign(P0, member);
            world.coordinator.assign(P1, member);
            world.coordinator.holdCommits();
            var call = new Call(member, -1, 10, 60_000);
            world.until(() -> world.coordinator.heldCommits() == 1);
            world.coordinator.assign(P0, other);
            world.coordinator.drop(P0);
            world.coordinator.answerCommits();
            world.runFor(500);
            assertNull(call.outcome);

            world.source.append(P1, 1, 10);

            assertEquals("t/1@0..1", slices(call.reply()));
        }
    }

    @Nested
    class Sessions {

        @Test
        void whoRestedIsReadForAgainAtItsNextPoll() {
            patient();
            world.source.append(P0, 100, 1_000);
            world.coordinator.assign(P0, member);
            poll(-1, 1, 0);
            world.runFor(11_000);
            assertEquals(0, world.room.bytesHeld());

            assertEquals("t/0@1..2", slices(poll(1, 1, 1_000)));
        }

        @Test
        void whoIsAnsweredAfterALongWaitDoesNotRestAtOnce() {
            patient();
            world.coordinator.assign(P0, member);
            var call = new Call(member, -1, 1, 60_000);
            world.runFor(14_000);
            world.source.append(P0, 100, 1_000);
            call.reply();
            world.runFor(1_500); // A look at all sessions is in there.

            assertTrue(world.room.bytesHeld() > 0);
        }

        @Test
        void nothingIsHeldOfOneThatEnded() {
            world.source.append(P0, 100, 1_000);
            world.coordinator.assign(P0, member);
            poll(-1, 1, 0);
            assertTrue(world.room.bytesHeld() > 0);

            lane.execute(() -> sessions.ended(GROUP, member));
            world.runFor(100);

            assertEquals(0, world.room.bytesHeld());
        }

        @Test
        void afterAllHaveEndedTheNextOnesRestToo() {
            world.coordinator.assign(P0, member);
            poll(-1, 1, 0);
            lane.execute(() -> sessions.ended(GROUP, member));
            world.runFor(6_000);
            UUID next = world.coordinator.newMember();
            world.coordinator.remove(member);
            world.source.append(P0, 100, 1_000);
            world.coordinator.assign(P0, next);
            new Call(next, -1, 1, 0).reply();
            assertTrue(world.room.bytesHeld() > 0);

            world.runFor(11_000);

            assertEquals(0, world.room.bytesHeld());
        }

        @Test
        void theOneThatPolledLastStays() {
            sessions = sessions(2);
            UUID second = world.coordinator.newMember();
            UUID third = world.coordinator.newMember();
            world.source.append(P0, 3, 10);
            world.coordinator.assign(P0, member);
            poll(-1, 1, 0);
            new Call(second, -1, 1, 0).reply();
            assertEquals("t/0@1..2", slices(poll(1, 1, 0)));
            new Call(third, -1, 1, 0).reply();

            assertEquals("t/0@2..3", slices(poll(2, 1, 0)));
        }

        @Test
        void whoIsForgottenWhileItWaitsIsToldToPollAgain() {
            sessions = sessions(1);
            var call = new Call(member, -1, 1, 60_000);
            world.runFor(10);
            new Call(world.coordinator.newMember(), -1, 1, 0).reply();

            assertEquals("UNAVAILABLE group-moved", call.failure());
        }

        @Test
        void whoDidNotPollForAnHourIsForgotten() {
            patient();
            poll(-1, 1, 0);
            world.runFor(Duration.ofMinutes(59).toMillis());
            assertEquals(1, sessions.size());

            world.runFor(Duration.ofMinutes(2).toMillis());

            assertEquals(0, sessions.size());
        }
    }
}
