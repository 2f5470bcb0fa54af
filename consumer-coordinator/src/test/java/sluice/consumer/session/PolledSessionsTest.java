package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.session.SessionWorld.GROUP;
import static sluice.consumer.session.SessionWorld.P0;
import static sluice.consumer.session.SessionWorld.P1;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.Hold;

class PolledSessionsTest extends PolledWorld {

    @Test
    void aPollTakesWhatIsThereWithoutWaiting() {
        world.source.append(P0, 5, 10);
        world.coordinator.assign(P0, member);

        assertEquals("t/0@0..5", slices(poll(-1, 100, 0)));
    }

    @Test
    void thePollAfterGoesOn() {
        world.source.append(P0, 5, 10);
        world.coordinator.assign(P0, member);
        poll(-1, 100, 0);

        world.source.append(P0, 2, 10);

        assertEquals("t/0@5..7", slices(poll(1, 100, 1_000)));
    }

    @Test
    void noMoreRecordsComeThanAskedFor() {
        world.source.append(P0, 5, 10);
        world.coordinator.assign(P0, member);

        assertEquals("t/0@0..2", slices(poll(-1, 2, 0)));
        assertEquals("t/0@2..4", slices(poll(1, 2, 0)));
        assertEquals("t/0@4..5", slices(poll(2, 2, 0)));
    }

    @Test
    void aPollWaitsForRecords() {
        world.coordinator.assign(P0, member);
        var call = new Call(member, -1, 10, 5_000);
        world.runFor(1_000);
        assertEquals(null, call.outcome);

        world.source.append(P0, 1, 10);

        assertEquals("t/0@0..1", slices(call.reply()));
    }

    @Test
    void aPollWithoutRecordsEndsWhenItsWaitDoes() {
        world.coordinator.assign(P0, member);
        long start = world.time.nowNs();

        GroupReply.Polled reply = poll(-1, 10, 2_000);

        assertEquals("", slices(reply));
        assertEquals(List.of(P0), reply.holds().stream().map(Hold::partition).toList());
        assertTrue(world.time.nowNs() - start < 2_100_000_000L);
    }

    @Test
    void anAnswerThatWasLostComesAgain() {
        world.source.append(P0, 5, 10);
        world.coordinator.assign(P0, member);
        poll(-1, 2, 0);
        poll(1, 2, 0);

        GroupReply.Polled again = poll(1, 2, 0);

        assertEquals("t/0@2..4", slices(again));
        assertEquals(2, again.number());
    }

    @Test
    void anotherSessionOfTheMemberCountsOn() {
        world.source.append(P0, 5, 10);
        world.coordinator.assign(P0, member);
        assertEquals(8, poll(7, 2, 0).number());

        GroupReply.Polled again = poll(7, 2, 0);

        assertEquals("8 t/0@0..2", again.number() + " " + slices(again));
    }

    @Test
    void whoDoesNotCountGoesOn() {
        world.source.append(P0, 5, 10);
        world.coordinator.assign(P0, member);
        poll(-1, 2, 0);

        assertEquals("t/0@2..4", slices(poll(-1, 2, 0)));
    }

    @Test
    void whatWasCommittedBeforeItLeftDoesNotComeAgain() {
        atMostOnce();
        world.source.append(P0, 5, 10);
        world.coordinator.assign(P0, member);
        poll(-1, 2, 0);
        assertEquals(2, world.coordinator.committed(P0).orElseThrow());

        assertEquals("t/0@2..4", slices(poll(0, 2, 0)));
    }

    @Test
    void whatIsToBeGivenBackIsToldOnceAndReleasedByThePollAfter() {
        UUID other = world.coordinator.newMember();
        world.source.append(P0, 5, 10);
        world.coordinator.assign(P0, member);
        poll(-1, 2, 0);
        world.coordinator.assign(P0, other);

        GroupReply.Polled told = poll(1, 2, 60_000);
        assertEquals("", slices(told));
        assertEquals(Hold.State.REVOKING, told.holds().getFirst().state());
        world.runFor(1_000);
        assertEquals(member, world.coordinator.holder(P0));

        poll(2, 2, 100);
        assertEquals(other, world.coordinator.holder(P0));
    }

    @Test
    void anAnswerThatTellsOfItAndIsLostReleasesNothing() {
        UUID other = world.coordinator.newMember();
        world.source.append(P0, 5, 10);
        world.coordinator.assign(P0, member);
        poll(-1, 2, 0);
        world.coordinator.assign(P0, other);
        poll(1, 2, 60_000);

        poll(1, 2, 0);

        assertEquals(member, world.coordinator.holder(P0));
    }

    @Test
    void whatNothingWasHandedOutOfIsReleasedAtOnce() {
        UUID other = world.coordinator.newMember();
        world.coordinator.assign(P0, member);
        poll(-1, 2, 0);
        world.coordinator.assign(P0, other);

        poll(1, 2, 500);

        assertEquals(other, world.coordinator.holder(P0));
    }

    @Test
    void whatRetentionTookIsTold() {
        world.source.append(P0, 5, 10);
        world.source.trim(P0, 3);
        world.coordinator.setCommitted(P0, 1);
        world.coordinator.assign(P0, member);

        GroupReply.Polled polled = poll(-1, 10, 1_000);
        while (polled.slices().isEmpty()) {
            assertEquals(List.of(new GroupReply.Skip(P0, 1, 3)), polled.skips());
            polled = poll(polled.number(), 10, 1_000);
        }

        assertEquals("t/0@3..5", slices(polled));
    }

    @Test
    void aPlaceBeyondTheEndIsAnError() {
        world.source.append(P0, 5, 10);
        world.coordinator.setCommitted(P0, 9);
        world.coordinator.assign(P0, member);

        assertEquals("INVALID offset-out-of-range", new Call(member, -1, 10, 1_000).failure());
    }

    @Test
    void aPollIsOvertakenByTheNext() {
        world.coordinator.assign(P0, member);
        var first = new Call(member, -1, 10, 5_000);
        world.runFor(10);
        var second = new Call(member, -1, 10, 5_000);
        world.source.append(P0, 1, 10);

        assertEquals("CONFLICT poll-overtaken", first.failure());
        assertEquals("t/0@0..1", slices(second.reply()));
    }

    @Test
    void aMemberThatEndsIsToldAtItsPoll() {
        world.coordinator.assign(P0, member);
        var call = new Call(member, -1, 10, 5_000);
        world.runFor(10);

        world.coordinator.remove(member);

        assertEquals("NOT_FOUND unknown-member", call.failure());
        assertEquals(0, sessions.size());
    }

    @Test
    void aSessionDoesNotKeepAMemberAliveThatIsSilent() {
        world.coordinator.assign(P0, member);
        poll(-1, 10, 0);

        world.runFor(9_000);

        assertEquals(List.of(), world.coordinator.members());
    }

    @Test
    void pollsFailWhenTheGroupIsCoordinatedElsewhere() {
        world.coordinator.assign(P0, member);
        var call = new Call(member, -1, 10, 5_000);
        world.runFor(10);

        lane.execute(() -> sessions.ended(GROUP, member));

        assertEquals("UNAVAILABLE group-moved", call.failure());
    }

    @Test
    void whatIsReadAheadOfASilentMemberIsLetGo() {
        world.source.append(P0, 100, 1_000);
        world.coordinator.assign(P0, member);
        poll(-1, 1, 0);
        assertTrue(world.room.bytesHeld() > 0);

        world.runFor(20_000);

        assertEquals(0, world.room.bytesHeld());
    }

    @Test
    void overTheLimitTheOneThatWasSilentForLongestIsForgotten() {
        sessions = sessions(2);
        UUID second = world.coordinator.newMember();
        UUID third = world.coordinator.newMember();
        world.source.append(P0, 3, 10);
        world.coordinator.assign(P0, member);
        poll(-1, 1, 0);
        new Call(second, -1, 1, 0).reply();
        new Call(third, -1, 1, 0).reply();

        assertEquals(2, sessions.size());
        assertEquals("t/0@0..1", slices(poll(-1, 1, 0)));
    }

    @Test
    void partitionsTakeTurns() {
        for (int i = 0; i < 10; i++) {
            world.source.append(P0, 1, 10);
            world.source.append(P1, 1, 10);
        }
        world.coordinator.assign(P0, member);
        world.coordinator.assign(P1, member);
        poll(-1, 1, 0);
        world.runFor(50);

        String both = slices(poll(1, 1, 0)) + " " + slices(poll(2, 1, 0));

        assertTrue(both.contains("t/0") && both.contains("t/1"), both);
    }
}
