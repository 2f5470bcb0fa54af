package sluice.client.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.client.json.Json;
import sluice.client.queue.ScriptedGateways.Dial;

/** One session of a queue group, frame by frame. */
class QueueSessionTest extends QueueWorld {

    @Nested
    class Messages {

        @Test
        void theFirstFrameSaysWhoItIsAndHowMuchItTakes() {
            Dial dial = connected(dialled());
            pass(0);

            Json open = dial.last("open");
            assertEquals(
                    "binary test 3",
                    open.text("format") + " " + open.text("client") + " " + open.number("credit"));
            assertEquals(Optional.empty(), open.field("session"));
        }

        @Test
        void noMoreAreHandledThanTheConcurrencySays() {
            Dial dial = open();
            deliver(dial, "a", "b", "c");
            assertEquals(List.of("a", "b"), begunOnes());
            handled();

            assertEquals(List.of("a", "b", "c"), begunOnes());
        }

        @Test
        void aHandlerWhoseThreadIsAnothersLeavesTheNextMessageToAnother() {
            deliver(open(), "a", "b", "c");

            assertNull(session.next(false));
            assertEquals(List.of("a", "b"), begunOnes());
            on(session::handled);

            assertEquals(List.of("a", "b", "c"), begunOnes());
        }

        @Test
        void aMessageHasAllThatWasSent() {
            deliver(open(), "a");

            QueueMessage message = begun.get(0);
            assertEquals(
                    "a jobs/0@40 1 5 6 a",
                    message.delivery()
                            + " "
                            + message.record()
                            + " "
                            + message.deliveries()
                            + " "
                            + message.firstDeliveredAtMs()
                            + " "
                            + message.record().timestampMs()
                            + " "
                            + message.valueText());
        }

        @Test
        void anExecutorThatTakesNothingIsAskedAgain() {
            isExecutorFull = true;
            deliver(open(), "a");
            assertEquals(List.of(), begunOnes());
            isExecutorFull = false;
            pass(100);

            assertEquals(List.of("a"), begunOnes());
        }

        @Test
        void whoHeardNothingForTheSessionsTimeBeginsNothing() {
            Dial dial = open();
            deliver(dial, "a", "b", "c");
            process.pause(Duration.ofSeconds(60));
            // A process that slept sees its handlers end before any timer.
            lane.execute(() -> {
                assertNull(session.next(true));
                session.handled();
            });
            time.runFor(Duration.ofSeconds(61));

            assertEquals(List.of("a", "b"), begunOnes());
        }
    }

    @Nested
    class Settling {

        @Test
        void eachOutcomeIsSentAsTheGatewayReadsIt() {
            Dial dial = open();
            deliver(dial, "a", "b");
            var acknowledged = begun.get(0).acknowledge();
            var released = begun.get(1).release(Duration.ofSeconds(3), "busy");

            assertEquals(List.of("a"), texts(dial.sent("settle").get(0), "acknowledge"));
            Json release = dial.last("settle").list("release").get(0);
            assertEquals(
                    "b 3000ms busy",
                    release.text("delivery")
                            + " "
                            + release.text("delay")
                            + " "
                            + release.text("reason"));
            dial.settled("");
            pass(0);
            assertTrue(released.isDone());
            assertFalse(acknowledged.isDone());
        }

        @Test
        void whatIsSettledInOneTurnGoesTogether() {
            Dial dial = open();
            deliver(dial, "a", "b");
            on(() -> {
                session.settle(begun.get(0), new Outcome.Extend(Duration.ofMinutes(1)), done());
                session.settle(begun.get(0), new Outcome.Reject("bad"), done());
                session.settle(begun.get(1), new Outcome.Release(Optional.empty(), ""), done());
            });

            Json settle = dial.last("settle");
            assertEquals(1, dial.sent("settle").size());
            assertEquals("60000ms", settle.list("extend").get(0).text("visibility"));
            assertEquals("bad", settle.list("reject").get(0).text("reason"));
            assertEquals(Optional.empty(), settle.list("release").get(0).field("delay"));
            assertEquals(Optional.empty(), settle.field("acknowledge"));
        }

        private static CompletableFuture<Void> done() {
            return new CompletableFuture<>();
        }

        @Test
        void whatWasTakenBackIsLostAndSaysWhy() {
            Dial dial = open();
            deliver(dial, "a");
            var done = begun.get(0).acknowledge();
            dial.settled("{'delivery':'a','code':'lease-expired','detail':'late','retry':false}");
            pass(0);

            assertEquals("lease-expired", failure(done));
            assertEquals(Optional.of("lease-expired"), begun.get(0).lost());
            assertTold("lost a lease-expired");
        }

        @Test
        void whatWasNotCarriedOutIsRepeatedAfterAPause() {
            Dial dial = open();
            deliver(dial, "a");
            var done = begun.get(0).acknowledge();
            dial.settled("{'delivery':'a','code':'partition-silent','detail':'m','retry':true}");
            pass(0);
            assertEquals(1, dial.sent("settle").size());
            pass(100);
            assertEquals(2, dial.sent("settle").size());
            dial.settled("");
            pass(0);

            assertTrue(done.isDone() && !done.isCompletedExceptionally());
        }

        @Test
        void aFrameThatFoundNoCoordinatorIsRepeated() {
            Dial dial = open();
            deliver(dial, "a");
            var done = begun.get(0).acknowledge();
            dial.error("group-moved", 503, ",'id':" + dial.last("settle").number("id"));
            pass(100);
            dial.settled("");
            pass(0);

            assertEquals(2, dial.sent("settle").size());
            assertTrue(done.isDone() && !done.isCompletedExceptionally());
        }

        @Test
        void aFrameThatWasRefusedForGoodFails() {
            Dial dial = open();
            deliver(dial, "a");
            var done = begun.get(0).acknowledge();
            dial.error("bad-parameter", 400, ",'id':" + dial.last("settle").number("id"));
            pass(0);

            assertEquals("bad-parameter", failure(done));
        }

        @Test
        void aMessageIsSettledOnce() {
            deliver(open(), "a");
            begun.get(0).acknowledge();

            assertThrows(IllegalStateException.class, () -> begun.get(0).reject("no"));
        }

        @Test
        void whatIsOutOfRangeIsRefusedHere() {
            deliver(open(), "a");
            QueueMessage message = begun.get(0);

            assertThrows(IllegalArgumentException.class, () -> message.release(Duration.ofDays(8)));
            assertThrows(
                    IllegalArgumentException.class, () -> message.release(Duration.ofMillis(-1)));
            assertThrows(IllegalArgumentException.class, () -> message.extend(Duration.ZERO));
            assertThrows(
                    IllegalArgumentException.class, () -> message.extend(Duration.ofHours(13)));
            assertFalse(message.isSettled());
        }

        @Test
        void fewWaitForMoreWhileTwoFramesAreUnderWay() {
            Dial dial = open();
            deliver(dial, "a");
            for (int i = 0; i < 7; i++) {
                begun.get(0).extend(Duration.ofSeconds(1));
            }
            assertEquals(2, dial.sent("settle").size());
            dial.settled("");
            pass(0);

            assertEquals(3, dial.sent("settle").size());
            assertEquals(5, dial.last("settle").list("extend").size());
        }

        @Test
        void noMoreThanFourFramesAreUnderWayHoweverMuchWaits() {
            Dial dial = open();
            deliver(dial, "a");
            for (int i = 0; i < 6; i++) {
                on(() -> {
                    for (int j = 0; j < 20; j++) {
                        session.settle(
                                begun.get(0),
                                new Outcome.Extend(Duration.ofSeconds(1)),
                                new CompletableFuture<>());
                    }
                });
            }
            assertEquals(4, dial.sent("settle").size());
            dial.settled("");
            pass(0);

            assertEquals(5, dial.sent("settle").size());
            assertEquals(40, dial.last("settle").list("extend").size());
        }
    }

    @Nested
    class Sizes {

        @Test
        void aFrameIsNoLargerThanAGatewayTakes() {
            Dial dial = open();
            deliver(dial, "a");
            on(() -> {
                for (int i = 0; i < 400; i++) {
                    session.settle(
                            begun.get(0),
                            new Outcome.Reject("\u0001".repeat(256)),
                            new CompletableFuture<>());
                }
            });

            assertEquals(2, dial.sent("settle").size());
            assertEquals(
                    400,
                    dial.sent("settle").stream()
                            .mapToInt(each -> each.list("reject").size())
                            .sum());
        }
    }
}
