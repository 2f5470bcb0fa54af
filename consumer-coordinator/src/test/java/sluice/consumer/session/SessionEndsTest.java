package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.session.HoldingsTest.assigned;
import static sluice.consumer.session.SessionWorld.P0;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupRequest.Leave.Reason;
import sluice.log.SluiceException.Kind;
import sluice.metadata.GroupConfig;

/** What a session says when it ends, and how often. */
class SessionEndsTest extends ScriptedSessionWorld {

    @Nested
    class Leaving {

        private int leaves() {
            return groups.of(GroupRequest.Leave.class).size();
        }

        private void refuse(Kind kind) {
            groups.of(GroupRequest.Leave.class).getLast().refuse(kind, "scripted");
        }

        @Test
        void itIsSaidOnce() {
            join(GroupConfig.Delivery.AT_LEAST_ONCE);
            on(() -> session.leave(Reason.LEFT));
            on(() -> session.leave(Reason.CLOSED));

            assertEquals(1, leaves());
        }

        @Test
        void whoIsNoMemberAnyMoreDoesNotSayIt() {
            join(GroupConfig.Delivery.AT_LEAST_ONCE);
            groups.lastBeat().refuse(Kind.NOT_FOUND, "unknown-member");
            pass(0);
            on(() -> session.leave(Reason.CLOSED));

            assertEquals(0, leaves());
        }

        @Test
        void itIsNotRepeatedIfTheMemberIsNone() {
            join(GroupConfig.Delivery.AT_LEAST_ONCE);
            on(() -> session.leave(Reason.LEFT));
            refuse(Kind.NOT_FOUND);
            pass(1_000);

            assertEquals(1, leaves());
        }

        @Test
        void afterASessionTimeoutItIsNotRepeated() {
            join(GroupConfig.Delivery.AT_LEAST_ONCE);
            on(() -> session.leave(Reason.LEFT));
            for (int i = 0; i < 100; i++) {
                refuse(Kind.UNAVAILABLE);
                pass(100);
            }

            assertTrue(leaves() > 70 && leaves() <= 81, () -> "leaves=" + leaves());
        }

        @Test
        void whoLeavesWhileItsJoinFailsIsToldNothing() {
            ScriptedGroups.Call join = joining();
            on(() -> session.leave(Reason.CLOSED));
            join.refuse(Kind.NOT_FOUND, "unknown-group");
            pass(0);

            assertEquals("", told());
        }
    }

    @Nested
    class Ends {

        @Test
        void aFencedMemberIsToldSoOfWhatItHad() {
            join(GroupConfig.Delivery.AT_LEAST_ONCE, assigned(P0, 3));
            groups.lastBeat().refuse(Kind.CONFLICT, "member-fenced");
            pass(0);

            assertTrue(told().endsWith("lost FENCED[t/0] ended member-fenced"), told());
        }

        @Test
        void aGroupThatIsGoneTakesItsPartitionsAway() {
            join(GroupConfig.Delivery.AT_LEAST_ONCE, assigned(P0, 3));
            groups.lastBeat().refuse(Kind.NOT_FOUND, "unknown-group");
            pass(0);

            assertTrue(told().endsWith("lost REMOVED[t/0] ended unknown-group"), told());
        }

        @Test
        void aCommitAfterTheEndIsRefusedHere() {
            join(GroupConfig.Delivery.AT_LEAST_ONCE, assigned(P0, 3));
            on(session::drop);
            var code = new ArrayList<String>();
            on(() ->
                    session.commit(3, List.of())
                            .whenComplete((_, failure) -> code.add(Failures.of(failure).code())));

            assertEquals(List.of("unknown-member"), code);
            assertEquals(0, groups.commits().size());
        }
    }
}
