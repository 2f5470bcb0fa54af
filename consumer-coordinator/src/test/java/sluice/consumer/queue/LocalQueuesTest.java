package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static sluice.consumer.queue.QueueWorld.ANN;
import static sluice.consumer.queue.QueueWorld.BOB;
import static sluice.consumer.queue.QueueWorld.NO_WAIT;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.consumer.queue.PartitionReply.Acquired;
import sluice.consumer.queue.PartitionRequest.Grant;
import sluice.consumer.queue.QueueWorld.Node;

class LocalQueuesTest {

    private final QueueWorld world = new QueueWorld(7);

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
    void whoWaitsIsAnsweredAtOnceWhenCancelledAndTakesNothing() {
        Node node = world.attached("a");
        var acquire = world.acquire(SECOND.multipliedBy(60), grant(ANN, 2));
        var answers = world.ask(node, 1, acquire);

        world.reply(node, new PartitionRequest.Cancel(acquire.number()));

        assertEquals(List.of(List.of()), ((Acquired) success(answers.getFirst())).granted());
        world.logs.publish(TOPIC, 1);
        world.time.runFor(SECOND);
        assertEquals(List.of(0L), offsets(world.take(node, BOB, 1)));
    }

    /** It asks next what is out; a lease that came after that would be nobody's. */
    @ParameterizedTest(name = "attached by epoch {0}")
    @ValueSource(longs = {1, 2})
    void whatWasAskedBeforeACoordinatorAttachesIsGivenNothing(long epoch) {
        Node node = world.attached("a");
        var answers = world.ask(node, 1, world.acquire(SECOND.multipliedBy(60), grant(ANN, 2)));
        var watches = world.ask(node, 1, world.acquire(SECOND.multipliedBy(60)));

        world.reply(
                node,
                epoch,
                new PartitionRequest.Attach(QueueWorld.POLICY, new QueueStart.Earliest()));

        assertEquals(List.of(List.of()), ((Acquired) success(answers.getFirst())).granted());
        assertEquals(List.of(), ((Acquired) success(watches.getFirst())).granted());
        world.logs.publish(TOPIC, 1);
        world.time.runFor(SECOND);
        var out =
                (PartitionReply.Leases)
                        world.reply(node, epoch, new PartitionRequest.Leases(0, 10));
        assertEquals(List.of(), out.leases());
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
}
