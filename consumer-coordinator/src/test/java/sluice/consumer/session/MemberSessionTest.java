package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.session.SessionWorld.P0;
import static sluice.consumer.session.SessionWorld.P1;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupRequest.Leave.Reason;
import sluice.consumer.group.PartitionOffset;

class MemberSessionTest {

    private final SessionWorld world = SessionWorld.usual();

    private SessionWorld.Client reading(long records) {
        for (int i = 0; i < records; i++) {
            world.source.append(P0, 1, 100);
        }
        SessionWorld.Client client = world.join();
        world.coordinator.assign(P0, client.member);
        if (records > 0) {
            world.until(() -> client.deliveredTo(P0) == records);
        }
        return client;
    }

    @Nested
    class Places {

        @Test
        void whatWasNeverCommittedBeginsAtTheLogsStart() {
            world.source.append(P0, 10, 10);
            world.source.trim(P0, 4);

            SessionWorld.Client client = world.join();
            world.coordinator.assign(P0, client.member);
            world.until(() -> client.deliveredTo(P0) == 10);

            assertEquals(List.of("joined", "assigned t/0@4"), client.story());
        }

        @Test
        void whatWasCommittedGoesOnThere() {
            world.source.append(P0, 10, 10);
            world.coordinator.setCommitted(P0, 7);

            SessionWorld.Client client = world.join();
            world.coordinator.assign(P0, client.member);
            world.until(() -> client.deliveredTo(P0) == 10);

            assertEquals(7, client.chunks.getFirst().from());
        }

        @Test
        void newRecordsCome() {
            SessionWorld.Client client = reading(3);

            world.source.append(P0, 2, 10);
            world.until(() -> client.deliveredTo(P0) == 5);

            assertEquals(3, client.chunks.getLast().from());
        }

        @Test
        void whoComesBackGoesOnWhereItSaysItStands() {
            SessionWorld.Client client = reading(5);
            long epoch = client.session.epoch();
            client.on(client.session::drop);

            SessionWorld.Client again =
                    world.join(
                            Optional.of(new GroupRequest.Resume(client.member, epoch)),
                            Map.of(P0, 4L));

            assertEquals(List.of("joined", "assigned t/0@4"), again.story());
        }

        @Test
        void whatItSaysOfAnEarlierHoldDoesNotCount() {
            SessionWorld.Client client = reading(5);
            long epoch = client.session.epoch();
            client.on(client.session::drop);
            world.coordinator.reset(P0, 2);

            SessionWorld.Client again =
                    world.join(
                            Optional.of(new GroupRequest.Resume(client.member, epoch)),
                            Map.of(P0, 4L));

            assertEquals(List.of("joined", "assigned t/0@2"), again.story());
        }

        @Test
        void aSeekGoesOnElsewhere() {
            SessionWorld.Client client = reading(5);

            client.on(() -> assertTrue(client.session.seek(P0, 1)));
            world.until(() -> client.chunks.getLast().from() == 1);

            assertEquals(5, client.deliveredTo(P0));
        }

        @Test
        void aSeekOfWhatItDoesNotHoldIsRefused() {
            SessionWorld.Client client = reading(1);

            client.on(() -> assertFalse(client.session.seek(P1, 0)));
        }

        @Test
        void retentionThatPassedIsToldAndReadingGoesOn() {
            SessionWorld.Client client = reading(2);
            client.on(() -> client.session.pause(List.of(P0)));
            world.source.append(P0, 10, 10);
            world.source.trim(P0, 6);

            client.on(() -> client.session.resume(List.of(P0)));
            world.until(() -> client.deliveredTo(P0) == 12);

            assertEquals("skipped t/0 2..6", client.story().getLast());
            assertEquals(6, client.chunks.getLast().from());
        }

        @Test
        void aPlaceBeyondTheEndStopsThatPartitionUntilItIsMoved() {
            SessionWorld.Client client = reading(2);

            client.on(() -> client.session.seek(P0, 99));
            world.until(() -> client.story().getLast().startsWith("stopped"));
            assertEquals("stopped t/0@99 offset-out-of-range", client.story().getLast());

            client.chunks.clear();
            client.on(() -> client.session.seek(P0, 0));
            world.until(() -> client.deliveredTo(P0) == 2);
        }
    }

    @Nested
    class Moves {

        @Test
        void nothingFollowsOfWhatIsToBeGivenBack() {
            SessionWorld.Client client = reading(3);
            SessionWorld.Client other = world.join();

            world.coordinator.assign(P0, other.member);
            world.until(() -> client.story().getLast().equals("revoking [t/0]"));
            world.source.append(P0, 5, 10);
            world.runFor(2_000);

            assertEquals(3, client.deliveredTo(P0));
            assertEquals(-1, other.deliveredTo(P0));
        }

        @Test
        void whatWasReleasedGoesOnAtTheOther() {
            SessionWorld.Client client = reading(3);
            SessionWorld.Client other = world.join();
            world.coordinator.assign(P0, other.member);
            world.until(() -> client.story().getLast().equals("revoking [t/0]"));

            client.on(() ->
                    client.session.commit(
                            client.session.epoch(), List.of(new PartitionOffset(P0, 2))));
            world.until(() -> world.coordinator.committed(P0).isPresent());
            client.on(() -> client.session.release(List.of(P0)));
            world.until(() -> other.deliveredTo(P0) == 3);

            assertEquals(2, other.chunks.getFirst().from());
            assertEquals("lost RELEASED [t/0]", client.story().getLast());
        }

        @Test
        void whatWasNotReleasedInTimeIsLost() {
            SessionWorld.Client client = reading(3);
            SessionWorld.Client other = world.join();

            world.coordinator.assign(P0, other.member);
            world.until(() -> other.deliveredTo(P0) == 3);

            assertEquals("lost TIMEOUT [t/0]", client.story().getLast());
        }

        @Test
        void whatMayStayAfterAllGoesOnWhereItStood() {
            SessionWorld.Client client = reading(3);
            SessionWorld.Client other = world.join();
            world.coordinator.assign(P0, other.member);
            world.until(() -> client.story().getLast().equals("revoking [t/0]"));

            world.coordinator.assign(P0, client.member);
            world.source.append(P0, 1, 10);
            world.until(() -> client.deliveredTo(P0) == 4);

            assertEquals("assigned t/0@3", client.story().getLast());
        }

        @Test
        void whoKeepsAPartitionNoticesNothingOfTheOthersMoves() {
            SessionWorld.Client client = reading(3);
            world.coordinator.assign(P1, client.member);
            world.runFor(100);
            SessionWorld.Client other = world.join();
            int told = client.story().size();

            world.coordinator.assign(P1, other.member);
            world.source.append(P0, 1, 10);
            world.until(() -> client.deliveredTo(P0) == 4);
            world.runFor(100);

            assertEquals(
                    List.of("revoking [t/1]"), client.story().subList(told, client.story().size()));
        }

        @Test
        void aResetBeginsAnewAtOnce() {
            SessionWorld.Client client = reading(3);

            world.coordinator.reset(P0, 1);
            world.until(() -> client.chunks.getLast().from() == 1);

            assertEquals(
                    List.of("joined", "assigned t/0@0", "lost RESET [t/0]", "assigned t/0@1"),
                    client.story());
        }
    }

    @Nested
    class Life {

        @Test
        void withoutAnAnswerForASessionTimeoutNothingIsDelivered() {
            SessionWorld.Client client = reading(1);
            world.coordinator.setDown(true);
            world.runFor(8_001);

            world.source.append(P0, 1, 10);
            world.runFor(1_000);

            assertEquals(1, client.deliveredTo(P0));
        }

        @Test
        void whenTheCoordinatorIsBackInTimeItGoesOn() {
            SessionWorld.Client client = reading(1);
            world.coordinator.setDown(true);
            world.runFor(3_000);

            world.coordinator.setDown(false);
            world.source.append(P0, 1, 10);
            world.until(() -> client.deliveredTo(P0) == 2);

            assertEquals(List.of("joined", "assigned t/0@0"), client.story());
        }

        @Test
        void aMemberThatEndedIsToldWhatItLost() {
            SessionWorld.Client client = reading(1);

            world.coordinator.remove(client.member);
            world.until(client::ended);

            assertEquals(
                    List.of("lost TIMEOUT [t/0]", "ended unknown-member"),
                    client.story().subList(2, 4));
        }

        @Test
        void aNewerConnectionFencesTheOlder() {
            SessionWorld.Client client = reading(1);

            world.join(
                    Optional.of(new GroupRequest.Resume(client.member, client.session.epoch())),
                    Map.of());
            world.until(client::ended);

            assertEquals("ended member-fenced", client.story().getLast());
        }

        @Test
        void leavingEndsTheMember() {
            SessionWorld.Client client = reading(1);

            client.on(() -> client.session.leave(Reason.CLOSED));
            world.until(() -> world.coordinator.members().isEmpty());
        }

        @Test
        void leavingIsRepeatedWhileNobodyHears() {
            SessionWorld.Client client = reading(1);
            world.coordinator.setDown(true);

            client.on(() -> client.session.leave(Reason.CLOSED));
            world.runFor(2_000);
            world.coordinator.setDown(false);
            world.runFor(200);

            assertEquals(List.of(), world.coordinator.members());
        }

        @Test
        void whoLeftWhileItJoinedIsNoMember() {
            var client = world.new Client();
            client.join(Optional.empty(), Map.of());
            client.on(() -> client.session.leave(Reason.CLOSED));

            world.until(() ->
                    world.coordinator.requests().stream()
                            .anyMatch(request -> request instanceof GroupRequest.Leave));
            world.runFor(10);

            assertEquals(List.of(), world.coordinator.members());
            assertEquals(List.of(), client.events);
        }

        @Test
        void whatWasDroppedStaysAMember() {
            SessionWorld.Client client = reading(1);

            client.on(client.session::drop);
            world.runFor(5_000);

            assertEquals(List.of(client.member), world.coordinator.members());
        }

        @Test
        void aMemberOfNoGroupIsToldSo() {
            SessionWorld.Client client =
                    world.join(Optional.of(new GroupRequest.Resume(new UUID(1, 1), 3)), Map.of());

            assertEquals(List.of("ended unknown-member"), client.story());
        }
    }
}
