package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.session.HoldingsTest.assigned;
import static sluice.consumer.session.HoldingsTest.revoking;
import static sluice.consumer.session.SessionWorld.P0;
import static sluice.consumer.session.SessionWorld.P1;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.log.SluiceException.Kind;
import sluice.metadata.GroupConfig;

/** What a session delivers and commits while its coordinator is slow to answer. */
class SessionLeaseTest extends ScriptedSessionWorld {

    @Nested
    class Lease {

        @Test
        void aMemberWhoseJoinWasAnsweredLateDeliversNothingBeforeItIsHeardOf() {
            ScriptedGroups.Call join = joining();
            pass(8_001);
            joined(join, config(GroupConfig.Delivery.AT_LEAST_ONCE, 30_000), assigned(P0, 3));
            give(1, 0);
            assertEquals("", delivered());

            groups.lastBeat().holds(3, assigned(P0, 3));
            pass(0);

            assertEquals("t/0@0", delivered());
        }

        @Test
        void whereARevocationIsShorterThanASessionThatTimeCounts() {
            joined(joining(), config(GroupConfig.Delivery.AT_LEAST_ONCE, 2_000), assigned(P0, 3));
            pass(2_000);

            give(1, 0);

            assertEquals("", delivered());
        }

        @Test
        void whatWasReadMeanwhileFollowsAsSoonAsTheMemberIsHeardOf() {
            join(GroupConfig.Delivery.AT_LEAST_ONCE, assigned(P0, 3));
            pass(8_000);
            give(2, 0, 1);
            assertEquals("", delivered());

            groups.beats().getFirst().holds(3, assigned(P0, 3));
            pass(0);
            assertEquals("", delivered(), "it was asked too long ago");
            groups.lastBeat().holds(3, assigned(P0, 3));
            pass(0);

            assertEquals("t/0@0 t/0@1", delivered());
        }
    }

    @Nested
    class CommitsFirst {

        private ScriptedGroups.Call committing(int count) {
            assertEquals(count, groups.commits().size());
            return groups.commits().getLast();
        }

        private void committed(int count) {
            committing(count).answer().complete(new GroupReply.Committed(3));
            pass(0);
        }

        @Test
        void oneFollowsTheOther() {
            join(GroupConfig.Delivery.AT_MOST_ONCE, assigned(P0, 3));
            give(2, 0, 1);
            assertEquals("", delivered());

            committed(1);
            assertEquals("t/0@0", delivered());
            committed(2);

            assertEquals("t/0@0 t/0@1", delivered());
        }

        @Test
        void nothingCanBeTakenMeanwhile() {
            join(GroupConfig.Delivery.AT_MOST_ONCE, assigned(P0, 3));
            give(2, 0, 1);
            committing(1);

            assertFalse(session.isReadable());
            on(() -> assertFalse(session.take(1, 1, _ -> {})));
        }

        @Test
        void whatIsCommittedTooLateIsNotDelivered() {
            join(GroupConfig.Delivery.AT_MOST_ONCE, assigned(P0, 3));
            give(1, 0);
            pass(8_001);

            committed(1);

            assertEquals("", delivered());
        }

        @Test
        void whatIsRepeatedIsOfTheEpochInWhichItWasTaken() {
            join(GroupConfig.Delivery.AT_MOST_ONCE, assigned(P0, 3));
            give(1, 0);
            groups.lastBeat().holds(5, assigned(P0, 5));
            committing(1).refuse(Kind.UNAVAILABLE, "down");
            pass(100);

            assertEquals(3, committing(2).commit().epoch());
        }

        @Test
        void whatWasToldMeanwhileIsTakenInOnce() {
            join(GroupConfig.Delivery.AT_MOST_ONCE, assigned(P0, 3), assigned(P1, 3));
            source.fetches.getFirst().give(2, ScriptedSource.batch(0, 1, 10));
            pass(0);
            groups.lastBeat().holds(4, assigned(P0, 3));
            pass(0);
            committed(1);
            assertTrue(told().endsWith("lost REMOVED[t/1]"), told());
            groups.lastBeat().holds(5);
            pass(0);
            assertTrue(told().endsWith("lost REMOVED[t/0]"), told());

            assertEquals(List.of(), session.revoking());
            assertEquals(5, session.epoch());
        }

        @Test
        void whatWasToldBeforeDoesNotComeBackWithALaterCommit() {
            join(GroupConfig.Delivery.AT_MOST_ONCE, assigned(P0, 3), assigned(P1, 3));
            source.fetches.getFirst().give(2, ScriptedSource.batch(0, 1, 10));
            pass(0);
            groups.lastBeat().holds(4, assigned(P0, 3), revoking(P1, 3, 9_000));
            pass(0);
            committed(1);
            groups.lastBeat().holds(5, assigned(P0, 3));
            pass(0);
            give(2, 1);
            committed(2);

            assertEquals(5, session.epoch());
        }

        @Test
        void whoEndedCommitsNoMore() {
            join(GroupConfig.Delivery.AT_MOST_ONCE, assigned(P0, 3));
            give(1, 0);
            on(session::drop);
            committing(1).refuse(Kind.UNAVAILABLE, "down");
            pass(10_000);

            committing(1);
        }

        @Test
        void whoEndsInThePauseCommitsNoMore() {
            join(GroupConfig.Delivery.AT_MOST_ONCE, assigned(P0, 3));
            give(1, 0);
            committing(1).refuse(Kind.UNAVAILABLE, "down");
            pass(50);
            on(session::drop);
            pass(10_000);

            committing(1);
        }
    }

    @Test
    void whoWritesMaySayStopAfterEachTurnAndGoOn() {
        var taken = new ArrayList<Chunk>();
        var stopping = new CreditedDelivery[1];
        stopping[0] =
                new CreditedDelivery(
                        session,
                        1,
                        chunk -> {
                            taken.add(chunk);
                            stopping[0].close();
                        });
        var request =
                new GroupRequest.Join(
                        Optional.empty(), Optional.empty(), Optional.empty(), "client", "gateway");
        on(() -> session.join(new MemberSession.Joining(request, Map.of())));
        joined(
                groups.of(GroupRequest.Join.class).getLast(),
                config(GroupConfig.Delivery.AT_LEAST_ONCE, 30_000),
                assigned(P0, 3));
        give(3, 0, 1, 2);

        on(() -> stopping[0].grant(Long.MAX_VALUE));
        assertEquals(1, taken.size());
        on(() -> stopping[0].open());
        assertEquals(2, taken.size());
        on(() -> stopping[0].grant(Long.MAX_VALUE)); // More than there can be.
        on(() -> stopping[0].open());

        assertEquals(3, taken.size());
    }

    @Test
    void creditIsCountedByBytes() {
        var request =
                new GroupRequest.Join(
                        Optional.empty(), Optional.empty(), Optional.empty(), "client", "gateway");
        on(() -> session.join(new MemberSession.Joining(request, Map.of())));
        joined(
                groups.of(GroupRequest.Join.class).getLast(),
                config(GroupConfig.Delivery.AT_LEAST_ONCE, 30_000),
                assigned(P0, 3));
        give(3, 0, 1, 2);
        on(() -> delivery.grant(BATCH_BYTES + 1));
        assertEquals("t/0@0 t/0@1", delivered());
        assertEquals(1 - BATCH_BYTES, delivery.credit());

        on(() -> delivery.grant(BATCH_BYTES - 1));
        assertEquals("t/0@0 t/0@1", delivered());
        on(() -> delivery.grant(1));

        assertEquals("t/0@0 t/0@1 t/0@2", delivered());
    }
}
