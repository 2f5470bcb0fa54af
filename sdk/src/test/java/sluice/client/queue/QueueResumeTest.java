package sluice.client.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.client.error.RetriableException;
import sluice.client.json.Json;
import sluice.client.queue.ScriptedGateways.Dial;

/** A session of a queue group that loses its connection, and one that stops. */
class QueueResumeTest extends QueueWorld {

    @Nested
    class Reconnecting {

        @Test
        void itSaysWhatItHasAndSettlesAgainWhatWasNotAnswered() {
            Dial dial = open();
            deliver(dial, "a", "b", "c");
            var done = begun.get(0).acknowledge();
            dial.listener.closed(1012, "this gateway stops");
            pass(0);
            Dial next = connected(gateways.last());
            pass(0);

            assertEquals(URI_OF_SECOND, next.gateway.toString());
            Json open = next.last("open");
            assertEquals("s", open.text("session"));
            assertEquals(List.of("a", "b", "c"), texts(open, "held"));
            next.opened("s", "'a'");
            pass(0);
            assertEquals(List.of("a"), texts(next.last("settle"), "acknowledge"));
            next.settled("");
            pass(0);
            assertTrue(done.isDone() && !done.isCompletedExceptionally());
            assertTold();
        }

        private static final String URI_OF_SECOND = "http://g2:1";

        @Test
        void whatIsLostMeanwhileIsTold() {
            Dial dial = open();
            deliver(dial, "a", "b", "c");
            dial.listener.closed(1006, "reset");
            pass(100);
            resumed("'a','c'");

            assertTold("lost a lease-expired");
            handled();
            assertEquals(List.of("a", "b"), begunOnes(), "what no handler had is only forgotten");
        }

        @Test
        void whatTheGatewayLosesIsToldToo() {
            Dial dial = open();
            deliver(dial, "a");
            dial.say("{'type':'lost','deliveries':['a']}");
            pass(0);

            assertTold("lost a lease-expired");
            assertEquals("lease-expired", failure(begun.get(0).acknowledge()));
        }

        @Test
        void aSessionThatIsOverLosesAllAndANewOneIsOpened() {
            Dial dial = open();
            deliver(dial, "a", "b", "c");
            var done = begun.get(0).acknowledge();
            dial.error("unknown-session", 404, "");
            pass(0);

            assertTold("lost a unknown-session", "lost b unknown-session");
            assertEquals("unknown-session", failure(done));
            Dial next = connected(gateways.last());
            pass(0);
            assertEquals(Optional.empty(), next.last("open").field("session"));
        }

        @Test
        void aFenceOfItsOwnIsNoReasonToStop() {
            Dial dial = open();
            deliver(dial, "a");
            dial.error("session-fenced", 409, "");
            pass(100);
            Dial next = resumed("");

            assertEquals("s", next.last("open").text("session"));
            assertTold();
        }

        @Test
        void oneThatHasTooMuchToDoIsLeftForTheNext() {
            Dial dial = connected(dialled());
            pass(0);
            dial.error("too-many-sessions", 429, "");
            pass(100);

            assertEquals(2, gateways.dials.size());
            assertTold();
        }

        @Test
        void aGroupThatIsNoQueueEndsTheConsumer() {
            Dial dial = connected(dialled());
            pass(0);
            dial.error("wrong-group-type", 409, "");
            pass(10_000);

            assertTold("failed SluiceApiException");
            assertEquals(1, gateways.dials.size());
        }

        @Test
        void aFrameThatCannotBeReadEndsTheConnectionAlone() {
            Dial dial = open();
            dial.listener.binary(ByteBuffer.wrap(new byte[] {1, 9, 9}));
            pass(100);

            assertTrue(dial.isAborted);
            assertEquals(2, gateways.dials.size());
        }
    }

    @Nested
    class Stopping {

        @Test
        void whatNoHandlerHasGoesBackAndTheRestIsFinished() {
            Dial dial = open();
            deliver(dial, "a", "b", "c");
            on(session::stop);
            assertEquals(0, dial.last("credit").number("messages"));
            assertEquals(List.of("c"), texts(dial.last("settle"), "return"));
            dial.settled("");
            pass(0);
            var done = begun.get(0).acknowledge();
            handled();
            handled();
            assertTold();
            dial.settled("");
            pass(0);

            assertTrue(done.isDone());
            assertTold("quiet");
        }

        @Test
        void itIsNotQuietBeforeWhatAHandlerSettledIsHeardOf() {
            Dial dial = open();
            deliver(dial, "a");
            on(session::stop);
            // The handler has ended; what it settled, and that it ended, come to the lane later.
            assertNull(session.next(true));
            dial.say("{'type':'heartbeat'}");
            pass(0);
            assertTold();
            var done = begun.get(0).acknowledge();
            on(session::handled);
            assertTold();
            dial.settled("");
            pass(0);

            assertTrue(done.isDone());
            assertTold("quiet");
        }

        @Test
        void whatGoesBackUnbegunIsNoLossToAnybody() {
            Dial dial = open();
            deliver(dial, "a", "b", "c");
            on(session::stop);
            assertEquals(List.of("c"), texts(dial.last("settle"), "return"));
            on(() -> session.leave(() -> told.add("closed")));

            assertTold("lost a closed", "lost b closed");
        }

        @Test
        void whatStillComesGoesBackAtOnce() {
            Dial dial = open();
            on(session::stop);
            deliver(dial, "late");

            assertEquals(List.of("late"), texts(dial.last("settle"), "return"));
            assertEquals(List.of(), begunOnes());
        }

        @Test
        void whoComesBackWhileItStopsTakesNothing() {
            Dial dial = open();
            deliver(dial, "a");
            on(session::stop);
            dial.listener.closed(1006, "reset");
            pass(100);
            Dial next = connected(gateways.last());
            pass(0);

            assertEquals(0, next.last("open").number("credit"));
        }

        @Test
        void whatIsNotSettledWhenItLeavesIsLost() {
            Dial dial = open();
            deliver(dial, "a", "b", "c");
            var done = begun.get(0).acknowledge();
            on(() -> session.leave(() -> told.add("closed")));
            assertEquals(1, dial.sent("leave").size());
            assertEquals(1000, dial.closeCode);
            dial.listener.closed(1000, "left");
            pass(0);

            assertTold("lost a closed", "lost b closed", "closed");
            assertEquals(RetriableException.class.getSimpleName(), failure(done));
        }
    }
}
