package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.queue.QueueWorld.ANN;
import static sluice.consumer.queue.QueueWorld.BOB;
import static sluice.consumer.queue.QueueWorld.SECOND;
import static sluice.consumer.queue.QueueWorld.grant;
import static sluice.consumer.queue.QueueWorld.offsets;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.queue.PartitionReply.Acquired;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.consumer.queue.QueueWorld.Node;

/** Messages that are not given out before a time, or after one. */
class QueueTimesTest extends ChoosingQueue {

    @Nested
    class ADelayedMessage {

        @Test
        void isGivenInItsTimeAndOthersPassBy() {
            world.send("");
            world.send("", MessageAttributes.DELIVER_AT, inMs(3_000));
            world.send("");
            long fromMs = world.time.wallMs();
            Node node = world.attached("a");
            assertEquals(List.of(0L, 2L), takeAll(node, 2));

            var acquired =
                    (Acquired)
                            world.reply(node, world.acquire(SECOND.multipliedBy(9), grant(BOB, 1)));

            assertEquals(List.of(1L), offsets(acquired.granted().getFirst()));
            long waitedMs = world.time.wallMs() - fromMs;
            assertTrue(waitedMs >= 3_000 && waitedMs < 3_050, () -> "waitedMs=" + waitedMs);
        }

        @Test
        void isKnownToTheNextOwner() {
            for (int i = 0; i < 300; i++) {
                world.send("", MessageAttributes.DELIVER_AT, inMs(60_000 + (i * 7_919 % 1_000)));
            }
            world.send("");
            Node node = world.attached("a");
            assertEquals(List.of(300L), take(node, 5));
            int before = world.logs.fetches;
            Node next = next(node, QueueChoice.PLAIN);
            assertEquals(List.of(), take(next, 5));
            assertTrue(world.logs.fetches - before < 10, "the records are not read again");
            assertEquals(300, world.numbers(next).backlog().delayed());

            world.time.runFor(Duration.ofSeconds(61));

            assertEquals(300, take(next, 1_000).size());
        }

        @Test
        void isSeenByPeekAndGoneWithAPurge() {
            long at = world.time.wallMs() + 3_000;
            world.send("", MessageAttributes.DELIVER_AT, Long.toString(at));
            world.send("");
            Node node = world.attached("a");
            take(node, 5);

            var page = peek(node, Set.of(MessageState.DELAYED));

            assertEquals(List.of("0 DELAYED"), told(page));
            assertEquals(at, page.messages().getFirst().readyMs().orElseThrow());
            world.reply(node, new PartitionRequest.Purge());
            world.time.runFor(SECOND.multipliedBy(5));
            assertEquals(List.of(), take(node, 5));
            assertEquals(List.of("1 LEASED"), told(peek(node, Set.of())));
        }

        @Test
        void isNotLookedAtWhileTooMuchWaitsAndThatIsTold() {
            world.limits = new QueueLimits(100, 200, 16, 3, 1_000, 1_000, 10, 2_000);
            for (int i = 0; i < 300; i++) {
                world.send("", MessageAttributes.DELIVER_AT, inMs(60_000));
            }
            world.send("");
            Node node = world.attached("a");
            assertEquals(List.of(), take(node, 5));
            assertTrue(world.numbers(node).backlog().isFull());
            assertTrue(world.numbers(node).cursor() < 300);

            world.time.runFor(SECOND.multipliedBy(61));

            var all = new ArrayList<Long>();
            for (int i = 0; i < 10; i++) {
                List<Delivery> taken = world.take(node, ANN, 100);
                world.acknowledged(node, ANN, taken);
                all.addAll(offsets(taken));
            }
            assertEquals(301, all.size());
            assertTrue(!world.numbers(node).backlog().isFull());
        }

        @Test
        void wakesWhoeverIsOnlyToldOfMessages() {
            long fromMs = world.time.wallMs();
            world.send("", MessageAttributes.DELIVER_AT, inMs(2_000));
            Node node = world.attached("a");
            take(node, 5);

            world.reply(node, world.acquire(SECOND.multipliedBy(9)));

            long waitedMs = world.time.wallMs() - fromMs;
            assertTrue(waitedMs >= 2_000 && waitedMs < 2_050, () -> "waitedMs=" + waitedMs);
        }
    }

    @Nested
    class AnExpiredMessage {

        @Test
        void isNeverGivenOut() {
            world.send("", MessageAttributes.EXPIRES_AT, inMs(1_000));
            world.send("");
            world.time.runFor(SECOND);
            Node node = world.attached("a");

            assertEquals(List.of(1L), take(node, 5));

            assertEquals(1, world.numbers(node).expired());
            assertEquals(1, world.numbers(node).floor());
        }

        @Test
        void isNotGivenOutAgain() {
            world.send("", MessageAttributes.EXPIRES_AT, inMs(1_000));
            Node node = world.attached("a");
            assertEquals(List.of(0L), take(node, 1));
            world.time.runFor(SECOND);

            world.reply(node, new PartitionRequest.EndSessions(List.of(ANN)));

            assertEquals(List.of(), take(node, 1));
            assertEquals(1, world.numbers(node).floor());
        }

        @Test
        void mayBeADeadLetterAlsoAtTheNextOwner() {
            var choice = new QueueChoice(false, false, true, Optional.empty());
            world.send("", MessageAttributes.EXPIRES_AT, inMs(1_000));
            world.time.runFor(SECOND);
            Node node = world.attached("a", choice);
            assertEquals(List.of(), take(node, 5));

            Node next = next(node, choice);

            var letters =
                    (PartitionReply.DeadLetters)
                            world.reply(next, new PartitionRequest.DeadLetters(9));
            assertEquals(1, letters.letters().size());
            assertEquals(Attempt.Why.EXPIRED, letters.letters().getFirst().why());
            assertEquals(0, letters.letters().getFirst().count());
        }

        @Test
        void isNotGivenOutWhenItsDelayIsOverToo() {
            world.send(
                    "",
                    MessageAttributes.EXPIRES_AT,
                    inMs(2_000),
                    MessageAttributes.DELIVER_AT,
                    inMs(3_000));
            Node node = world.attached("a");
            take(node, 1);
            world.time.runFor(SECOND.multipliedBy(4));

            assertEquals(List.of(), take(node, 1));
            assertEquals(1, world.numbers(node).floor());
        }
    }

    @Test
    void headersThatCannotBeReadAreAsIfAbsent() {
        world.send("", MessageAttributes.DELIVER_AT, "soon", MessageAttributes.EXPIRES_AT, "-1");
        world.send("", MessageAttributes.PRIORITY, "10");
        world.send("", MessageAttributes.PRIORITY, "5");

        assertEquals(List.of(2L, 0L, 1L), take(world.attached("a", BY_PRIORITY), 5));
    }
}
