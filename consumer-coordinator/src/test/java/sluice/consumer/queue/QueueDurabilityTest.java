package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.queue.QueueWorld.ANN;
import static sluice.consumer.queue.QueueWorld.BOB;
import static sluice.consumer.queue.QueueWorld.NO_WAIT;
import static sluice.consumer.queue.QueueWorld.POLICY;
import static sluice.consumer.queue.QueueWorld.SECOND;
import static sluice.consumer.queue.QueueWorld.TOPIC;
import static sluice.consumer.queue.QueueWorld.failure;
import static sluice.consumer.queue.QueueWorld.grant;
import static sluice.consumer.queue.QueueWorld.offsets;
import static sluice.consumer.queue.QueueWorld.settle;
import static sluice.consumer.queue.QueueWorld.success;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.consumer.queue.QueueWorld.Node;
import sluice.consumer.queue.Settlement.Result;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;

/** What is told is durable, and the next owner knows it. */
class QueueDurabilityTest {

    private static final Settlement.Outcome ACK = new Settlement.Outcome.Acknowledge();
    private static final Duration SOON = Duration.ofMillis(100);

    private final QueueWorld world = new QueueWorld(7);
    private final Node node = world.attached("a");

    @BeforeEach
    void tenMessages() {
        world.logs.publish(TOPIC, 10);
    }

    private Node next(Node before) {
        before.loses();
        world.time.runFor(SOON);
        return world.attached("next");
    }

    @Test
    void aDeliveryLeavesWhenItsLeaseIsDurable() {
        world.take(node, ANN, 1);
        world.logs.isHeld = true;
        var answers = world.ask(node, 1, world.acquire(SECOND, grant(ANN, 1)));
        world.time.runFor(SECOND.multipliedBy(5));
        assertTrue(answers.isEmpty());

        world.logs.release();
        world.time.runFor(SOON);

        assertEquals(1, answers.size());
    }

    @Test
    void anAcknowledgementIsAnsweredWhenItIsDurable() {
        List<Delivery> taken = world.take(node, ANN, 1);
        world.logs.isHeld = true;
        var answers = world.ask(node, 1, settle(ANN, taken, ACK));
        world.time.runFor(SECOND);
        // Asked again: what it would be told rests on the first one.
        var again = world.ask(node, 1, settle(ANN, taken, ACK));
        world.time.runFor(SECOND);
        assertTrue(answers.isEmpty() && again.isEmpty());

        world.logs.release();
        world.time.runFor(SOON);

        assertEquals(1, answers.size());
        assertEquals(1, again.size());
    }

    @Test
    void aRefusalIsToldWhenWhatItRestsOnIsDurable() {
        world.logs.isHeld = true;
        world.ask(node, 2, new PartitionRequest.Attach(POLICY, new QueueStart.Earliest()));
        var stale = world.ask(node, 1, new PartitionRequest.Count());
        world.time.runFor(SECOND);
        assertTrue(stale.isEmpty());

        world.logs.release();
        world.time.runFor(SOON);

        assertEquals("stale-coordinator", failure(stale.getFirst()).code());
    }

    @Test
    void theNextOwnerKnowsLeasesCountsAndWhatIsDone() {
        List<Delivery> taken = world.take(node, ANN, 3);
        world.acknowledged(node, ANN, taken.subList(0, 1));

        Node next = next(node);

        var leases =
                ((PartitionReply.Leases) world.reply(next, new PartitionRequest.Leases(0, 10)))
                        .leases();
        assertEquals(List.of(1L, 2L), leases.stream().map(PartitionReply.Lease::offset).toList());
        assertEquals(Optional.of(ANN), leases.getFirst().session());
        assertEquals(List.of(3L), offsets(world.take(next, BOB, 1)));
        world.acknowledged(next, ANN, taken.subList(1, 2));
        world.reply(next, new PartitionRequest.EndSessions(List.of(ANN)));
        Delivery again = world.take(next, BOB, 1).getFirst();
        assertEquals(2, again.record().offset());
        assertEquals(2, again.count());
    }

    @Test
    void aLateAcknowledgementIsRefusedAlsoByTheNextOwner() {
        List<Delivery> taken = world.take(node, ANN, 1);
        world.reply(node, new PartitionRequest.EndSessions(List.of(ANN)));
        Node next = next(node);
        world.take(next, BOB, 1);

        var result = (Result.Refused) world.settled(next, ANN, taken, ACK).getFirst();

        assertEquals(Settlement.Refusal.LEASE_EXPIRED, result.refusal());
    }

    @Test
    void anOlderCoordinatorIsRefusedAlsoByTheNextOwner() {
        success(
                world.outcome(
                        node, 2, new PartitionRequest.Attach(POLICY, new QueueStart.Earliest())));
        node.loses();
        world.time.runFor(SOON);
        Node next = world.new Node("next");

        var error = failure(world.outcome(next, 1, new PartitionRequest.Count()));

        assertEquals("stale-coordinator", error.code());
    }

    @Test
    void anAcknowledgementOfUnknownOutcomeIsDoneWhenRepeatedWhetherItWasOrNot() {
        for (MemoryLogs.Fault fault :
                List.of(MemoryLogs.Fault.DONE_UNKNOWN, MemoryLogs.Fault.LOST)) {
            var other = new QueueWorld(3);
            Node first = other.attached("a");
            other.logs.publish(TOPIC, 1);
            List<Delivery> taken = other.take(first, ANN, 1);
            first.owner.next = fault;
            var error = failure(other.outcome(first, 1, settle(ANN, taken, ACK)));
            assertEquals(SluiceException.Kind.UNKNOWN_OUTCOME, error.kind());
            Node next = fault == MemoryLogs.Fault.LOST ? other.new Node("b") : first;

            other.acknowledged(next, ANN, taken);

            assertEquals(List.of(), other.take(next, BOB, 1));
        }
    }

    @Test
    void whatWasRefusedIsNotDoneAndTheStateIsReadAnew() {
        List<Delivery> taken = world.take(node, ANN, 1);
        node.owner.next = MemoryLogs.Fault.REFUSED;

        var error = failure(world.outcome(node, 1, settle(ANN, taken, ACK)));

        assertEquals(SluiceException.Kind.UNAVAILABLE, error.kind());
        var leases = (PartitionReply.Leases) world.reply(node, new PartitionRequest.Leases(0, 10));
        assertEquals(1, leases.leases().size());
    }

    @Test
    void anOwnerThatDoesNotKnowThatItIsDeposedCanAnswerNothingOfWeight() {
        List<Delivery> taken = world.take(node, ANN, 1);
        Node next = world.attached("b");
        world.reply(next, new PartitionRequest.EndSessions(List.of(ANN)));

        var late = failure(world.outcome(node, 1, settle(ANN, taken, ACK)));

        assertEquals("queue-moved", late.code());
        assertEquals(2, world.take(next, BOB, 1).getFirst().count());
    }

    /** What it knows is old: it must not refuse what stands, nor say that there is nothing. */
    @Test
    void anOwnerThatDoesNotKnowThatItIsDeposedRefusesNothingForGood() {
        Node next = world.attached("b");
        List<Delivery> taken = world.take(next, ANN, 1);

        var refused = failure(world.outcome(node, 1, settle(ANN, taken, ACK)));
        Node third = world.attached("c");
        List<Delivery> more = world.take(third, ANN, 1);
        var ended = failure(world.outcome(next, 1, new PartitionRequest.EndSessions(List.of(BOB))));

        assertEquals("queue-moved", refused.code());
        assertEquals("queue-moved", ended.code());
        taken.forEach(each -> world.acknowledged(third, ANN, List.of(each)));
        world.acknowledged(third, ANN, more);
    }

    @Test
    void whatComesWhileWritesAreUnderWayGoesIntoOneBatch() {
        var small = new QueueWorld(2);
        Node one = small.attached("a");
        small.logs.publish(TOPIC, 1_000);
        List<Delivery> taken = small.take(one, ANN, 1_000);
        int before = small.logs.appends;
        var answers = new ArrayList<List<Outcome<PartitionReply>>>();
        for (Delivery each : taken) {
            answers.add(small.ask(one, 1, settle(ANN, List.of(each), ACK)));
        }

        small.time.runFor(SOON);

        assertTrue(answers.stream().allMatch(each -> each.size() == 1));
        assertTrue(
                small.logs.appends - before <= 5, () -> "appends=" + (small.logs.appends - before));
    }

    @Test
    void aStateIsReadFromItsLastSnapshotOn() {
        passThrough(60_000);
        long whole = world.stateLog().nextOffset;
        int before = world.logs.fetches;

        Node next = next(node);

        assertTrue(world.logs.fetches - before < 10);
        assertTrue(snapshotAt() > whole / 2, () -> "at=" + snapshotAt() + " of " + whole);
        assertEquals(List.of(), world.take(next, ANN, 1));
    }

    private long snapshotAt() {
        return StateBatch.snapshotAt(List.of(world.stateLog().batches.lastEntry().getValue()));
    }

    /** So many messages are published, taken and acknowledged one by one. */
    private void passThrough(int messages) {
        for (int left = messages; left > 0; left -= 500) {
            world.logs.publish(TOPIC, 500);
            List<Delivery> taken = world.take(node, ANN, 1_000);
            while (!taken.isEmpty()) {
                for (Delivery each : taken) {
                    world.ask(node, 1, settle(ANN, List.of(each), ACK));
                }
                world.time.runFor(Duration.ofMillis(10));
                taken = world.take(node, ANN, 1_000);
            }
        }
    }

    @Test
    void aStateWhoseBeginningHasExpiredGoesOnFromWhatIsLeft() {
        world.acknowledged(node, ANN, world.take(node, ANN, 10));
        world.logs.publish(TOPIC, 10);
        List<Delivery> late = world.take(node, ANN, 5);
        world.acknowledged(node, ANN, late.subList(0, 2));
        // The topic's first batch has expired, and with it what was logged while it was the last.
        world.logs.expire(TOPIC, 10);
        long acquired =
                world.stateLog().batches.descendingKeySet().stream()
                        .skip(1)
                        .findFirst()
                        .orElseThrow();
        world.logs.expire(world.queue().stateLog(), acquired);
        node.loses();
        world.time.runFor(SOON);
        Node next = world.new Node("next");
        success(
                world.outcome(
                        next, 1, new PartitionRequest.Attach(POLICY, new QueueStart.Earliest())));

        var leases = (PartitionReply.Leases) world.reply(next, new PartitionRequest.Leases(0, 10));
        assertEquals(
                List.of(12L, 13L, 14L),
                leases.leases().stream().map(PartitionReply.Lease::offset).toList());
        assertEquals(List.of(15L), offsets(world.take(next, BOB, 1)));
    }

    @Test
    void aStateOfWhichNothingIsLeftBeginsAtTheTopicsStart() {
        world.acknowledged(node, ANN, world.take(node, ANN, 10));
        world.logs.publish(TOPIC, 5);
        world.logs.expire(TOPIC, 10);
        world.logs.expire(world.queue().stateLog(), Long.MAX_VALUE);
        node.loses();
        world.time.runFor(SOON);
        Node next = world.new Node("next");
        success(
                world.outcome(
                        next, 1, new PartitionRequest.Attach(POLICY, new QueueStart.Latest())));

        assertEquals(List.of(10L), offsets(world.take(next, BOB, 1)));
    }

    @Test
    void longerRetentionWritesTheStateAnew() {
        world.retentionMs = 60_000;
        world.acknowledged(node, ANN, world.take(node, ANN, 3));
        assertEquals(StateBatch.NO_SNAPSHOT, snapshotAt());
        long end = world.stateLog().nextOffset;

        world.retentionMs = 3_600_000;
        world.acknowledged(node, ANN, world.take(node, ANN, 3));

        assertTrue(snapshotAt() >= end, () -> "at=" + snapshotAt() + " end=" + end);
    }

    @Test
    void aStateOlderThanHalfTheRetentionIsWrittenAnew() {
        world.retentionMs = 240_000;
        world.take(node, ANN, 1);
        assertEquals(StateBatch.NO_SNAPSHOT, snapshotAt());

        world.time.runFor(Duration.ofSeconds(110));
        world.reply(node, world.acquire(NO_WAIT, grant(ANN, 1)));
        world.time.runFor(Duration.ofSeconds(30));
        world.take(node, ANN, 1);

        assertTrue(snapshotAt() >= 0);
    }

    @Test
    void anIdleQueueIsLetGoAndComesBackFromItsLog() {
        List<Delivery> taken = world.take(node, ANN, 1);
        world.time.runFor(Duration.ofMinutes(5));
        assertEquals(0, node.queues.count());

        world.acknowledged(node, ANN, taken);
    }
}
