package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.stream.ScriptedDialer.Dial;

/** Frame by frame: what a session says to gateways, and what makes it go to the next one. */
class StreamProtocolTest extends ScriptedWorld {

    private int dials() {
        return gateways.dials.size();
    }

    @Nested
    class Connecting {

        @Test
        void aGatewayThatDoesNotAnswerIsLeft() {
            Dial first = dialled();
            pass(4_999);
            assertEquals(1, dials());
            pass(200);
            assertEquals(2, dials());

            open(first);

            assertTrue(first.isAborted, "it came too late");
            assertEquals(List.of(), first.types());
        }

        @Test
        void aJoinThatIsNotAnsweredIsLeft() {
            Dial first = open(dialled());
            assertEquals(List.of("join"), first.types());
            pass(14_999);
            assertEquals(1, dials());
            pass(200);

            assertEquals(2, dials());
            assertTrue(first.isAborted);
        }

        @Test
        void onceJoinedThereIsNoSuchLimit() {
            Dial dial = joined();
            for (int i = 0; i < 20; i++) {
                dial.heartbeat();
                pass(1_000);
            }

            assertEquals(1, dials());
        }

        @Test
        void aSessionBeginsOnce() {
            dialled();
            on(session::begin);

            assertEquals(1, dials());
        }

        @Test
        void gatewaysAreAskedInTurnAndPausesGrowFromRoundToRound() {
            dialled();
            var pauses = new ArrayList<Long>();
            for (int i = 0; i < 21; i++) {
                long refusedNs = time.nowNs();
                int before = dials();
                gateways.last().listener.refused(0, "not there");
                assertTrue(time.runUntil(() -> dials() > before, Duration.ofSeconds(60)));
                pauses.add(Duration.ofNanos(time.nowNs() - refusedNs).toMillis());
            }

            assertEquals(
                    List.of(
                            100L, 100L, 100L, 200L, 200L, 200L, 400L, 400L, 400L, 800L, 800L, 800L,
                            1600L, 1600L, 1600L, 3000L, 3000L, 3000L, 3000L, 3000L, 3000L),
                    pauses);
            assertEquals(
                    List.of(0, 1, 2, 0),
                    gateways.dials.subList(0, 4).stream()
                            .map(dial -> FakeCluster.GATEWAYS.indexOf(dial.gateway))
                            .toList());
        }

        @Test
        void afterAJoinPausesAreShortAgain() {
            dialled();
            for (int i = 0; i < 9; i++) {
                gateways.last().listener.refused(503, "stops");
                pass(3_000);
            }
            resumed().listener.closed(1006, "gone");
            pass(101);

            assertEquals(11, dials());
        }

        @Test
        void aGatewayThatStopsInGoodOrderSendsToTheNextAtOnce() {
            joined().listener.closed(1012, "this gateway stops");
            pass(0);
            assertEquals(2, dials());

            open(gateways.last()).listener.closed(1012, "this one too");
            pass(99);
            assertEquals(2, dials(), "not round and round");
            pass(1);
            assertEquals(3, dials());
        }

        @ParameterizedTest
        @ValueSource(ints = {400, 401, 403, 404})
        void whatNoGatewayWouldTakeEndsTheSession(int status) {
            dialled().listener.refused(status, "no");
            pass(60_000);

            assertEquals(1, dials());
            var failure = assertInstanceOf(SluiceApiException.class, session.failure().get());
            assertEquals(status, failure.status());
            assertEquals(status == 404 ? "unknown-group" : "", failure.code());
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 408, 429, 500, 503})
        void whatAnotherMayTakeDoesNot(int status) {
            dialled().listener.refused(status, "not now");
            pass(100);

            assertEquals(2, dials());
        }
    }

    @Nested
    class Frames {

        @ParameterizedTest
        @ValueSource(strings = {"{", "[]", "{'typ':'joined'}", "{'type':'joined'}"})
        void aTextThatCannotBeReadMakesItGoToTheNextGateway(String frame) {
            Dial first = joined();
            first.say(frame);
            pass(100);

            assertEquals(2, dials());
            assertTrue(first.isAborted);
        }

        @Test
        void soDoBytes() {
            joined().listener.binary(ByteBuffer.allocate(1));
            pass(100);

            assertEquals(2, dials());
        }

        @Test
        void aFrameThatANewerGatewayMaySendIsPassedOver() {
            joined().say("{'type':'news'}");
            pass(1_000);

            assertEquals(1, dials());
        }

        @Test
        void anEpochThatWasOvertakenDoesNotCount() {
            Dial dial = reading();
            var hold = Objects.requireNonNull(session.partitions().known(P0));
            on(() -> session.commits().add(Map.of(hold, 0L), CommitQueue.Lost.FAILS));
            dial.say("{'type':'committed','id':1,'epoch':9}");
            dial.assigned(7, 1, 0);
            pass(0);
            on(() -> session.commits().add(Map.of(hold, 0L), CommitQueue.Lost.FAILS));

            assertEquals(9, dial.sent("commit").get(1).number("epoch"));
        }

        @Test
        void aSeekThatCameTooLateIsNoFailureOfThePartition() {
            Dial dial = reading();
            dial.error("not-assigned", 409, ",'topic':'orders','partition':0");
            pass(0);
            dial.records(0, 0, 1, 10);
            pass(0);

            assertEquals("orders/0@0+1", ask());
            assertEquals("", ask());
        }

        @Test
        void aCommitThatFindsNoCoordinatorIsRepeatedAfterAPause() {
            Dial dial = reading();
            var hold = Objects.requireNonNull(session.partitions().known(P0));
            on(() -> session.commits().add(Map.of(hold, 3L), CommitQueue.Lost.FAILS));
            dial.error("group-moved", 503, ",'id':1");
            pass(98);
            assertEquals(1, dial.sent("commit").size());
            pass(2);

            assertEquals(2, dial.sent("commit").size());
        }

        @Test
        void anAnswerToAnotherCommitDoesNotCount() {
            Dial dial = reading();
            var hold = Objects.requireNonNull(session.partitions().known(P0));
            var first = session.commits().add(Map.of(hold, 3L), CommitQueue.Lost.FAILS);
            dial.say("{'type':'committed','id':7,'epoch':1}");
            pass(0);
            assertFalse(first.isDone());

            dial.say("{'type':'committed','id':1,'epoch':1}");
            pass(0);

            assertTrue(first.isDone());
        }
    }

    @Nested
    class Life {

        @Test
        void whoSaysNothingElseSendsHeartbeats() {
            Dial dial = joined();
            for (int i = 0; i < 6; i++) {
                dial.heartbeat();
                pass(1_000);
            }

            int beats = dial.sent("heartbeat").size();
            assertTrue(beats >= 7 && beats <= 10, "beats=" + beats);
        }

        @Test
        void whoSaysOtherThingsDoesNotNeedThem() {
            Dial dial = reading();
            for (int i = 0; i < 40; i++) {
                on(() -> session.partitions().seek(P0, 0));
                dial.heartbeat();
                pass(100);
            }

            assertEquals(List.of(), dial.sent("heartbeat"));
        }

        @Test
        void aGatewayThatIsSilentForThreeHeartbeatsIsLeft() {
            joined();
            pass(5_900);
            assertEquals(1, dials());
            pass(1_000);

            assertEquals(2, dials());
        }

        @Test
        void recordsAreSignsOfLifeToo() {
            Dial dial = reading();
            for (int i = 0; i < 10; i++) {
                dial.records(0, i, 1, 10);
                pass(2_000);
            }

            assertEquals(1, dials());
        }

        @Test
        void leavingIsSaidAndThenTheConnectionIsClosed() {
            Dial dial = reading();
            var hold = Objects.requireNonNull(session.partitions().known(P0));
            var commit = session.commits().add(Map.of(hold, 3L), CommitQueue.Lost.FAILS);
            var closed = new ArrayList<String>();
            on(() -> session.leave(() -> closed.add("closed")));

            assertEquals("leave", dial.types().get(dial.types().size() - 1));
            assertEquals(1000, dial.closeCode);
            assertEquals(List.of(), closed);
            assertInstanceOf(RetriableException.class, commit.exceptionNow());
            assertEquals("lost [orders/0]", ask());
            dial.listener.closed(1000, "left");
            pass(60_000);
            assertEquals(List.of("closed"), closed);
            assertEquals(1, dials());
        }

        @Test
        void whoHasNoConnectionLeavesAtOnce() {
            dialled();
            var closed = new ArrayList<String>();
            on(() -> session.leave(() -> closed.add("closed")));
            pass(60_000);

            assertEquals(List.of("closed"), closed);
            assertEquals(1, dials());
        }

        @Test
        void aFencedMemberFailsItsCommitsAndLosesWhatItHeld() {
            Dial dial = reading();
            var hold = Objects.requireNonNull(session.partitions().known(P0));
            var commit = session.commits().add(Map.of(hold, 3L), CommitQueue.Lost.FAILS);
            dial.error("member-fenced", 409, "");
            pass(0);

            assertEquals(
                    "member-fenced",
                    assertInstanceOf(SluiceApiException.class, commit.exceptionNow()).code());
            assertTrue(dial.isAborted);
            assertEquals("lost [orders/0]", ask());
            assertTrue(ask().startsWith("failed "));
            dial.listener.closed(1008, "member-fenced");
            pass(60_000);
            assertEquals(1, dials());
        }
    }
}
