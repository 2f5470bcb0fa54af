package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.consumer.queue.Settlement.Refusal;
import sluice.log.SluiceException.Kind;

/** What a session that has a connection asks, and what it tells. */
class PushedSessionTest extends PushedWorld {

    @Nested
    class Credit {

        @Test
        void messagesComeByOneCallBehindTheOther() {
            open(3);
            assertEquals(3, receive().messagesMax());
            give(1, 40, 41);
            give(2, 42);

            assertTold("opened 3", "delivered 40 41", "delivered 42");
            assertEquals(2, count(QueueRequest.Receive.class), "it has all that it may have");
        }

        @Test
        void withoutANumberItIsAsTheGroupSays() {
            on(() -> session.open(request(Optional.empty()), OptionalInt.empty()));
            opened(last(QueueRequest.Open.class));

            assertTold("opened 1");
            assertEquals(1, receive().messagesMax());
        }

        @Test
        void whoSettlesGetsTheNextBeforeThatIsDurable() {
            open(1);
            give(1, 40);
            settle(acknowledge(40));

            assertEquals(2, count(QueueRequest.Receive.class));
            assertEquals(1, receive().received());
        }

        @Test
        void whoExtendsKeepsIt() {
            open(1);
            give(1, 40);
            settle(new QueueRequest.Item(id(40), new Outcome.Extend(Duration.ofSeconds(1))));
            settled(DONE);

            assertEquals(1, count(QueueRequest.Receive.class));
        }

        @Test
        void lessCreditEndsTheCallThatAsksForMore() {
            open(5);
            var first = last(QueueRequest.Receive.class);
            on(() -> session.credit(0));
            assertEquals(0, receive().messagesMax());
            give(first, 1, 40, 41);
            give(1);

            assertTold("opened 5", "delivered 40 41");
            assertEquals(2, count(QueueRequest.Receive.class), "no credit, no call");
            on(() -> session.credit(3));
            assertEquals(1, receive().messagesMax(), "beside those that it has");
        }

        @Test
        void anAnswerThatComesTwiceIsToldOnce() {
            open(5);
            var first = last(QueueRequest.Receive.class);
            on(() -> session.credit(2));
            give(first, 1, 40);
            give(1, 40);

            assertTold("opened 5", "delivered 40");
        }

        @Test
        void whileTheSocketIsFullNothingIsAsked() {
            open(2);
            on(() -> session.ready(false));
            give(1, 40);
            assertEquals(1, count(QueueRequest.Receive.class));
            on(() -> session.ready(true));

            assertEquals(2, count(QueueRequest.Receive.class));
        }
    }

    @Nested
    class Settling {

        @Test
        void whatComesInOneTurnIsOneRequest() {
            open(3);
            give(1, 40, 41, 42);
            settle(acknowledge(40), acknowledge(41), acknowledge(42));
            assertEquals(1, count(QueueRequest.Settle.class));
            settled(
                    DONE,
                    new QueueReply.Result.Refused(Refusal.LEASE_EXPIRED, "late"),
                    new QueueReply.Result.Failed(Kind.UNAVAILABLE, "partition-silent", "m"));

            assertTold(
                    "opened 3",
                    "delivered 40 41 42",
                    "settled done",
                    "settled lease-expired",
                    "settled partition-silent");
            assertEquals(2, receive().messagesMax(), "the last one is its own still");
        }

        @Test
        void fewWaitForMoreWhileARequestIsUnderWay() {
            open(1);
            for (int i = 0; i < 6; i++) {
                settle(acknowledge(i));
            }
            assertEquals(1, count(QueueRequest.Settle.class));
            settled(DONE);

            assertEquals(5, lastSettle().items().size(), "those that waited go together");
        }

        @Test
        void noMoreThanFourRequestsAreUnderWayHoweverMuchWaits() {
            open(1);
            for (int i = 0; i < 6; i++) {
                var many = Collections.nCopies(20, acknowledge(i));
                on(() -> session.settle(many));
            }
            assertEquals(SessionSettlements.UNDER_WAY_MAX, count(QueueRequest.Settle.class));
            settled(Collections.nCopies(20, DONE).toArray(QueueReply.Result[]::new));

            assertEquals(40, lastSettle().items().size(), "those that waited go together");
        }

        private QueueRequest.Settle lastSettle() {
            return (QueueRequest.Settle) last(QueueRequest.Settle.class).request();
        }

        @Test
        void moreThanThereIsRoomForIsRefusedAtOnce() {
            open(1);
            var many = Collections.nCopies(SessionSettlements.ITEMS_MAX, acknowledge(1));
            on(() -> session.settle(many));
            settle(acknowledge(2));

            assertTold("opened 1", "failed too-many-settlements");
        }

        @Test
        void whatTheCoordinatorDoesNotAnswerIsToldAndTheSessionGoesOn() {
            open(1);
            give(1, 40);
            settle(acknowledge(40));
            refuse(last(QueueRequest.Settle.class), Kind.UNKNOWN_OUTCOME, "unknown-outcome");

            assertTold("opened 1", "delivered 40", "failed unknown-outcome");
        }

        @Test
        void aSessionThatIsOverEndsWithIt() {
            open(1);
            give(1, 40);
            settle(acknowledge(40));
            refuse(last(QueueRequest.Settle.class), Kind.NOT_FOUND, "unknown-session");

            assertTold(
                    "opened 1", "delivered 40", "failed unknown-session", "ended unknown-session");
        }
    }

    @Nested
    class Coordinators {

        @Test
        void aNewOneIsToldWhatArrivedAndTellsWhatIsLost() {
            open(3);
            give(1, 40, 41);
            settle(acknowledge(40));
            refuse(last(QueueRequest.Receive.class), Kind.CONFLICT, "session-moved");
            var resume = (QueueRequest.Open) last(QueueRequest.Open.class).request();
            assertEquals(List.of(id(40), id(41)), resume.resume().orElseThrow().held());
            assertEquals(CONNECTION, resume.connection());
            opened(last(QueueRequest.Open.class), id(40), id(41));

            assertTold("opened 3", "delivered 40 41", "lost 41");
            assertEquals(0, receive().received(), "answers are counted anew");
            assertEquals(3, receive().messagesMax());
        }

        @Test
        void anAnswerOfBeforeDoesNotCount() {
            open(5);
            var first = last(QueueRequest.Receive.class);
            on(() -> session.credit(2));
            refuse(last(QueueRequest.Receive.class), Kind.CONFLICT, "session-moved");
            opened(last(QueueRequest.Open.class));
            give(first, 1, 40);

            assertTold("opened 5");
        }

        @ParameterizedTest
        @EnumSource(
                value = Kind.class,
                names = {"UNAVAILABLE", "UNKNOWN_OUTCOME", "OVERLOADED", "FENCED"})
        void oneThatIsNotThereIsAskedAgain(Kind kind) {
            open(1);
            refuse(last(QueueRequest.Receive.class), kind, "not-now");
            assertEquals(1, count(QueueRequest.Receive.class));
            pass(100);

            assertEquals(2, count(QueueRequest.Receive.class));
            assertTold("opened 1");
        }

        @Test
        void oneThatCannotBeResumedWithNowIsAskedAgain() {
            open(1);
            refuse(last(QueueRequest.Receive.class), Kind.CONFLICT, "session-moved");
            refuse(last(QueueRequest.Open.class), Kind.UNAVAILABLE, "not-now");
            pass(1_000);

            assertEquals(3, count(QueueRequest.Open.class));
        }

        @ParameterizedTest
        @EnumSource(
                value = Kind.class,
                names = {"NOT_FOUND", "CONFLICT", "INVALID", "DATA"})
        void whatItRefusesForGoodEndsTheSession(Kind kind) {
            open(1);
            refuse(last(QueueRequest.Receive.class), kind, "no");
            pass(60_000);

            assertTold("opened 1", "ended no");
            assertEquals(1, count(QueueRequest.Receive.class));
        }

        @Test
        void whoCannotOpenIsToldWhy() {
            on(() -> session.open(request(Optional.empty()), OptionalInt.of(1)));
            refuse(last(QueueRequest.Open.class), Kind.OVERLOADED, "too-many-sessions");

            assertTold("ended too-many-sessions");
        }
    }

    @Nested
    class SignsOfLife {

        @Test
        void aCallThatWaitsIsOne() {
            open(1);
            pass(11_000);

            assertEquals(0, count(QueueRequest.Beat.class));
            assertEquals(Duration.ofSeconds(12), receive().waitMax());
        }

        @Test
        void whoHasAllThatItMayHaveGivesOneEveryQuarterOfTheTimeout() {
            open(1);
            give(1, 40);
            pass(9_000);

            assertEquals(4, count(QueueRequest.Beat.class));
        }

        @Test
        void aSessionThatIsNotKnownIsOver() {
            open(1);
            give(1, 40);
            pass(4_000);
            last(QueueRequest.Beat.class)
                    .answer()
                    .complete(new QueueReply.Beaten(List.of(SESSION)));
            pass(0);

            assertTold("opened 1", "delivered 40", "ended unknown-session");
        }
    }
}
