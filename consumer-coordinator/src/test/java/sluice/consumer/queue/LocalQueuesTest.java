package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.queue.QueueWorld.ANN;
import static sluice.consumer.queue.QueueWorld.BOB;
import static sluice.consumer.queue.QueueWorld.NO_WAIT;
import static sluice.consumer.queue.QueueWorld.POLICY;
import static sluice.consumer.queue.QueueWorld.SECOND;
import static sluice.consumer.queue.QueueWorld.TOPIC;
import static sluice.consumer.queue.QueueWorld.grant;
import static sluice.consumer.queue.QueueWorld.offsets;
import static sluice.consumer.queue.QueueWorld.success;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.queue.PartitionReply.Acquired;
import sluice.consumer.queue.PartitionRequest.Grant;
import sluice.consumer.queue.QueueWorld.Node;

class LocalQueuesTest {

    private final QueueWorld world = new QueueWorld(7);

    @Test
    void messagesAreGivenInTheirOrderWithTheirBytes() {
        world.logs.publish(TOPIC, 5);
        Node node = world.attached("a");

        List<Delivery> first = world.take(node, ANN, 3);
        List<Delivery> second = world.take(node, BOB, 10);

        assertEquals(List.of(0L, 1L, 2L), offsets(first));
        assertEquals(List.of(3L, 4L), offsets(second));
        var record = second.getFirst().record();
        assertEquals("3", text(record.value()));
        assertEquals("3", text(record.key()));
        assertEquals(1_003, record.timestampMs());
        assertEquals(1, second.getFirst().count());
    }

    private static String text(java.nio.@org.jspecify.annotations.Nullable ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(Objects.requireNonNull(bytes).duplicate()).toString();
    }

    @Test
    void aGrantIsNotServedWithMoreBytesThanItCanTake() {
        world.logs.publish(TOPIC, 5);
        Node node = world.attached("a");
        var small = new Grant(Optional.of(ANN), 5, 80, Optional.empty());

        var acquired = (Acquired) world.reply(node, world.acquire(NO_WAIT, small));

        assertEquals(List.of(0L, 1L), offsets(acquired.granted().getFirst()));
        assertEquals(3, acquired.backlog().ready());
    }

    @Test
    void severalGrantsAreServedAtOnce() {
        world.logs.publish(TOPIC, 3);
        Node node = world.attached("a");

        var acquired =
                (Acquired) world.reply(node, world.acquire(NO_WAIT, grant(ANN, 2), grant(BOB, 2)));

        assertEquals(
                List.of(List.of(0L, 1L), List.of(2L)),
                acquired.granted().stream().map(QueueWorld::offsets).toList());
    }

    @Nested
    class WhoWaits {

        @Test
        void isServedWhenAMessageIsWritten() {
            Node node = world.attached("a");
            var answers = world.ask(node, 1, world.acquire(SECOND.multipliedBy(5), grant(ANN, 2)));
            world.time.runFor(SECOND);
            assertTrue(answers.isEmpty());

            world.logs.publish(TOPIC, 1);
            world.time.runFor(Duration.ofMillis(20));

            var acquired = (Acquired) success(answers.getFirst());
            assertEquals(List.of(0L), offsets(acquired.granted().getFirst()));
        }

        @Test
        void isAnsweredWithNothingAtLast() {
            Node node = world.attached("a");
            var answers = world.ask(node, 1, world.acquire(SECOND, grant(ANN, 2)));

            world.time.runFor(SECOND.plusMillis(10));

            var acquired = (Acquired) success(answers.getFirst());
            assertEquals(List.of(List.of()), acquired.granted());
            assertEquals(0, acquired.backlog().ready());
        }

        @Test
        void isAnsweredAtOnceWhenCancelled() {
            Node node = world.attached("a");
            var acquire = world.acquire(SECOND.multipliedBy(60), grant(ANN, 2));
            var answers = world.ask(node, 1, acquire);

            world.reply(node, new PartitionRequest.Cancel(acquire.number()));

            assertEquals(List.of(List.of()), ((Acquired) success(answers.getFirst())).granted());
            world.logs.publish(TOPIC, 1);
            world.time.runFor(SECOND);
            assertEquals(List.of(0L), offsets(world.take(node, BOB, 1)));
        }

        @Test
        void isServedWithWhatComesBack() {
            world.logs.publish(TOPIC, 1);
            Node node = world.attached("a");
            world.take(node, ANN, 1);
            var answers = world.ask(node, 1, world.acquire(SECOND, grant(BOB, 1)));
            world.time.runFor(Duration.ofMillis(50));
            assertTrue(answers.isEmpty());

            world.reply(node, new PartitionRequest.EndSessions(List.of(ANN)));
            world.time.runFor(Duration.ofMillis(50));

            Delivery again =
                    ((Acquired) success(answers.getFirst())).granted().getFirst().getFirst();
            assertEquals(2, again.count());
        }

        @Test
        void isServedWhenADelayIsOver() {
            world.logs.publish(TOPIC, 1);
            Node node = world.attached("a");
            var release = new Settlement.Outcome.Release(Optional.of(SECOND.multipliedBy(3)), "");
            world.settled(node, ANN, world.take(node, ANN, 1), release);
            long fromNs = world.time.nowNs();

            var acquired =
                    (Acquired)
                            world.reply(node, world.acquire(SECOND.multipliedBy(9), grant(BOB, 1)));

            assertEquals(List.of(0L), offsets(acquired.granted().getFirst()));
            long waitedMs = (world.time.nowNs() - fromNs) / 1_000_000;
            assertTrue(waitedMs >= 2_990 && waitedMs < 3_100, () -> "waitedMs=" + waitedMs);
        }

        @Test
        void withoutGrantsIsToldOfAMessageAndGetsNone() {
            Node node = world.attached("a");
            var answers = world.ask(node, 1, world.acquire(SECOND.multipliedBy(9)));
            world.time.runFor(SECOND);
            assertTrue(answers.isEmpty());

            world.logs.publish(TOPIC, 2);
            world.time.runFor(Duration.ofMillis(20));

            var acquired = (Acquired) success(answers.getFirst());
            assertEquals(List.of(), acquired.granted());
            assertEquals(2, acquired.backlog().ready());
            assertEquals(0, acquired.backlog().inFlight());
        }
    }

    @Test
    void aLeaseWithADeadlineEndsByItself() {
        world.logs.publish(TOPIC, 1);
        Node node = world.attached("a");
        var visible = new Grant(Optional.empty(), 1, 100, Optional.of(SECOND.multipliedBy(2)));
        world.reply(node, world.acquire(NO_WAIT, visible));

        var acquired =
                (Acquired) world.reply(node, world.acquire(SECOND.multipliedBy(9), grant(BOB, 1)));

        Delivery again = acquired.granted().getFirst().getFirst();
        assertEquals(2, again.count());
    }

    @Test
    void aGroupMayBeginAtTheEndAtAnOffsetOrAtATime() {
        world.logs.publish(TOPIC, 5);
        for (QueueStart start :
                List.of(
                        new QueueStart.Latest(),
                        new QueueStart.Offset(3),
                        new QueueStart.Timestamp(1_002))) {
            var other = new QueueWorld(1);
            other.logs.publish(TOPIC, 5);
            Node node = other.new Node("a");
            other.reply(node, new PartitionRequest.Attach(POLICY, start));
            other.logs.publish(TOPIC, 1);

            long first = offsets(other.take(node, ANN, 1)).getFirst();

            assertEquals(
                    start instanceof QueueStart.Latest
                            ? 5
                            : start instanceof QueueStart.Offset ? 3 : 2,
                    first);
        }
    }

    @Test
    void whatTheTopicNoLongerHasIsPassedOver() {
        world.logs.publish(TOPIC, 5);
        world.logs.publish(TOPIC, 5);
        Node node = world.attached("a");
        List<Delivery> taken = world.take(node, ANN, 2);
        world.logs.expire(TOPIC, 5);
        Node next = next(node);

        world.reply(next, new PartitionRequest.EndSessions(List.of(ANN)));

        assertEquals(List.of(5L), offsets(world.take(next, BOB, 1)));
        assertEquals(List.of(0L, 1L), offsets(taken));
        var numbers = (PartitionReply.Numbers) world.reply(next, new PartitionRequest.Count());
        assertEquals(5, numbers.floor());
    }

    /** The gateway that takes the slot after this one. */
    private Node next(Node before) {
        before.loses();
        world.time.runFor(Duration.ofMillis(50));
        return world.attached("next");
    }

    @Test
    void deadLettersAreHandedOutUntilTheyAreBuried() {
        world.logs.publish(TOPIC, 3);
        Node node = world.attached("a");
        List<Delivery> taken = world.take(node, ANN, 2);
        world.settled(node, ANN, taken, new Settlement.Outcome.Reject("bad"));
        Node next = next(node);

        var letters =
                ((PartitionReply.DeadLetters)
                                world.reply(next, new PartitionRequest.DeadLetters(10)))
                        .letters();

        assertEquals(
                List.of(0L, 1L), letters.stream().map(each -> each.record().offset()).toList());
        assertEquals("bad", letters.getFirst().reason());
        assertEquals(Attempt.Why.REJECTED, letters.getFirst().why());
        world.reply(next, new PartitionRequest.Bury(List.of(0L, 1L)));
        assertEquals(
                new PartitionReply.DeadLetters(List.of()),
                world.reply(next, new PartitionRequest.DeadLetters(10)));
        assertEquals(List.of(2L), offsets(world.take(next, ANN, 5)));
    }

    @Test
    void peekShowsHowEachMessageStandsAndChangesNothing() {
        world.logs.publish(TOPIC, 5);
        Node node = world.attached("a");
        List<Delivery> taken = world.take(node, ANN, 4);
        world.acknowledged(node, ANN, taken.subList(0, 1));
        world.settled(node, ANN, taken.subList(1, 2), new Settlement.Outcome.Reject(""));
        var later = new Settlement.Outcome.Release(Optional.of(SECOND), "busy");
        world.settled(node, ANN, taken.subList(2, 3), later);

        var all = peek(node, Set.of());
        var dead = peek(node, Set.of(PartitionRequest.MessageState.DEAD));

        assertEquals(
                List.of("1 DEAD", "2 DELAYED", "3 LEASED", "4 READY"),
                all.messages().stream()
                        .map(each -> each.record().offset() + " " + each.state())
                        .toList());
        assertEquals("busy", all.messages().get(1).attempts().getFirst().reason());
        assertEquals(1, dead.messages().size());
        assertEquals(all.messages().size(), peek(node, Set.of()).messages().size());
    }

    private PartitionReply.Peeked peek(Node node, Set<PartitionRequest.MessageState> states) {
        return (PartitionReply.Peeked)
                world.reply(node, new PartitionRequest.Peek(0, 100, 1 << 20, states));
    }

    @Test
    void aResetBeginsAnewAndAPurgeLeavesNothing() {
        world.logs.publish(TOPIC, 4);
        Node node = world.attached("a");
        world.acknowledged(node, ANN, world.take(node, ANN, 4));

        world.reply(node, new PartitionRequest.Reset(new QueueStart.Offset(2)));
        assertEquals(List.of(2L), offsets(world.take(node, ANN, 1)));
        assertEquals(new PartitionReply.Purged(1), world.reply(node, new PartitionRequest.Purge()));

        assertEquals(List.of(), world.take(node, ANN, 9));
    }

    @Test
    void recordsOfLeasesCanBeReadAgain() {
        world.logs.publish(TOPIC, 4);
        Node node = world.attached("a");
        world.take(node, ANN, 2);

        var records =
                (PartitionReply.Records)
                        world.reply(next(node), new PartitionRequest.Read(List.of(1L, 99L)));

        assertEquals(1, records.records().size());
        assertEquals("1", text(records.records().getFirst().value()));
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        Node node = world.attached("a");
        for (PartitionRequest bad :
                List.of(
                        new PartitionRequest.Leases(-1, 5),
                        new PartitionRequest.Leases(0, 0),
                        new PartitionRequest.DeadLetters(0),
                        new PartitionRequest.Bury(List.of(-1L)),
                        world.acquire(Duration.ofDays(1_000), grant(ANN, 1)))) {
            var error = QueueWorld.failure(world.outcome(node, 1, bad));
            assertEquals("bad-queue-request", error.code(), () -> "" + bad);
        }
    }

    @Test
    void nothingIsAnsweredBeforeSomebodyAttached() {
        Node node = world.new Node("a");

        var error = QueueWorld.failure(world.outcome(node, 1, new PartitionRequest.Count()));

        assertEquals("not-attached", error.code());
        assertInstanceOf(
                PartitionReply.Attached.class,
                world.reply(node, new PartitionRequest.Attach(POLICY, new QueueStart.Earliest())));
    }
}
